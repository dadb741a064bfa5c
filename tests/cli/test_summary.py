"""The summary of analyses that lack a part of what it shows."""

import duckdb
import pytest

from counterarm.tables.trust.challenges_of_design import gamma_words
from counterarm.tables.trust.challenges_of_follow_up import late_words
from counterarm.warehouse.engines import of_duckdb
from counterarm.warehouse.query import OlderWarehouseError
from counterarm.warehouse.reader import Warehouse
from counterarm.warehouse.summary import (
    analysis_lines,
    gate_lines,
    subject_lines,
    summary_text,
    verdict_lines,
)


def read(connection: duckdb.DuckDBPyConnection) -> Warehouse:
    return Warehouse(of_duckdb(connection))


@pytest.fixture
def connection():
    """The summary's tables: three analyses, one of a site that did not come."""
    with duckdb.connect() as connection:
        yield tables(connection)


def tables(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    for schema in ("results", "sdtm", "quality"):
        connection.execute(f"create schema {schema}")
    connection.execute(
        "create table results.analysis_summary as "
        "select *, cast(null as double) as ci_low, cast(null as double) as ci_high, "
        "cast(null as double) as hazard_ratio, null as note, "
        "is_delivered as has_any, "
        "if(analysis_id = 'b', 'window_91', 'as_recorded') as follow_up_rule "
        "from (values "
        "('a', true, null, 3, 40, 0, null, null), "
        "('b', true, null, 4, 5, 3, 'OS', 2), "
        "('c', false, 'GRAZ', 0, 40, 0, null, null)"
        ") as t (analysis_id, is_delivered, not_delivered, n_treated_eligible, "
        "n_control_eligible, n_pairs, endpoint, n_events)"
    )
    connection.execute(
        "create table sdtm.dm as "
        "select 'PROACT' as studyid from range(1200) "
        "union all select 'ULM' from range(4)"
    )
    connection.execute(
        "create table quality.row_accounting as "
        "select 9 as n_raw, 9 as n_kept, 0 as n_duplicate, 0 as n_rejected"
    )
    connection.execute(
        "create table quality.gate_results as select * from (values "
        "('standard', 's', 'One row', false, 1), "
        "('standard', 's', 'Five rows', false, 5), "
        "('standard', 's', 'The whole table', false, null)"
        ") as t (gate, suite, expectation, success, unexpected_count)"
    )
    connection.execute(
        "create table results.verdict_summary as "
        "select 'a' as analysis_id, 'fragile' as verdict, 'Fragile. The hazard ratio, "
        "as recorded, is 0.40 (95% CI 0.30 to 0.54), and much of it hangs on it.' "
        "as headline"
    )
    connection.execute(
        "create table results.provenance as "
        "select 'setting' as kind, 'delivery_is_real' as name, 'true' as value"
    )
    for schema in ("analysis", "protocol"):
        connection.execute(f"create schema {schema}")
    connection.execute(
        "create table analysis.ascertainment as select 'a' as analysis_id, "
        "'as_recorded' as follow_up_rule, 'control' as arm, 'all' as pseudo_trial_id, "
        "'share_late' as measure, 91 as window_days, cast(0.5 as double) as value, "
        "0.01 as ci_low, 0.2 as ci_high, 50 as n"
    )
    connection.execute(
        "create table analysis.rosenbaum as select 'a' as analysis_id, "
        "40 as n_pairs, 20 as n_control_first, 9 as n_treated_first, "
        "2.31 as gamma_at_05"
    )
    connection.execute(
        "create table protocol.analysis_subgroups "
        "(analysis_id varchar, subgroup_set varchar, subgroup varchar)"
    )
    return connection


def test_an_analysis_without_a_model_has_an_unknown_number_of_events_and_not_none(
    connection,
):
    _, line, *_ = analysis_lines(read(connection))
    assert line.split() == ["a", "as_recorded", "3/40", "0", "-", "no", "model"]


def test_an_analysis_that_nobody_came_for_is_counted_in_one_line(connection):
    lines = analysis_lines(read(connection))
    assert [line.split()[0] for line in lines[1:3]] == ["a", "b"]
    assert lines[-1] == (
        "left out, because no subjects of their sites were delivered: "
        "1 analysis of GRAZ"
    )


def test_where_no_analysis_is_left_the_line_stands_alone(connection):
    connection.execute(
        "update results.analysis_summary set is_delivered = false, not_delivered = 'X'"
    )
    assert analysis_lines(read(connection)) == [
        "left out, because no subjects of their sites were delivered: 3 analyses of X"
    ]


def test_counts_of_few_people_are_hidden(connection):
    assert (
        subject_lines(read(connection), 5)[0] == "subjects read: PROACT 1,200, ULM <5"
    )
    _, a, b, *_ = analysis_lines(read(connection), 5)
    assert a.split()[2:5] == ["<5/40", "0", "-"]
    assert b.split()[2:5] == ["<5/5", "<5", "<5"]
    assert analysis_lines(read(connection))[2].split()[2:5] == ["4/5", "3", "2"]


def test_a_failed_expectation_says_in_how_many_rows_where_that_is_known(connection):
    ends = {
        line.split(", s: ")[1]
        for line in gate_lines(read(connection))
        if line.startswith("  warning")
    }
    assert ends == {
        "one row: failed in 1 row",
        "five rows: failed in 5 rows",
        "the whole table",
    }
    assert "one row: failed in <5 rows" in "\n".join(gate_lines(read(connection), 5))


def test_only_a_real_delivery_hides_counts_unless_told_not_to(tmp_path):
    warehouse = tmp_path / "w.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        tables(connection)
    hidden = summary_text(warehouse)
    assert "ULM <5" in hidden
    assert "counts of 1 to 4 are hidden (<5)" in hidden
    shown = summary_text(warehouse, show_small_cells=True)
    assert "ULM 4" in shown
    assert "hidden" not in shown
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update results.provenance set value = 'false'")
    assert summary_text(warehouse) == shown


def test_the_gates_are_said_to_have_passed_and_with_how_many_warnings(connection):
    first, *_ = gate_lines(read(connection))
    assert first == "gates: passed with 3 warnings (standard 3 of 3 expectations)"
    connection.execute("update quality.gate_results set success = true")
    assert gate_lines(read(connection)) == ["gates: passed without warnings"]


def test_each_verdict_stands_in_words_above_the_analyses(connection):
    assert verdict_lines(read(connection)) == [
        "verdict on a:",
        "  Fragile. The hazard ratio, as recorded, is 0.40 (95% CI 0.30 to 0.54), and "
        "much of it",
        "  hangs on it.",
        "",
    ]


def test_the_table_names_the_follow_up_rule_of_each_analysis(connection):
    header, first, second, *_ = analysis_lines(read(connection))
    assert header.split()[:2] == ["analysis", "follow-up"]
    assert first.split()[:2] == ["a", "as_recorded"]
    assert second.split()[:2] == ["b", "window_91"]


def of_late_deaths(connection: duckdb.DuckDBPyConnection, late: float) -> None:
    """Let a verdict speak of the share of 50 deaths of controls that came late."""
    connection.execute("update analysis.ascertainment set value = ?", [late])
    connection.execute(
        "update results.verdict_summary set headline = ?",
        [f"Fragile.{late_words(late)}{gamma_words(2.31)}"],
    )


def test_the_verdict_does_not_tell_how_few_died_late(connection):
    of_late_deaths(connection, 0.04)
    assert "4% came" in " ".join(verdict_lines(read(connection)))
    assert verdict_lines(read(connection), 5)[1:] == [
        "  Fragile. Rosenbaum's Gamma at one-sided 0.05 is 2.31.",
        "",
    ]


def test_the_verdict_keeps_a_share_of_many(connection):
    of_late_deaths(connection, 0.4)
    assert "40% came" in " ".join(verdict_lines(read(connection), 5))


@pytest.mark.parametrize(
    "change",
    [
        "drop table results.verdict_summary",
        "alter table results.analysis_summary drop follow_up_rule",
    ],
)
def test_a_warehouse_of_an_older_version_is_named(tmp_path, change):
    warehouse = tmp_path / "w.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        tables(connection).execute(change)
    with pytest.raises(
        OlderWarehouseError, match="an older version; run `counterarm build`"
    ):
        summary_text(warehouse, show_small_cells=True)
