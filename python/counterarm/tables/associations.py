"""Associations of two categorical variables: counts and tests."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame
from counterarm.tables.group_tests import compare_named_levels

KEYS = {"analysis_id": TEXT, "association": TEXT, "population": TEXT}
COUNT_TYPES = KEYS | {
    "row_level": TEXT,
    "column_level": TEXT,
    "n": COUNT,
    "n_expected": NUMBER,
    "pct_of_row": NUMBER,
}
TEST_TYPES = KEYS | {
    "test": TEXT,
    "statistic": NUMBER,
    "df": COUNT,
    "p_value": NUMBER,
    "n": COUNT,
    "n_not_evaluable": COUNT,
    "n_expected_least": NUMBER,
    "definition": TEXT,
    "note": TEXT,
}


def association_counts(members: pd.DataFrame) -> pd.DataFrame:
    """Count every cell of every association, with what independence expects.

    `members` are rows of `analysis.association_members`; subjects of whom row or
    column is not known are in no cell.
    """
    rows = []
    for keys, counts, _ in tables_of(members):
        expected = expected_counts(counts.to_numpy(float))
        for i, row_level in enumerate(counts.index):
            of_row = int(counts.iloc[i].sum())
            for j, column_level in enumerate(counts.columns):
                n = int(counts.iloc[i, j])
                rows.append(
                    keys
                    | {
                        "row_level": row_level,
                        "column_level": column_level,
                        "n": n,
                        "n_expected": expected[i, j],
                        "pct_of_row": 100.0 * n / of_row,
                    }
                )
    return typed_frame(rows, COUNT_TYPES)


def associations(members: pd.DataFrame) -> pd.DataFrame:
    """Test every association: chi-square with and without Yates, and Fisher's exact.

    `members` are rows of `analysis.association_members`. Tables larger than 2 x 2 have
    chi-square alone; one with a single row or column has a row with a note. Every
    subject counts once: weights are not used.
    """
    rows = []
    for keys, counts, n_not_evaluable in tables_of(members):
        table = counts.to_numpy(int)
        whole = keys | {"n": int(table.sum()), "n_not_evaluable": n_not_evaluable}
        for row in compare_named_levels(counts):
            if row.get("p_value") is not None:
                row["n_expected_least"] = expected_counts(table.astype(float)).min()
                if row["test"] != "fisher_exact":
                    row["df"] = (table.shape[0] - 1) * (table.shape[1] - 1)
            rows.append(whole | row)
    return typed_frame(rows, TEST_TYPES)


def tables_of(
    members: pd.DataFrame,
) -> Iterator[tuple[dict, pd.DataFrame, int]]:
    """Yield keys, counts by row and column, and how many are in no cell."""
    order = members.sort_values(["analysis_id", "position", "usubjid"], kind="stable")
    for values, own in order.groupby(list(KEYS), sort=False):
        known = own.dropna(subset=["row_level", "column_level"])
        counts = pd.crosstab(known["row_level"], known["column_level"])
        keys = dict(zip(KEYS, values, strict=True))
        yield keys, counts, len(own) - len(known)


def expected_counts(table: np.ndarray) -> np.ndarray:
    """Return what independence expects in each cell: row total x column total / n."""
    return np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
