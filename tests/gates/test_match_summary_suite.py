"""The expectations on the matched sample find a defect planted in a small table."""

from pathlib import Path

import duckdb
import pytest

from counterarm.gates import read_suites

EXPECTATIONS = Path(__file__).parents[2] / "expectations" / "analyses"
GOOD = """
    create schema matching;
    create table matching.match_summary as
    select * from (values
        ('a', 'treated', 30, 30, 0, 0, 30.0, 0.04),
        ('a', 'control', 90, 40, 10, 40, 15.0, 0.1),
        ('b', 'treated', 5, 5, 0, 0, 5.0, 0.2),
        ('b', 'control', 0, 0, 0, 0, 0.0, null)
    ) as rows (
        analysis_id, arm, n_eligible, n_used, n_discarded, n_left_out,
        effective_sample_size, largest_share
    )
"""


def queries() -> dict[str, str]:
    (suite,) = [
        suite
        for suite in read_suites(EXPECTATIONS)
        if suite.quoted == '"matching"."match_summary"'
    ]
    return {
        one.name: one.kwargs["unexpected_rows_query"].format(batch=suite.quoted)
        for one in suite.expectations
    }


OF_A = "where analysis_id = 'a' and arm = 'control'"
PLANTED = {
    "Every eligible subject is matched or listed as unmatched": (
        f"n_left_out = 39 {OF_A}"
    ),
    "No subject carries more than a tenth of an arm's weight": (
        f"largest_share = 0.11 {OF_A}"
    ),
    "The effective sample size of controls is at least half the treated": (
        f"effective_sample_size = 14.9 {OF_A}"
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_found_and_nothing_before(name):
    query = queries()[name]
    with duckdb.connect() as connection:
        connection.execute(GOOD)
        assert connection.execute(query).fetchall() == []
        connection.execute(f"update matching.match_summary set {PLANTED[name]}")
        assert len(connection.execute(query).fetchall()) == 1


def test_every_expectation_has_its_planted_defect():
    assert set(queries()) == set(PLANTED)
