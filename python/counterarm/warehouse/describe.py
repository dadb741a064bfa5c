"""What is in the warehouse: its tables, and what each column means."""

from difflib import SequenceMatcher, get_close_matches

from counterarm.warehouse.catalogue import TableEntry
from counterarm.warehouse.query import table_text
from counterarm.warehouse.reader import Warehouse


class UnknownTableError(LookupError):
    """No table of that name is in the warehouse."""


def list_tables(warehouse: Warehouse, schema: str | None = None) -> list[dict]:
    """Return schema, table, n_rows and the first sentence of each description.

    With `schema`, of that one only. Raises `UnknownTableError` where it has none.
    """
    rows = [
        {
            "schema": table.schema,
            "table": table.name,
            "n_rows": table.n_rows,
            "description": first_sentence(table.description),
        }
        for table in warehouse.tables
        if schema is None or table.schema.lower() == schema.lower()
    ]
    if not rows:
        raise UnknownTableError(no_schema(warehouse, schema))
    return rows


def no_schema(warehouse: Warehouse, name: str | None) -> str:
    """Say that a schema is not there, which comes near, and which there are."""
    names = sorted({table.schema for table in warehouse.tables})
    if name is None or not names:
        return "the warehouse has no tables"
    near = get_close_matches(name.lower(), names, 1, 0.6)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"there is no schema {name!r}; {hint}there are {', '.join(names)}"


def describe_table(warehouse: Warehouse, name: str) -> dict:
    """Return table, description, n_rows and columns (column, type, meaning).

    `name` is schema.table, or a table name that only one schema has. Raises
    `UnknownTableError` naming those that come near.
    """
    schema, _, table = name.lower().rpartition(".")
    found = [
        each
        for each in warehouse.tables
        if each.name.lower() == table and schema in ("", each.schema.lower())
    ]
    if len(found) != 1:
        raise UnknownTableError(not_found(warehouse, name, table, found))
    (of,) = found
    return {
        "table": of.full_name,
        "description": of.description,
        "n_rows": of.n_rows,
        "columns": [
            {"column": column.name, "type": column.type, "meaning": column.meaning}
            for column in warehouse.columns
            if (column.schema, column.table) == (of.schema, of.name)
        ],
    }


def not_found(
    warehouse: Warehouse, name: str, table: str, found: list[TableEntry]
) -> str:
    """Say why a name is no table, and which names come near."""
    if found:
        names = ", ".join(each.full_name for each in found)
        return f"{name!r} is a table of {len(found)} schemas: name one of {names}"
    if any(each.schema.lower() == name.lower() for each in warehouse.tables):
        return f"{name!r} is a schema: counterarm describe --schema {name.lower()}"
    by_likeness = sorted(
        warehouse.tables,
        key=lambda each: (-likeness(each.name.lower(), table), each.full_name),
    )
    near = ", ".join(each.full_name for each in by_likeness[:3])
    hint = f"; near it: {near}" if near else ""
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


def likeness(name: str, other: str) -> float:
    """Return how like two names are, from 0 to 1."""
    return SequenceMatcher(None, name, other).ratio()
