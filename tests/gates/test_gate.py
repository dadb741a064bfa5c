"""A gate finds planted defects, says so in words, and stops the build."""

import logging
from io import StringIO

import pandas as pd
import pytest
from planted_visits import BETWEEN, DEFECTS, NOT_NULL, ROWS

from counterarm.gates import COLUMNS, GateFailed


def test_a_gate_that_passes_returns_one_row_per_expectation_in_order(run):
    rows = run(
        {"type": "expect_column_values_to_be_unique", "column": "usubjid"},
        {**NOT_NULL, "mostly": 0.9},
        {"type": "expect_table_row_count_to_equal", "value": 100},
    )
    assert list(rows.columns) == COLUMNS
    assert rows["expectation"].tolist() == ["Rule 1", "Rule 2", "Rule 3"]
    assert rows["success"].dtype == bool
    assert rows["success"].all()
    assert rows["unexpected_count"].dtype == "Int64"
    assert rows["unexpected_count"].tolist() == [0, 1, pd.NA]
    assert rows["column_name"].tolist() == ["usubjid", "total", pd.NA]
    assert rows["message"][0] == "Passed."
    assert rows["message"][1].startswith("Passed: 1 of 100 values failed, which the")
    assert rows["observed"][2] == "100"


def test_rows_store_with_the_same_types_when_a_column_is_all_null(run, connection):
    rows = run({"type": "expect_table_row_count_to_equal", "value": 100})
    assert rows["column_name"].isna().all()
    connection.register("rows", rows)
    connection.execute("create table staging.gate_results as from rows")
    described = connection.execute("describe staging.gate_results").fetchall()
    assert {name: kind for name, kind, *_ in described} == {
        **dict.fromkeys(COLUMNS, "VARCHAR"),
        "success": "BOOLEAN",
        "unexpected_count": "BIGINT",
    }


def test_a_warning_is_reported_and_does_not_stop_the_build(run):
    rows = run({**BETWEEN, "severity": "warning"})
    assert rows["severity"].tolist() == ["warning"]
    assert not rows["success"].any()
    assert "total = 60" in rows["message"][0]


def test_the_stop_names_table_column_count_example_and_what_to_do(run, tmp_path):
    with pytest.raises(GateFailed) as stop:
        run(
            {**BETWEEN, "expectation": "Totals are possible"},
            {**ROWS, "expectation": "No total above 48", "column": "total"},
            {**NOT_NULL, "severity": "warning", "expectation": "Totals are there"},
        )
    text = str(stop.value)
    assert "Gate delivery stopped the build: 2 of 3 expectations failed" in text
    assert (
        "staging.visits, column total: Totals are possible: failed in 1 of 99 values "
        "(1.01 %); the rule is: column values to be between (min_value 0, "
        "max_value 48). Example row: usubjid = P-005, rel_day = 5, total = 60. "
        "Why: It matters. What to do: Ask the site."
    ) in text
    assert "No total above 48: failed in 1 row." in text
    assert "Totals are there" not in text
    assert str(tmp_path / "gates" / "delivery.html") in text


def test_the_example_row_holds_no_other_column(run):
    everything = "select * from {batch} where total > 48"
    with pytest.raises(GateFailed) as stop:
        run(BETWEEN, {**ROWS, "unexpected_rows_query": everything})
    results = stop.value.results
    assert "secret" not in str(stop.value)
    assert "secret" not in "".join(results["message"] + results["observed"])
    assert "Example row: usubjid = P-005, rel_day = 5." in results["message"][1]


def test_the_example_row_shows_what_a_query_computes(run):
    counted = """
        select sex, any_value(note) as note, count(*) as n_visits
        from {batch} where sex = 'F' group by sex
    """
    with pytest.raises(
        GateFailed, match=r"Example row: sex = F, n_visits = 98\."
    ) as stop:
        run({**ROWS, "unexpected_rows_query": counted, "column": "sex"})
    assert "secret" not in str(stop.value)


def test_great_expectations_says_nothing_in_the_log_of_the_build(run):
    # One of its loggers has its own level, below that of all.
    log = StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    try:
        run({**NOT_NULL, "column": "usubjid"})
    finally:
        logging.getLogger().removeHandler(handler)
    assert log.getvalue() == ""


def test_a_suite_may_say_what_finds_a_row(run):
    with pytest.raises(GateFailed, match=r"Example row: rel_day = 5, total = 60\."):
        run(BETWEEN, key=["rel_day"])


@pytest.mark.parametrize(
    "broken",
    [
        {**ROWS, "unexpected_rows_query": "select weight from {batch}"},
        {**NOT_NULL, "column": "weight"},
        {
            "type": "expect_column_mean_to_be_between",
            "column": "note",
            "max_value": 10,
        },
    ],
)
def test_what_could_not_be_evaluated_is_a_critical_failure(run, broken):
    with pytest.raises(GateFailed, match="could not be evaluated") as stop:
        run(
            {**broken, "severity": "warning"},
            {**NOT_NULL, "column": "usubjid"},
            {
                "type": "expect_column_mean_to_be_between",
                "column": "rel_day",
                "max_value": 50,
            },
        )
    results = stop.value.results
    assert results["success"].tolist() == [False, True, True]
    assert results["severity"][0] == "critical"
    assert results["observed"][0] == "not evaluated"


def test_a_column_that_is_not_there_is_named(run):
    with pytest.raises(GateFailed, match=r"\(there is no column weight\)"):
        run({**NOT_NULL, "column": "weight"})


def test_a_name_that_a_set_lacks_is_listed(run):
    wanted = {
        "type": "expect_column_distinct_values_to_contain_set",
        "column": "sex",
        "value_set": ["F", "U"],
    }
    with pytest.raises(GateFailed, match="missing are U;"):
        run(wanted)


def test_an_empty_table_says_that_there_was_nothing_to_check(run, connection):
    connection.execute("delete from staging.visits")
    rows = run(BETWEEN, NOT_NULL)
    assert set(rows["message"]) == {"Passed: there are no values to check."}


def test_the_mean_of_an_empty_table_fails(run, connection):
    connection.execute("delete from staging.visits")
    with pytest.raises(GateFailed, match="there are no values to evaluate"):
        run(
            {
                "type": "expect_column_mean_to_be_between",
                "column": "total",
                "max_value": 50,
            }
        )


def test_a_query_may_use_patterns_and_other_tables(run, connection):
    connection.execute("create table staging.known as select 'P-001' as usubjid")
    pattern = "not regexp_matches(usubjid, '^P-[0-9]{{3}}$')"
    with pytest.raises(GateFailed) as stop:
        run(
            {
                **ROWS,
                "unexpected_rows_query": "select usubjid from {batch} where " + pattern,
            },
            {
                **ROWS,
                "unexpected_rows_query": """
                    select visits.usubjid, visits.note
                    from {batch} as visits
                    anti join staging.known using (usubjid)
                    where visits.note like '%secret%' and visits.total::int > 0;
                """,
                "column": "usubjid",
            },
        )
    results = stop.value.results
    assert results["success"].tolist() == [True, False]
    assert "Example row: usubjid = P-002." in results["message"][1]


def test_two_runs_on_equal_data_give_equal_rows(connection, run, tmp_path):
    expectations = [
        {**defect, "severity": "warning"}
        for defect, *_ in (param[0] for param in DEFECTS)
        if defect["type"] != "expect_column_to_exist"
    ]
    first = run(*expectations)
    connection.execute(
        "create or replace table staging.visits as "
        "from staging.visits order by hash(usubjid)"
    )
    pd.testing.assert_frame_equal(first, run(*expectations))


def test_the_gate_runs_on_a_cursor_beside_an_open_transaction(connection, run):
    connection.execute("begin")
    connection.execute("create table staging.other as select 1 as a")
    assert not run({**BETWEEN, "severity": "warning"})["success"].any()
    connection.execute("commit")


def test_unusual_column_types_are_evaluated(connection, run):
    connection.execute(
        "create table staging.odd as select sum(i) as total, [1, 2] as list, "
        "{'a': 1} as struct, 'a'::enum('a') as kind, now() as at, 1.5::decimal(9, 2) "
        "as weight, date '2020-01-01' as day from range(3) as r (i)"
    )
    rows = run(
        {**NOT_NULL},
        {
            "type": "expect_column_max_to_be_between",
            "column": "day",
            "max_value": "2021-01-01",
        },
        {
            "type": "expect_column_mean_to_be_between",
            "column": "weight",
            "min_value": 1,
        },
        table="staging.odd",
    )
    assert rows["success"].all()
    assert rows["observed"][1:].tolist() == ["2020-01-01", "1.5"]


def test_the_warehouse_is_left_as_it_was(connection, run):
    before = connection.execute("from duckdb_tables()").fetchall()
    run({**BETWEEN, "severity": "warning"})
    assert connection.execute("from duckdb_tables()").fetchall() == before
