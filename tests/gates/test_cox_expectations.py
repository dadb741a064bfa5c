"""The expectations on Cox models find what they are there for, and only that."""

from pathlib import Path

import duckdb
import pytest

from counterarm.gates import read_suites

ANALYSES = Path(__file__).parents[2] / "expectations" / "analyses"
QUERIES = {
    one.name: one.kwargs["unexpected_rows_query"]
    for suite in read_suites(ANALYSES)
    if suite.name == "cox"
    for one in suite.expectations
}


@pytest.mark.parametrize(
    ("model", "note", "n_rows"),
    [
        ("unadjusted", "did not converge", 1),
        ("unadjusted_common_horizon", "did not converge", 1),
        ("unadjusted", None, 0),
        # a subgroup too small to settle is not news
        ("unadjusted: women", "did not converge", 0),
    ],
)
def test_a_model_that_did_not_settle_is_found(model, note, n_rows):
    with duckdb.connect() as connection:
        connection.execute(
            "create table cox as select ? as model_id, ?::varchar as note",
            [model, note],
        )
        found = connection.execute(QUERIES["Every model converged"].format(batch="cox"))
        assert len(found.fetchall()) == n_rows
