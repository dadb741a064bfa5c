"""What is in the warehouse: its tables, and what each column means."""

from difflib import get_close_matches

import duckdb

from counterarm.warehouse.query import records, table_text


class UnknownTableError(LookupError):
    """No table of that name is in the warehouse."""


def list_tables(
    connection: duckdb.DuckDBPyConnection, schema: str | None = None
) -> list[dict]:
    """Return schema, table, n_rows and the first sentence of each description.

    With `schema`, of that one only. Raises `UnknownTableError` where it has none.
    """
    rows = records(
        connection,
        """
        select schema_name as schema, table_name as "table", estimated_size as n_rows,
            comment as description
        from duckdb_tables()
        where not internal and coalesce(lower(schema_name) = lower(?), true)
        order by schema_name, table_name
        """,
        schema,
    )
    if not rows:
        raise UnknownTableError(no_schema(connection, schema))
    for row in rows:
        row["description"] = first_sentence(row["description"])
    return rows


def no_schema(connection: duckdb.DuckDBPyConnection, name: str | None) -> str:
    """Say that a schema is not there, which comes near, and which there are."""
    rows = records(
        connection,
        "select distinct schema_name from duckdb_tables() where not internal "
        "order by schema_name",
    )
    names = [row["schema_name"] for row in rows]
    if name is None or not names:
        return "the warehouse has no tables"
    near = get_close_matches(name.lower(), names, 1, 0.6)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"there is no schema {name!r}; {hint}there are {', '.join(names)}"


def describe_table(connection: duckdb.DuckDBPyConnection, name: str) -> dict:
    """Return table, description, n_rows and columns (column, type, meaning).

    `name` is schema.table, or a table name that only one schema has. Raises
    `UnknownTableError` naming those that come near.
    """
    schema, _, table = name.rpartition(".")
    found = records(
        connection,
        """
        select schema_name, table_name, comment, estimated_size
        from duckdb_tables()
        where not internal and lower(table_name) = lower(?)
            and (? = '' or lower(schema_name) = lower(?))
        order by schema_name
        """,
        table,
        schema,
        schema,
    )
    if len(found) != 1:
        raise UnknownTableError(not_found(connection, name, table, found))
    (of,) = found
    return {
        "table": f"{of['schema_name']}.{of['table_name']}",
        "description": of["comment"],
        "n_rows": of["estimated_size"],
        "columns": records(
            connection,
            """
            select column_name as "column", data_type as type, comment as meaning
            from duckdb_columns()
            where schema_name = ? and table_name = ?
            order by column_index
            """,
            of["schema_name"],
            of["table_name"],
        ),
    }


def not_found(
    connection: duckdb.DuckDBPyConnection, name: str, table: str, found: list[dict]
) -> str:
    """Say why a name is no table, and which names come near."""
    if found:
        names = ", ".join(f"{row['schema_name']}.{row['table_name']}" for row in found)
        return f"{name!r} is a table of {len(found)} schemas: name one of {names}"
    listed = records(
        connection,
        "select table_name from duckdb_tables() "
        "where not internal and lower(schema_name) = lower(?) order by table_name",
        name,
    )
    if listed:
        return f"{name!r} is a schema: counterarm describe --schema {name.lower()}"
    near = records(
        connection,
        """
        select schema_name || '.' || table_name as near
        from duckdb_tables()
        where not internal
        order by jaro_winkler_similarity(lower(table_name), lower(?)) desc, near
        limit 3
        """,
        table,
    )
    hint = f"; near it: {', '.join(row['near'] for row in near)}" if near else ""
    return f"there is no table {name!r} in the warehouse{hint}"


def table_description_text(described: dict) -> str:
    """Lay out the description of one table as text."""
    columns = [
        [row["column"], row["type"], " ".join((row["meaning"] or "").split())]
        for row in described["columns"]
    ]
    return "\n".join(
        [
            f"{described['table']}, {described['n_rows']:,} rows",
            " ".join((described["description"] or "not described").split()),
            "",
            table_text(["column", "type", "meaning"], columns),
        ]
    )


def first_sentence(text: str | None) -> str:
    """Return a description up to its first full stop."""
    words = " ".join((text or "").split())
    return words.split(". ")[0].rstrip(".")
