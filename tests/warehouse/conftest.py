"""A warehouse in SQLite, whose SQL, types and Python API are not DuckDB's."""

import sqlite3
import statistics
from collections.abc import Callable
from pathlib import Path

import duckdb
import ibis
import pytest

from counterarm.sql_words import sql_text
from counterarm.warehouse.reader import Warehouse

# Types by which ibis knows in SQLite what DuckDB kept; others are text.
KEPT = {"BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "DATE"}
# Rows of these, and of some of their subjects, are enough for every reader.
ANALYSES = ("barczewska_2020", "nam_2023", "nam_2023_ipw")
OF_FEW = {
    "analysis_id": f"analysis_id in {ANALYSES}",
    "usubjid": "usubjid in (select usubjid from few)",
    "subject_id": "subject_id in (select subjid from few)",
}
COLUMNS = """
    select schema_name, table_name, list(column_name order by column_index),
        list(data_type order by column_index)
    from duckdb_columns()
    where database_name = ?
    group by all
    order by all
"""


class Median:
    """SQL's PERCENTILE_CONT of a half."""

    def __init__(self):
        self.values = []

    def step(self, value: float | None, _half: float) -> None:
        if value is not None:
            self.values.append(value)

    def finalize(self) -> float | None:
        return statistics.median(self.values) if self.values else None


def split_part(text: str | None, between: str, place: int) -> str | None:
    if text is None:
        return None
    return text.split(between)[place - 1 if place > 0 else place]


def ends_with(text: str | None, end: str) -> bool | None:
    return None if text is None else text.endswith(end)


@pytest.fixture(scope="session")
def small(demo_build, tmp_path_factory) -> Path:
    """The warehouse of the small demo with a few analyses and subjects only."""
    file = tmp_path_factory.mktemp("small") / "small.duckdb"
    with duckdb.connect(str(file)) as connection:
        built = sql_text(str(demo_build.warehouse))
        connection.execute(f"attach {built} as built (read_only)")
        connection.execute(
            "create temp table few as select usubjid, subjid from built.sdtm.dm "
            "where usubjid in (select usubjid from built.matching.matched_subjects "
            "where analysis_id = 'nam_2023') order by usubjid limit 30"
        )
        for schema, table, names, _ in connection.execute(
            COLUMNS, ["built"]
        ).fetchall():
            where = next((OF_FEW[name] for name in OF_FEW if name in names), "true")
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(
                f'create table {schema}."{table}" as '
                f'from built.{schema}."{table}" where {where}'
            )
    return file


@pytest.fixture
def in_sqlite(tmp_path) -> Callable[..., Warehouse]:
    """Open a copy in SQLite of schemas of a DuckDB file; it holds ten at most."""
    backend = ibis.sqlite.connect()
    connection: sqlite3.Connection = backend.con
    # functions of SQL that other engines have
    connection.create_function("SPLIT_PART", 3, split_part)
    connection.create_function("ENDS_WITH", 2, ends_with)
    connection.create_aggregate("PERCENTILE_CONT", 2, Median)

    def copy_of(file: Path, *schemas: str) -> Warehouse:
        for schema in schemas:
            backend.attach(schema, tmp_path / f"{schema}.sqlite")
        with duckdb.connect(str(file), read_only=True) as read:
            for schema, table, *columns in read.execute(
                COLUMNS, [file.stem]
            ).fetchall():
                if schema in schemas:
                    copy_table(read, connection, f'{schema}."{table}"', *columns)
        connection.commit()
        return Warehouse(backend)

    yield copy_of
    backend.disconnect()


def copy_table(
    read: duckdb.DuckDBPyConnection,
    write: sqlite3.Connection,
    table: str,
    names: list[str],
    types: list[str],
) -> None:
    kinds = [kind if kind in KEPT else "TEXT" for kind in types]
    declared = zip(names, kinds, strict=True)
    write.execute(
        f"create table {table} ("
        + ", ".join(f'"{name}" {kind}' for name, kind in declared)
        + ")"
    )
    rows = read.execute(
        "select "
        + ", ".join(
            f'cast("{name}" as varchar)' if kind in ("TEXT", "DATE") else f'"{name}"'
            for name, kind in zip(names, kinds, strict=True)
        )
        + f" from {table}"
    ).fetchall()
    marks = ", ".join("?" * len(names))
    write.executemany(f"insert into {table} values ({marks})", rows)
