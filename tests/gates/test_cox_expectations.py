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


def test_a_planned_model_without_a_row_is_found_in_matched_samples_only():
    query = QUERIES["Every planned model has subjects"].format(batch="cox")
    with duckdb.connect() as connection:
        connection.execute(
            "create schema analysis; create table analysis.model_plans as "
            "select * from (values ('a', 'm', 'OS'), ('a', 'm: women', 'OS'), "
            "('b', 'm', 'OS')) as rows (analysis_id, model_id, endpoint)"
        )
        connection.execute(
            "create table cox as select 'a' as analysis_id, 'm' as model_id, "
            "'OS' as endpoint"
        )
        found = connection.execute(query).fetchall()
    # nobody is matched in b
    assert found == [("a", "m: women", "OS")]


def test_events_are_compared_in_the_main_model_whatever_its_name():
    query = QUERIES["Events are counted as in the survival table"].format(batch="cox")
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema analysis;
            create schema protocol;
            create table protocol.analysis_main_models as
            select 'a' as analysis_id, 'crude' as model_id, 'OS' as endpoint;
            create table analysis.survival_summary as
            select 'a' as analysis_id, 'OS' as endpoint, 'log' as conf_type,
                'treated' as group_name, 5 as n_events;
            create table cox as
            select 'a' as analysis_id, model_id, 'OS' as endpoint, 0 as n_left_out,
                4 as n_events
            from (values ('crude'), ('adjusted')) as rows (model_id)
            """
        )
        found = connection.execute(query).fetchall()
    assert found == [("a", "crude", 4, 5)]
