"""The expectations on function find what they are there for, and only that."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from counterarm.gates import read_suites

ANALYSES = Path(__file__).parents[2] / "expectations" / "analyses"


@pytest.fixture(scope="module")
def queries() -> dict[str, str]:
    return {
        one.name: one.kwargs["unexpected_rows_query"]
        for suite in read_suites(ANALYSES)
        if suite.name in ("function_change", "function_model")
        for one in suite.expectations
    }


def found(query: str, table: pd.DataFrame) -> int:
    with duckdb.connect() as connection:
        connection.register("batch", table)
        return len(connection.execute(query.format(batch="batch")).df())


def seen(**n_assessed: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"analysis_id": "a", "comparison_set": "arms", "window_id": "month_12"}
            | {"group_name": name, "n": 10, "n_assessed": count}
            for name, count in n_assessed.items()
        ]
    )


@pytest.mark.parametrize(
    ("counts", "rows"),
    [
        ({"treated": 9, "control": 6}, 1),
        ({"treated": 6, "control": 9}, 1),
        ({"treated": 8, "control": 6}, 0),  # exactly 20 points apart
        ({"treated": 9, "control": 9}, 0),
    ],
)
def test_groups_assessed_to_a_different_extent_are_found(queries, counts, rows):
    query = queries["Compared groups are assessed to a similar extent"]
    assert found(query, seen(**counts)) == rows


def test_a_window_without_any_change_is_found(queries):
    query = queries["Change is known for some subjects"]
    assert found(query, seen(treated=0, control=4)) == 1
    assert found(query, seen(treated=1, control=4)) == 0


@pytest.mark.parametrize(
    ("estimate", "note", "rows"),
    [
        (38.0, "did not converge", 1),
        (38.0, None, 0),
        (None, "not fitted: the members have weights", 0),
    ],
)
def test_a_fit_with_a_note_is_found_once(queries, estimate, note, rows):
    table = pd.DataFrame(
        {
            "term": ["intercept", "month"],
            "estimate": pd.array([estimate] * 2, dtype="Float64"),
            "note": pd.array([note] * 2, dtype="string"),
        }
    )
    assert found(queries["Mixed models converge within their bounds"], table) == rows
