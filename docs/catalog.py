"""Write dbt's page of every table, with the type of each column.

    python docs/catalog.py TARGET WAREHOUSE OUTPUT

TARGET has the manifest.json of `dbt parse` and the index.html of `dbt docs generate`;
OUTPUT is the page in one file. Types are those of the warehouse; without one, those of
the contracts, which not every table has. dbt reads types from a build file only.
"""

import json
import sys
from pathlib import Path

from counterarm.warehouse.reader import open_warehouse

# schema, table and column -> type
Types = dict[tuple[str, str, str], str]

PLACES = {
    "manifest": '"MANIFEST.JSON INLINE DATA"',
    "catalog": '"CATALOG.JSON INLINE DATA"',
}


def types_in(warehouse: Path) -> Types:
    """Return the type of each column of a warehouse; none where there is no file."""
    if not warehouse.is_file():
        return {}
    with open_warehouse(warehouse) as opened:
        return {
            (column.schema, column.table, column.name): column.type
            for column in opened.columns
        }


def catalog(manifest: dict, types: Types) -> dict:
    """Return a catalogue in dbt's form: each table with its columns and their types."""
    tables = {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in {"model", "seed"}
    }
    return {
        "metadata": manifest["metadata"],
        "nodes": {name: entry(name, node, types) for name, node in tables.items()},
        "sources": {},
        "errors": None,
    }


def entry(name: str, node: dict, types: Types) -> dict:
    """Return the entry of one table."""
    table = (node["schema"], node["alias"])
    return {
        "unique_id": name,
        "metadata": {
            "type": node["config"]["materialized"],
            "database": node["database"],
            "schema": node["schema"],
            "name": node["alias"],
            "comment": None,
            "owner": None,
        },
        "columns": {
            column: {
                "name": column,
                "index": position,
                "type": types.get((*table, column), (given["data_type"] or "").upper()),
                "comment": None,
            }
            for position, (column, given) in enumerate(node["columns"].items(), start=1)
        },
        "stats": {},
    }


def whole_page(page: str, manifest: dict, types: Types) -> str:
    """Return dbt's page with manifest and catalogue in it.

    Raises `ValueError` where the page has no place for them.
    """
    for name, content in (
        ("manifest", manifest),
        ("catalog", catalog(manifest, types)),
    ):
        place = PLACES[name]
        if page.count(place) != 1:
            raise ValueError(f"dbt's index.html does not hold {place} once")
        # a script element ends at the first "</", wherever it is
        page = page.replace(place, json.dumps(content).replace("</", "<\\/"))
    return page


if __name__ == "__main__":
    target, warehouse, output = map(Path, sys.argv[1:])
    read = json.loads((target / "manifest.json").read_text())
    page = (target / "index.html").read_text()
    output.write_text(whole_page(page, read, types_in(warehouse)))
