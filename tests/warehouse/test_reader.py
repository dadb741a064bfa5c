"""One reader for every engine: what it opens and refuses, and the types it gives."""

import datetime
import subprocess
import sys
from decimal import Decimal

import duckdb
import ibis
import pandas as pd
import pytest
import sqlglot

from counterarm.assurance.compare import OWN_RULES
from counterarm.report.disclosure.groups import GROUP_REMAINDERS
from counterarm.report.reading import PARTS
from counterarm.subject.names import edits, nearest
from counterarm.subject.rows import CONDITIONS, MEMBERS, condition_words
from counterarm.warehouse import engines
from counterarm.warehouse.query import NotAWarehouseError, NoWarehouseError
from counterarm.warehouse.reader import (
    LackingError,
    Warehouse,
    open_warehouse,
    ordered,
)

TABLE = """
    create table {schema}.people (
        name varchar, n bigint, whole bigint, is_old boolean, age double, born date
    );
    insert into {schema}.people values
        ('b', 1, 1, true, 1.5, '2020-02-29'),
        ('a', 9007199254740993, 2, null, null, null),
        (null, null, 3, false, 2.5, '1999-12-31');
"""
# 2^53 + 1, which no float holds
LARGE = 9007199254740993


@pytest.fixture
def file(tmp_path):
    place = tmp_path / "w.duckdb"
    with duckdb.connect(str(place)) as connection:
        connection.execute("create schema seeds")
        connection.execute(TABLE.format(schema="seeds"))
        connection.execute("comment on table seeds.people is 'One row per person.'")
        connection.execute("comment on column seeds.people.n is 'A count.'")
    return place


@pytest.fixture(params=["duckdb", "sqlite"])
def warehouse(request, file, tmp_path):
    """The same table on two engines."""
    if request.param == "duckdb":
        with open_warehouse(file) as opened:
            yield opened
        return
    backend = ibis.sqlite.connect()
    backend.attach("seeds", tmp_path / "seeds.sqlite")
    backend.con.executescript(TABLE.format(schema="seeds"))
    yield Warehouse(backend)
    backend.disconnect()


def test_a_frame_has_the_types_of_its_values_on_every_engine(warehouse):
    rows = warehouse.table("seeds.people", "name", "whole", "is_old", "age", "born")
    frame = warehouse.frame(rows.order_by("whole"))
    expected = pd.DataFrame(
        {
            "name": ["b", "a", None],
            "whole": [1, 2, 3],
            "is_old": pd.array([True, None, False], "boolean"),
            "age": [1.5, None, 2.5],
            "born": pd.to_datetime(["2020-02-29", None, "1999-12-31"]).as_unit("us"),
        }
    )
    pd.testing.assert_frame_equal(frame, expected)


def test_a_whole_number_with_missing_values_stays_whole(file):
    with open_warehouse(file) as warehouse:
        rows = warehouse.table("seeds.people", "n", "whole").order_by("whole")
        frame = warehouse.frame(rows)
    assert frame["n"].dtype == pd.Int64Dtype()
    assert frame["n"].tolist() == [1, LARGE, pd.NA]


def test_rows_are_values_of_python_in_order_and_null_is_last(warehouse):
    rows = warehouse.table("seeds.people", "name", "is_old", "born")
    assert warehouse.rows(ordered(rows)) == [
        ("a", None, None),
        ("b", True, datetime.date(2020, 2, 29)),
        (None, False, datetime.date(1999, 12, 31)),
    ]
    (last, *_) = warehouse.records(ordered(rows, first=["born"]))
    assert last == {"name": None, "is_old": False, "born": datetime.date(1999, 12, 31)}


def test_a_query_is_asked_in_the_words_of_duckdb(warehouse):
    query = warehouse.sql(
        "select whole, is_old is not distinct from null as is_unknown from seeds.people"
    )
    assert warehouse.rows(query.filter(query.whole < 3).order_by("whole")) == [
        (1, False),
        (2, True),
    ]


def test_a_sum_is_a_whole_number_and_a_decimal_is_exact(file):
    with open_warehouse(file) as warehouse:
        query = warehouse.sql(
            "select sum(whole) as n, cast(1.5 as decimal(4, 1)) as d from seeds.people"
        )
        assert warehouse.rows(query) == [(6, Decimal("1.5"))]
        assert warehouse.frame(query)["d"].dtype == float
        assert warehouse.value(warehouse.table("seeds.people").count().as_table()) == 3


def test_tables_and_columns_are_listed_with_what_the_engine_says_of_them(warehouse):
    (table,) = warehouse.tables
    assert (table.full_name, table.n_rows) == ("seeds.people", 3)
    types = [(column.name, column.type) for column in warehouse.columns]
    assert types == [
        ("name", "VARCHAR"),
        ("n", "BIGINT"),
        ("whole", "BIGINT"),
        ("is_old", "BOOLEAN"),
        ("age", "DOUBLE"),
        ("born", "DATE"),
    ]
    # ibis has no word for descriptions
    is_duckdb = warehouse.backend.name == "duckdb"
    assert table.description == ("One row per person." if is_duckdb else None)
    assert warehouse.columns[1].meaning == ("A count." if is_duckdb else None)


def test_what_is_not_there_is_named(warehouse):
    with pytest.raises(
        LackingError, match=r"the warehouse has no table seeds\.animals"
    ):
        warehouse.table("seeds.animals")
    with pytest.raises(LackingError, match=r"seeds\.people has no column weight"):
        warehouse.table("seeds.people", "name", "weight")


@pytest.mark.parametrize(
    "statement",
    [
        "create table seeds.mine as select 1",
        "delete from seeds.people",
        "set threads = 1",
        "set enable_external_access = true",
        "attach ':memory:' as other",
        "install httpfs",
    ],
)
def test_a_file_is_read_only_and_its_settings_are_locked(file, statement):
    before = file.read_bytes()
    with open_warehouse(file) as warehouse, pytest.raises(duckdb.Error):
        warehouse.backend.raw_sql(statement)
    assert file.read_bytes() == before


def test_no_other_file_is_read(file, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("name\nhidden\n")
    with open_warehouse(file) as warehouse:
        with pytest.raises(duckdb.PermissionException):
            warehouse.sql(f"from '{secret}'")
        with pytest.raises(duckdb.PermissionException):
            warehouse.rows(warehouse.backend.read_csv(secret))


def test_a_file_is_opened_by_its_engine_too(file, tmp_path):
    with open_warehouse(f"duckdb://{file}") as warehouse:
        assert [table.full_name for table in warehouse.tables] == ["seeds.people"]
        # one that is open is used, and left open
        with open_warehouse(warehouse) as same:
            assert same is warehouse
    with pytest.raises(NoWarehouseError):
        open_warehouse(f"duckdb://{tmp_path}/none.duckdb")


def test_what_another_engine_holds_must_be_a_warehouse(tmp_path):
    with pytest.raises(NotAWarehouseError, match="holds no warehouse of counterarm"):
        open_warehouse(f"sqlite://{tmp_path}/w.sqlite")


def test_an_engine_that_is_none_is_refused_with_those_that_are_installed(tmp_path):
    with pytest.raises(engines.UnknownEngineError) as refused:
        open_warehouse("spork://here")
    assert "there is no engine 'spork'; installed: duckdb, polars, sqlite" in str(
        refused.value
    )
    assert "pyspark" in str(refused.value)


def test_an_engine_that_is_not_installed_says_how_to_install_it(monkeypatch):
    there = engines._is_installed
    lacking = "pyspark"
    monkeypatch.setattr(
        engines, "_is_installed", lambda name: name != lacking and there(name)
    )
    assert "pyspark" not in engines.installed_engines()
    with pytest.raises(engines.UnknownEngineError) as refused:
        open_warehouse("pyspark://local")
    assert 'needs pyspark: pip install "ibis-framework[pyspark]==' in str(refused.value)


@pytest.mark.parametrize(
    "query", [*PARTS.values(), GROUP_REMAINDERS, CONDITIONS, MEMBERS, OWN_RULES]
)
def test_every_query_of_the_readers_can_be_written_for_spark(query):
    text = query.strip().format(usubjid="'x'")
    text = text[1:-1] if text.startswith("(") else text
    (written,) = sqlglot.transpile(
        text, "duckdb", "spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    sqlglot.parse_one(written, "spark")


@pytest.mark.parametrize("command", ["--help", "analyses list", "check --help"])
def test_a_command_that_reads_no_warehouse_does_not_wait_for_ibis(command):
    program = (
        "import sys; from counterarm.cli import main\n"
        f"try: main({command.split()!r})\n"
        "except SystemExit: pass\n"
        "sys.exit('ibis' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("one", "other", "n"),
    [
        # Levenshtein's distances of the textbooks
        ("kitten", "sitting", 3),
        ("saturday", "sunday", 3),
        ("", "abc", 3),
        ("same", "same", 0),
    ],
)
def test_edits_are_levenshteins(one, other, n):
    assert edits(one, other) == edits(other, one) == n


def test_the_nearest_names_hold_the_name_asked_for_and_differ_little():
    known = [("GRAZ-A1", "A1"), ("ULM-A12", "A12"), ("ULM-B12", "B12")]
    assert nearest("a12", known) == ["ULM-A12", "GRAZ-A1", "ULM-B12"]
    assert nearest("b1", known, 1) == ["ULM-B12"]


@pytest.mark.parametrize(
    ("value", "found", "words"),
    [
        ("60", "41.50", "age <= 60 (41.5)"),
        ("60", None, "age <= 60 (not known)"),
        (None, "yes", "age <= (yes)"),
        ("60", "1234567", "age <= 60 (1.23457e+06)"),
    ],
)
def test_a_condition_is_shown_with_what_was_found(value, found, words):
    row = {"variable": "age", "operator": "<=", "outcome": "met"}
    assert condition_words(row | {"value": value, "found": found}) == words
