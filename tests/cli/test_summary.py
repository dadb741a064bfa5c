"""The summary of analyses that lack a part of what it shows."""

import duckdb

from counterarm.summary import analysis_lines


def test_an_analysis_without_a_model_has_an_unknown_number_of_events_and_not_none():
    with duckdb.connect() as connection:
        connection.execute("create schema results")
        connection.execute(
            "create table results.analysis_summary as "
            "select 'a' as analysis_id, 3 as n_treated_eligible, "
            "4 as n_control_eligible, 0 as n_pairs, null as endpoint, "
            "cast(null as bigint) as n_events, cast(null as double) as hazard_ratio, "
            "cast(null as double) as ci_low, cast(null as double) as ci_high, "
            "null as note"
        )
        _, line, *_ = analysis_lines(connection)
    assert line.split() == ["a", "3/4", "0", "-", "no", "model"]
