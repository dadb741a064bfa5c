"""Tables and columns of a warehouse: sizes, types and descriptions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.backends import BaseBackend

# ibis cannot read descriptions of tables and columns; they are queried from DuckDB.
_TABLES_OF_DUCKDB = """
    select schema_name, table_name, estimated_size, comment
    from duckdb_tables()
    where not internal and database_name = current_database()
    order by schema_name, table_name
"""
_COLUMNS_OF_DUCKDB = """
    select schema_name, table_name, column_name, data_type, comment
    from duckdb_columns()
    where not internal and database_name = current_database()
    order by schema_name, table_name, column_index
"""
# Schemas of the engines themselves, which do not belong to a warehouse.
_OF_ENGINES = {"information_schema", "main", "pg_catalog", "temp", "default"}


@dataclass(frozen=True)
class TableEntry:
    """A table: its schema, name, number of rows and description."""

    schema: str
    name: str
    n_rows: int
    description: str | None

    @property
    def full_name(self) -> str:
        """Return schema.table."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class ColumnEntry:
    """A column of a table: its type, as in DuckDB, and its description."""

    schema: str
    table: str
    name: str
    type: str
    meaning: str | None


def schemas_of(backend: "BaseBackend") -> list[str]:
    """Return the schemas that hold tables of a warehouse, in order."""
    return sorted(set(backend.list_databases()) - _OF_ENGINES)


def tables_of(backend: "BaseBackend") -> list[TableEntry]:
    """Return the tables in the order of schema and name.

    Descriptions are None where the engine is not DuckDB, and rows are counted there.
    """
    if backend.name == "duckdb":
        return [TableEntry(*row) for row in _rows(backend, _TABLES_OF_DUCKDB)]
    return [
        TableEntry(
            schema,
            name,
            int(backend.table(name, database=schema).count().execute()),
            None,
        )
        for schema, name in _names(backend)
    ]


def columns_of(backend: "BaseBackend") -> list[ColumnEntry]:
    """Return the columns in the order of schema, table and place in the table.

    Meanings are None where the engine is not DuckDB.
    """
    if backend.name == "duckdb":
        return [ColumnEntry(*row) for row in _rows(backend, _COLUMNS_OF_DUCKDB)]
    from ibis.backends.sql.datatypes import DuckDBType

    return [
        # DuckDB itself writes VARCHAR for text
        ColumnEntry(
            *(schema, table, name),
            DuckDBType.to_string(kind).replace("TEXT", "VARCHAR"),
            None,
        )
        for schema, table in _names(backend)
        for name, kind in backend.table(table, database=schema).schema().items()
    ]


def _names(backend: "BaseBackend") -> Iterator[tuple[str, str]]:
    for schema in schemas_of(backend):
        for table in sorted(backend.list_tables(database=schema)):
            yield schema, table


def _rows(backend: "BaseBackend", sql: str) -> Iterable[tuple]:
    return backend.raw_sql(sql).fetchall()
