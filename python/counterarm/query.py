"""Ask the published warehouse with SQL, and lay the answer out as text."""

from collections.abc import Sequence
from pathlib import Path

import duckdb


class NoWarehouseError(FileNotFoundError):
    """There is no published warehouse to ask."""


def open_warehouse(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """Open the published warehouse read-only; a build that runs is not disturbed.

    Raises `NoWarehouseError` naming the file where nothing was published yet.
    """
    if not warehouse.is_file():
        raise NoWarehouseError(
            f"no warehouse at {warehouse}: run `make build`, or set "
            "COUNTERARM_WAREHOUSE to a published one"
        )
    return duckdb.connect(str(warehouse), read_only=True)


def query_text(warehouse: Path, sql: str) -> str:
    """Run one query and return its rows as a table of text.

    Raises `NoWarehouseError`, and `duckdb.Error` for a query that fails.
    """
    with open_warehouse(warehouse) as connection:
        answer = connection.execute(sql)
        columns = [column[0] for column in answer.description]
        return table_text(columns, answer.fetchall())


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
