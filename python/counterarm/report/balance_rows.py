"""Rows of balance as they are shown: one of a binary variable, and in words."""

import pandas as pd

from counterarm.report.words import SHOWN_LEVELS, SHOWN_OTHERWISE, level_words

# Up to this absolute standardised difference arms are usually called balanced.
ALIKE = 0.1


def matched_on(balance: pd.DataFrame) -> pd.Series:
    """Tell which rows are of variables that the analysis matches on or lists."""
    if "is_matched_on" not in balance:
        return pd.Series(True, index=balance.index)
    return balance["is_matched_on"].astype(bool)


def shown_level(levels: list[str]) -> str:
    """Return the level that stands for a variable of one or two: yes, female."""
    named = [level for level in SHOWN_LEVELS if level in levels]
    return named[0] if named else sorted(levels)[0]


def shown_rows(balance: pd.DataFrame) -> pd.DataFrame:
    """Keep one row of each binary variable, and put the row into words as `row_label`.

    `balance` are rows of results.covariate_balance of one analysis. What is shown in
    another unit, or by an endpoint, is left out where it is not matched on.
    """
    column = balance.get("column_name", balance["label"])
    rows = balance.assign(column_name=column)
    rows = rows[matched_on(rows) | ~rows["column_name"].isin(SHOWN_OTHERWISE)]
    levels = rows[rows["level"].notna()].groupby("column_name")["level"].unique()
    shown = {name: shown_level(list(of)) for name, of in levels.items() if len(of) <= 2}
    is_shown = [
        not isinstance(row.level, str)
        or shown.get(row.column_name, row.level) == row.level
        for row in rows.itertuples()
    ]
    rows = rows[is_shown]
    return rows.assign(
        row_label=[
            "Propensity score"
            if row.label == "score"
            else f"{row.label}: {level_words(row.level)}"
            if isinstance(row.level, str)
            else row.label
            for row in rows.itertuples()
        ]
    )
