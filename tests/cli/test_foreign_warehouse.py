"""A query that is none, and a file that is no warehouse, are refused in a sentence."""

import json

import duckdb
import pytest

from counterarm.warehouse.reader import open_warehouse


@pytest.fixture
def warehouse(tmp_path):
    file = tmp_path / "w.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "create schema quality; create table quality.flags as select 1 as n;"
            "create schema sdtm; create table sdtm.dm as select * from (values "
            "('ULM-ulm-007', 'ulm-007'), ('GRAZ-A1', 'A1'), ('ULM-a1', 'a1')) "
            "as dm (usubjid, subjid)"
        )
    return file


@pytest.mark.parametrize(
    ("sql", "printed"),
    [
        ("", "the SQL is empty"),
        ("  -- nothing", "the SQL is empty"),
        ("select 1; select 2", "there are 2 statements"),
        ("selec 1", "syntax error"),
    ],
)
def test_what_is_not_one_query_is_refused(run, warehouse, tmp_path, sql, printed):
    for more in ((), ("--out", str(tmp_path / "x.csv"))):
        refused = run("query", sql, *more, COUNTERARM_WAREHOUSE=str(warehouse))
        assert refused.exit_code == 1
        assert printed in refused.output


@pytest.mark.parametrize("form", ["json", "parquet"])
def test_no_column_of_a_name_that_stands_twice_is_lost(run, warehouse, tmp_path, form):
    file = tmp_path / f"x.{form}"
    sql = "select 1 as a, 2 as a, 3 as a_2"
    written = run(
        *("query", sql, "--out", str(file)), COUNTERARM_WAREHOUSE=str(warehouse)
    )
    assert written.exit_code == 0, written.output
    assert duckdb.sql(f"from '{file}'").fetchall() == [(1, 2, 3)]
    shown = run(
        *("query", sql, "--format", "json"), COUNTERARM_WAREHOUSE=str(warehouse)
    )
    assert json.loads(shown.output) == [{"a": 1, "a_3": 2, "a_2": 3}]


def test_a_file_that_is_no_warehouse_is_told_from_one_that_is(run, tmp_path):
    empty, other, foreign = (tmp_path / f"{n}.duckdb" for n in ("e", "o", "f"))
    empty.touch()
    other.write_text("a letter to the hospital")
    with duckdb.connect(str(foreign)) as connection:
        connection.execute("create table mine as select 1")
    for file, printed in (
        (empty, "is empty, not a warehouse"),
        (other, "is not a DuckDB file"),
        (foreign, "is a DuckDB file, but not a warehouse of counterarm"),
    ):
        for command in (("query", "select 1"), ("summary",), ("describe",)):
            refused = run(*command, COUNTERARM_WAREHOUSE=str(file))
            assert refused.exit_code == 1
            assert printed in refused.output


def test_a_build_that_was_not_published_can_be_asked(run, warehouse):
    warehouse.rename(warehouse.with_name("p_build.duckdb"))
    place = str(warehouse.with_name("p.duckdb"))
    asked = ("query", "from quality.flags", "--format", "csv")
    assert run(*asked, "--build", COUNTERARM_WAREHOUSE=place).output == "n\n1\n"
    file = str(warehouse.with_name("p_build.duckdb"))
    assert run(*asked, "--file", file).output == "n\n1\n"
    both = run(*asked, "--build", "--file", file, COUNTERARM_WAREHOUSE=place)
    assert both.exit_code == 2


def test_schemas_that_come_near_are_named(run, warehouse):
    where = {"COUNTERARM_WAREHOUSE": str(warehouse)}
    refused = run("describe", "--schema", "qualty", **where)
    assert refused.exit_code == 1
    assert "did you mean 'quality'?" in refused.output
    assert "describe --schema sdtm" in run("describe", "sdtm", **where).output
    assert run("describe", "--schema", "SDTM", **where).exit_code == 0


def test_a_subject_is_found_in_any_case_where_that_leaves_one(warehouse):
    from counterarm.subject import UnknownSubjectError, find_subject

    with open_warehouse(warehouse) as opened:
        assert find_subject(opened, " Ulm-Ulm-007") == "ULM-ulm-007"
        assert find_subject(opened, "ULM-007") == "ULM-ulm-007"
        # two that differ in case only: as written
        assert find_subject(opened, "A1") == "GRAZ-A1"
        with pytest.raises(UnknownSubjectError, match="near it: ULM-ulm-007"):
            find_subject(opened, "ULM-008")
