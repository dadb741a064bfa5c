"""Ask the published warehouse with SQL, and give the answer as text or as a file.

DuckDB is asked itself, not through ibis: the SQL is the user's, of any form that DuckDB
has, on a connection that is locked.
"""

import csv
import io
import json
import math
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from counterarm.sql_words import sql_name, sql_text
from counterarm.warehouse.spreadsheet import shown_as_text

# what stands in a DuckDB file from its ninth byte on
DUCKDB_MARK = b"DUCK"
# of these a file that any build has begun holds one
OWN_SCHEMAS = {"quality", "results", "seeds"}
ELSEWHERE = "set COUNTERARM_WAREHOUSE to a published one, or run `counterarm build`"
# What a query may not do, whoever wrote it: read or write another file, fetch or load
# an extension, see variables of Python, or change any of these.
CLOSED: dict[str, Any] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "lock_configuration": True,
}
LOCK = "lock_configuration"
# Numbers that JSON does not have, by Python's and DuckDB's text of them.
NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_OPEN: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
READING = ("SELECT", "EXPLAIN", "MULTI")


class NoWarehouseError(FileNotFoundError):
    """There is no published warehouse to query."""


class NotAWarehouseError(ValueError):
    """The file exists but is not a warehouse of counterarm."""


class OlderWarehouseError(NotAWarehouseError):
    """The warehouse lacks what builds of an older version did not make."""


class NotAQueryError(ValueError):
    """What was asked is not one query."""


def open_locked(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """Open the published warehouse read-only and `CLOSED`; a build is not disturbed.

    Raises as `open_file` does.
    """
    connection = open_file(warehouse)
    lock(connection)
    return connection


def open_file(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """Open the published warehouse read-only and `CLOSED` but for its last: see `lock`.

    Raises `NoWarehouseError` naming the file where nothing was published yet, and
    `NotAWarehouseError` naming one that is something else.
    """
    if not warehouse.is_file():
        raise NoWarehouseError(
            f"no warehouse at {warehouse}: run `make build`, or set "
            "COUNTERARM_WAREHOUSE to a published one"
        )
    if warehouse.stat().st_size == 0:
        raise NotAWarehouseError(f"{warehouse} is empty, not a warehouse: {ELSEWHERE}")
    with warehouse.open("rb") as file:
        is_duckdb = file.read(12)[8:] == DUCKDB_MARK
    if not is_duckdb:
        raise NotAWarehouseError(f"{warehouse} is not a DuckDB file: {ELSEWHERE}")
    connection = duckdb.connect(
        str(warehouse.absolute()),
        read_only=True,
        config={name: value for name, value in CLOSED.items() if name != LOCK},
    )
    _OPEN.add(connection)
    schemas = {
        name
        for (name,) in connection.execute(
            "select distinct schema_name from duckdb_tables() where not internal"
        ).fetchall()
    }
    if not schemas & OWN_SCHEMAS:
        connection.close()
        raise NotAWarehouseError(
            f"{warehouse} is a DuckDB file, but not a warehouse of counterarm: "
            f"{ELSEWHERE}"
        )
    return connection


def lock(connection: duckdb.DuckDBPyConnection) -> None:
    """Let no setting of a connection be changed from here on."""
    connection.execute(f"set {LOCK} = true")


def stop_queries() -> None:
    """Stop what runs on a connection of `open_file`, from a signal's handler.

    DuckDB may lose an exception that a handler raises, and goes on.
    """
    for connection in list(_OPEN):
        with suppress(duckdb.Error):
            connection.interrupt()


def one_query(sql: str) -> str:
    """Return SQL that is one statement which reads; raises `NotAQueryError`.

    What is let through cannot do harm either, being asked of a `CLOSED` connection;
    this says it in words.
    """
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise NotAQueryError(str(error)) from None
    if not statements:
        raise NotAQueryError(
            'the SQL is empty: write a query, as counterarm query "from matching.pairs"'
        )
    if len(statements) > 1:
        raise NotAQueryError(
            f"there are {len(statements)} statements, and one query is asked at a time"
        )
    kind = statements[0].type.name
    if kind not in READING:
        raise NotAQueryError(
            "a query reads the warehouse and nothing else: a statement of type "
            f"{kind} is refused; --out writes rows to a file"
        )
    return sql


def distinct_names(columns: Sequence[str]) -> list[str]:
    """Return columns so that none has the name of an earlier one: the second is a_2.

    An object of JSON and a table of Parquet have one of each name.
    """
    names: list[str] = []
    for column in columns:
        name, number = column, 1
        while name in names or (number > 1 and name in columns):
            number += 1
            name = f"{column}_{number}"
        names.append(name)
    return names


def query_text(warehouse: Path, sql: str, form: str = "table") -> str:
    """Run one query and return its rows as text: form table, csv or json.

    csv has a line of headings, json is an array of one object per row. Raises
    `NoWarehouseError`, `NotAQueryError` for no statement or several, and
    `duckdb.Error` for a query that fails. A second column of one name is NAME_2 in
    JSON.
    """
    with open_locked(warehouse) as connection:
        answer = connection.execute(one_query(sql))
        columns = [column[0] for column in answer.description]
        rows = answer.fetchall()
    if form == "json":
        names = distinct_names(columns)
        return json_text([dict(zip(names, row, strict=True)) for row in rows])
    if form == "csv":
        return csv_text(columns, rows)
    return table_text(columns, rows)


def query_file(warehouse: Path, sql: str, form: str, out: Path) -> int:
    """Write the rows of one query to a file, and return how many there are.

    Form is csv, json (an array) or parquet. Raises as `query_text` does, and
    NotAQueryError where the file is the warehouse.
    """
    if out.resolve() == warehouse.resolve():
        raise NotAQueryError(f"{out} is the warehouse that is read: name another file")
    with open_locked(warehouse) as connection:
        # duckdb.sql refuses what is not a query, as `create table`
        relation = connection.sql(one_query(sql))
        if relation is None:
            raise NotAQueryError("the SQL is not a query: it returns no rows")
        answer = relation.to_arrow_table()
        answer = answer.rename_columns(distinct_names(answer.column_names))
        return write_rows(answer, out, form)


def write_rows(
    rows: object, target: Path, form: str, *, spreadsheet_safe: bool = False
) -> int:
    """Write an Arrow table to a file, csv, json or parquet; return how many rows.

    `spreadsheet_safe` keeps text of a csv from being run as a formula. The connection
    that writes knows nothing but these rows: the one that reads the warehouse is
    closed.
    """
    options = {"csv": "format csv, header", "json": "format json, array true"}
    path = sql_text(str(target.absolute()))
    with duckdb.connect() as writer:
        writer.register("answer", rows)
        selected = "*"
        described = writer.execute("describe answer").fetchall()
        columns = [(name, kind) for name, kind, *_ in described]
        if spreadsheet_safe and form == "csv":
            selected = shown_as_text(columns)
        elif form == "json":
            selected = json_numbers(columns)
        (n_rows,) = writer.execute(
            f"copy (select {selected} from answer) "
            f"to {path} ({options.get(form, 'format parquet')})"
        ).fetchone()
    return n_rows


def records(
    connection: duckdb.DuckDBPyConnection, sql: str, *values: object
) -> list[dict]:
    """Run one query and return a dict per row."""
    answer = connection.execute(sql, list(values))
    columns = [column[0] for column in answer.description]
    return [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]


def json_text(value: object) -> str:
    """Write lists and dicts as indented JSON; dates and the like as text.

    JSON has no numbers that are infinite or none: they are the texts of `NOT_FINITE`.
    """
    value = finite(value)
    return json.dumps(value, indent=2, default=str, ensure_ascii=False, allow_nan=False)


def finite(value: object) -> object:
    """Return a value with the texts of `NOT_FINITE` for numbers that are not finite."""
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return NOT_FINITE[str(float(value))]
    return value


def json_numbers(columns: Sequence[tuple[str, str]]) -> str:
    """Return the select list of SQL in which numbers are written as `json_text` does.

    `columns` are name and type in DuckDB; numbers within lists are left as they are.
    """
    texts = " ".join(f"when '{key}' then '{text}'" for key, text in NOT_FINITE.items())
    return ", ".join(
        f"case when isfinite({name}) then to_json({name}) "
        f"else to_json(case cast({name} as varchar) {texts} end) end as {name}"
        if kind in ("DOUBLE", "FLOAT")
        else name
        for name, kind in ((sql_name(name), kind) for name, kind in columns)
    )


def csv_text(columns: Sequence[str], rows: Sequence[Sequence]) -> str:
    """Write rows as CSV without a last line end; null is empty."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return lines.getvalue().rstrip("\n")


def table_text(columns: Sequence[str], rows: Sequence[Sequence]) -> str:
    """Lay rows out under their headings, numbers to the right; null is empty."""
    cells = [list(columns), *([cell_text(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    is_number = [
        all(isinstance(row[i], int | float | None) for row in rows) and bool(rows)
        for i in range(len(columns))
    ]
    lines = [
        "  ".join(
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(row, widths, is_number, strict=True)
        ).rstrip()
        for row in cells
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def cell_text(value: object) -> str:
    """Write a value: null as nothing, a float to six significant digits."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)
