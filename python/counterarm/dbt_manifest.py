"""What dbt writes of a project that it has read: nodes and what they are made from."""

import json
from collections.abc import Collection
from pathlib import Path


def ancestors(
    manifest: Path, names: Collection[str], without: Collection[str] = ()
) -> list[str]:
    """Return the models and seeds that `names` are made from, and these, sorted.

    Nodes in `without`, and what only they are made from, are left out. KeyError for a
    name that the manifest does not have.
    """
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    kinds = ("model", "seed")
    named = {
        node["name"]: node
        for node in nodes.values()
        if node["resource_type"] in kinds and node["name"] not in without
    }
    found: set[str] = set()
    wanted = list(names)
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        found.add(name)
        # a seed is made from nothing, and has no list of nodes
        above = named[name]["depends_on"].get("nodes", ())
        wanted += [n for n in (nodes[each]["name"] for each in above) if n in named]
    return sorted(found)
