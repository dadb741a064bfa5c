"""The record of the published file: its inputs and the nodes of its build."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from counterarm.refresh.nodes import Node
from counterarm.sql_words import sql_name

# Names of inputs that are not files.
BYTES = "all files, byte by byte"
STRUCTURE = "the graph of nodes"


@dataclass(frozen=True)
class Stored:
    """The record of the last published build: digests of inputs, and nodes by name."""

    inputs: dict[str, str]
    nodes: dict[str, Node]


def read_stored(warehouse: Path) -> Stored | None:
    """Return the record of a published file; None where it has none, or is no file."""
    if not warehouse.is_file():
        return None
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            inputs = connection.execute(
                "select input_name, digest from quality.build_inputs"
            ).fetchall()
            nodes = connection.execute(
                "select node_name, kind, file_name, entry, table_name, parents "
                "from quality.build_nodes"
            ).fetchall()
    except duckdb.Error:
        return None
    found = dict(inputs)
    if BYTES not in found or not nodes:
        return None
    by_name = {
        name: Node(name, kind, file, entry, table, tuple(parents))
        for name, kind, file, entry, table, parents in nodes
    }
    return Stored(found, by_name)


def has_rows(warehouse: Path, table: str) -> bool:
    """Return whether a table of the published file has a row."""
    schema, _, name = table.partition(".")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        query = f"from {sql_name(schema)}.{sql_name(name)} limit 1"
        return bool(connection.execute(query).fetchall())
