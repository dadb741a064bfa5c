"""How Python reads a published warehouse: through ibis, whatever engine holds it.

The models, `publish`, `diff` and `query` build, copy or lock a DuckDB file, and use
DuckDB directly.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterarm.warehouse import engines
from counterarm.warehouse.catalogue import (
    ColumnEntry,
    TableEntry,
    columns_of,
    schemas_of,
    tables_of,
)
from counterarm.warehouse.query import (
    ELSEWHERE,
    OWN_SCHEMAS,
    NotAWarehouseError,
    lock,
    open_file,
)

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table


class LackingError(LookupError):
    """The warehouse does not have a table or column that was asked for."""


class Warehouse:
    """A warehouse that is open for reading.

    `backend` is the ibis connection to the engine that holds it; for a Spark session,
    `Warehouse(ibis.pyspark.connect(session))`. Schemas and tables have the same names
    as in a DuckDB file.
    """

    def __init__(self, backend: "BaseBackend"):
        self.backend = backend
        self._is_ours = False

    def __str__(self) -> str:
        """Return where the warehouse is, in words."""
        return f"the warehouse in {self.backend.name}"

    def __enter__(self) -> "Warehouse":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection to the engine, if `open_warehouse` made it."""
        if self._is_ours:
            self.backend.disconnect()

    def has(self, name: str) -> bool:
        """Return whether a table, schema.table, exists; older versions lack some."""
        return any(table.full_name == name for table in self.tables)

    def table(self, name: str, *columns: str) -> "Table":
        """Return a table, schema.table, as ibis' expression, of these columns if named.

        Raises `LackingError` for a table that is not there, or the first such column.
        """
        from ibis.common.exceptions import TableNotFound

        schema, _, table = name.rpartition(".")
        try:
            found = self.backend.table(table, database=schema or None)
        except TableNotFound:
            raise LackingError(f"the warehouse has no table {name}") from None
        for column in columns:
            if column not in found.columns:
                raise LackingError(f"{name} has no column {column}")
        return found.select(*columns) if columns else found

    def sql(self, text: str) -> "Table":
        """Return a query in the SQL of DuckDB, on any engine, as an ibis expression.

        ibis translates it. Order the returned expression: not every engine keeps the
        order of a subquery.
        """
        return self.backend.sql(text, dialect="duckdb")

    def arrow(self, rows: "Table") -> "pa.Table":
        """Return the rows of an expression as an Arrow table."""
        return self.backend.to_pyarrow(rows)

    def frame(self, rows: "Table") -> "pd.DataFrame":
        """Return the rows of an expression as a data frame.

        Integers and booleans have NumPy types, or nullable pandas types where one is
        missing; dates are datetimes in microseconds, decimals floats.
        """
        return _frame(self.arrow(rows))

    def rows(self, rows: "Table") -> list[tuple]:
        """Return the rows of an expression as tuples of Python's values."""
        table = self.arrow(rows)
        columns = [_values(column) for column in table.itercolumns()]
        return list(zip(*columns, strict=True))

    def records(self, rows: "Table") -> list[dict[str, Any]]:
        """Return the rows of an expression as a dict each."""
        return [dict(zip(rows.columns, row, strict=True)) for row in self.rows(rows)]

    def value(self, rows: "Table") -> Any:
        """Return the only value of an expression of one row and column."""
        ((value,),) = self.rows(rows)
        return value

    @cached_property
    def tables(self) -> list[TableEntry]:
        """The tables, in the order of schema and name."""
        return tables_of(self.backend)

    @cached_property
    def columns(self) -> list[ColumnEntry]:
        """The columns of all tables, in the order of schema, table and place."""
        return columns_of(self.backend)


# What a warehouse is opened from.
Source = Path | str | Warehouse


def open_warehouse(source: Source) -> Warehouse:
    """Open a published warehouse for reading: a file of DuckDB, or ENGINE://PLACE.

    A file is opened read-only, and queries can neither read other files nor load
    extensions. Any other engine is a backend of ibis, with the rights of its user. An
    open warehouse is returned unchanged. The `with` block closes what was opened here.

    Raises `NoWarehouseError` naming a file that does not exist, `NotAWarehouseError`
    for anything but a warehouse, and `UnknownEngineError`, which lists the installed
    engines, for one that is not installed.
    """
    if isinstance(source, Warehouse):
        return source
    engine, _, place = str(source).rpartition("://")
    if engine not in ("", "duckdb"):
        opened = Warehouse(engines.connect(str(source)))
        opened._is_ours = True
        if not OWN_SCHEMAS & set(schemas_of(opened.backend)):
            opened.close()
            raise NotAWarehouseError(
                f"{source} holds no warehouse of counterarm: {ELSEWHERE}"
            )
        return opened
    connection = open_file(Path(place))
    opened = Warehouse(engines.of_duckdb(connection))
    opened._is_ours = True
    lock(connection)
    return opened


def ordered(rows: "Table", first: Sequence[str] = ()) -> "Table":
    """Return an expression in the order of its columns, some of them first."""
    return rows.order_by(
        [*first, *(name for name in rows.columns if name not in first)]
    )


def _frame(table: "pa.Table") -> "pd.DataFrame":
    import pandas as pd
    import pyarrow as pa

    missing = {
        pa.int8(): pd.Int8Dtype(),
        pa.int16(): pd.Int16Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
    }
    columns = {}
    for name, column in zip(table.column_names, table.itercolumns(), strict=True):
        if pa.types.is_date(column.type):
            column = column.cast(pa.timestamp("us"))
        elif pa.types.is_decimal(column.type):
            column = column.cast(pa.float64())
        mapper = missing.get if column.null_count else None
        columns[name] = column.to_pandas(types_mapper=mapper)
    return pd.DataFrame(columns, columns=table.column_names)


def _values(column: "pa.ChunkedArray") -> list:
    """Return Python's values; whole numbers that come as decimals are integers."""
    values = column.to_pylist()
    if getattr(column.type, "scale", None) == 0:
        return [int(v) if isinstance(v, Decimal) else v for v in values]
    return values
