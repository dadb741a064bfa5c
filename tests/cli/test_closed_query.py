"""A query reads the warehouse; no word of it reads or writes anything else."""

import json
import math

import duckdb
import pandas as pd
import pytest

from counterarm.warehouse.export import export_schema
from counterarm.warehouse.query import json_text, open_locked, write_rows
from counterarm.warehouse.reader import open_warehouse

FORMULAS = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]
PLAIN = ["-1.5", "+2", "-1e-3", "a=b", "", "-.5"]


@pytest.fixture
def small(tmp_path):
    file = tmp_path / "small.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema seeds")
        connection.execute("create table seeds.arms as select 1 as n")
        connection.execute("create schema sdtm")
        connection.execute(
            "create table sdtm.co (coval varchar, number double, missing varchar)"
        )
        connection.executemany(
            "insert into sdtm.co values (?, -1.5, null)",
            [(text,) for text in FORMULAS + PLAIN],
        )
    return file


@pytest.fixture
def ask_small(run, small):
    return lambda *arguments: run(*arguments, COUNTERARM_WAREHOUSE=str(small))


@pytest.mark.parametrize(
    "sql",
    [
        "from read_csv('{secret}')",
        "from '{secret}'",
        "select * from read_text('{secret}')",
        "from glob('{folder}/*')",
        "copy (select 1) to '{folder}/written.csv'",
        "explain analyze copy (select 1) to '{folder}/written.csv'",
        "export database '{folder}/written'",
        "attach '{folder}/written.duckdb' as other",
        "attach ':memory:' as other",
        "install httpfs",
        "load json",
        "set threads = 1",
        "set enable_external_access = true",
        "reset lock_configuration",
        "pragma threads = 1",
        "pragma version",
        "use sdtm",
        "create temp table mine as select 1 as n",
        "delete from sdtm.co",
        "checkpoint",
        "select 1; set threads = 1",
    ],
)
@pytest.mark.parametrize("written", [False, True])
def test_what_is_no_query_of_the_warehouse_is_refused(
    ask_small, tmp_path, sql, written
):
    folder = tmp_path / "apart"
    folder.mkdir()
    secret = folder / "secret.csv"
    secret.write_text("name\nhidden\n")
    out = ("--out", str(tmp_path / "answer.csv")) if written else ()
    refused = ask_small("query", sql.format(folder=folder, secret=secret), *out)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")
    assert "Traceback" not in refused.output
    assert "hidden" not in refused.output
    assert [path.name for path in folder.iterdir()] == ["secret.csv"]
    assert not (tmp_path / "answer.csv").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 as n",
        "from sdtm.co limit 1",
        "with one as (select 1 as n) from one",
        "explain select 1",
        "describe sdtm.co",
        "summarize sdtm.co",
        "show tables",
        "values (1)",
        "pivot sdtm.co on coval using count(*)",
    ],
)
def test_every_kind_of_query_is_answered(ask_small, sql):
    answered = ask_small("query", sql)
    assert answered.exit_code == 0, answered.output


def test_a_query_does_not_see_variables_of_the_program(small):
    rows = pd.DataFrame({"n": [1]})
    with open_locked(small) as connection, pytest.raises(duckdb.CatalogException):
        connection.execute("from rows")
    assert len(rows) == 1


def read_back(folder) -> list[str]:
    read = duckdb.sql(
        f"select coval, number, missing from read_csv('{folder}/co.csv', "
        "all_varchar = true, header = true, null_padding = false, "
        "allow_quoted_nulls = false, quote = '\"')"
    ).fetchall()
    assert {number for _, number, _ in read} == {"-1.5"}
    assert {missing for *_, missing in read} == {None}
    return [text for text, *_ in read]


def test_text_that_a_spreadsheet_would_run_is_written_as_text(ask_small, tmp_path):
    for option, expected in (
        ((), [f"'{text}" for text in FORMULAS]),
        (("--no-spreadsheet-safe",), FORMULAS),
    ):
        written = ask_small("export", str(tmp_path), "--schema", "sdtm", *option)
        assert written.exit_code == 0, written.output
        assert read_back(tmp_path / "sdtm") == expected + PLAIN


def test_other_forms_hold_the_text_itself(small, tmp_path):
    with open_warehouse(small) as warehouse:
        list(export_schema(warehouse, "sdtm", tmp_path, "parquet"))
    read = duckdb.sql(f"select coval from '{tmp_path}/co.parquet'").fetchall()
    assert [text for (text,) in read] == FORMULAS + PLAIN


def test_the_warehouse_is_not_written_over_by_its_rows(ask_small, small):
    before = small.read_bytes()
    answer = ask_small("query", "from seeds.arms", "--format", "csv", "--out", small)
    assert answer.exit_code == 1
    assert "is the warehouse that is read: name another file" in answer.output
    assert small.read_bytes() == before


def refuse(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def test_numbers_that_json_does_not_have_are_texts(tmp_path):
    sql = (
        "select 'nan'::double as a, 'inf'::double as b, '-inf'::float as c, "
        "1.5::double as d, null::double as e, 'nan' as f"
    )
    wanted = {
        "a": "NaN",
        "b": "Infinity",
        "c": "-Infinity",
        "d": 1.5,
        "e": None,
        "f": "nan",
    }
    file = tmp_path / "rows.json"
    write_rows(duckdb.sql(sql).to_arrow_table(), file, "json")
    assert json.loads(file.read_text(), parse_constant=refuse) == [wanted]
    rows = [dict(wanted, a=math.nan, b=math.inf, c=-math.inf, g=[math.nan, (1, {})])]
    assert json.loads(json_text(rows), parse_constant=refuse) == [
        wanted | {"g": ["NaN", [1, {}]]}
    ]
