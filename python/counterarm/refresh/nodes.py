"""The nodes of the build, with the files and other nodes that each depends on."""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

KINDS = ("model", "seed", "test")
# `config.meta.refresh` in the yml of a node: how an incremental build treats it.
#   guard     nodes that name it only for the order are not rebuilt with it
#   always    built whenever anything is built
#   readers   built with each of its readers, which need the files that it writes
#   once      rebuilt while it has rows, which compare with the previous publication
#   analyses  its rows of an analysis depend only on rows of that analysis, and on
#             tables without analyses
GUARD, ALWAYS, READERS, ONCE, ANALYSES = (
    "guard",
    "always",
    "readers",
    "once",
    "analyses",
)
_JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# the ways to depend on the order only, without reading the table
_ORDER_ONLY = r"^-- depends_on: \{{\{{ ref\('{0}'\) \}}\}}$|\bdo ref\('{0}'\)"
_COMPOSED = re.compile(r"\bref\((?!\s*['\"]\w+['\"]\s*\))")


@dataclass(frozen=True)
class Node:
    """A model, seed or data test of dbt.

    `file` is its code or rows, for a test in a yml that yml; `entry` is the name under
    which a yml describes it; `table` is its schema and name; `parents` are models and
    seeds.
    """

    name: str
    kind: str
    file: str
    entry: str
    table: str
    parents: tuple[str, ...]

    @property
    def short(self) -> str:
        """The name that selects it in dbt."""
        return self.name.split(".")[2]


def nodes_of_manifest(manifest: Path) -> dict[str, Node]:
    """Return the nodes of the manifest that dbt wrote."""
    found = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    return {
        name: Node(
            name,
            node["resource_type"],
            node["original_file_path"],
            # of a test in a yml, models.NAME or seeds.NAME
            (node.get("file_key_name") or node["name"]).split(".")[-1],
            f"{node['schema']}.{node['alias']}",
            tuple(
                sorted(
                    parent
                    for parent in node["depends_on"].get("nodes", ())
                    if parent.startswith(("model.", "seed."))
                )
            ),
        )
        for name, node in found.items()
        if node["resource_type"] in KINDS
    }


def data_parents(
    node: Node, guards: Mapping[str, str], code: str, macros: Iterable[str]
) -> tuple[str, ...]:
    """Return the parents whose rows a node may read.

    A guard, of which `guards` has the short name, is left out where the code of the
    node or of its macros names it for the order only: in a line `-- depends_on:`, in a
    `do ref(...)`, or, in Python, in a call whose result is not used. Where a name is
    composed at run time, nothing is left out.
    """
    texts = [code, *macros]
    return tuple(
        parent
        for parent in node.parents
        if parent not in guards
        or node.kind == "test"
        or _reads(guards[parent], node, texts)
    )


def _reads(guard: str, node: Node, texts: list[str]) -> bool:
    if node.file.endswith(".py"):
        return _python_reads(guard, texts[0])
    if _COMPOSED.search(texts[0]):
        return True
    order_only = re.compile(_ORDER_ONLY.format(guard), re.MULTILINE)
    word = re.compile(rf"\b{guard}\b")
    plain = [_JINJA_COMMENT.sub("", text) for text in texts]
    return not any(map(order_only.search, plain)) or any(
        word.search(order_only.sub("", text)) for text in plain
    )


def _python_reads(guard: str, code: str) -> bool:
    calls = 0
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and node.value == guard:
            calls += 1
        elif isinstance(node, ast.Expr) and ast.unparse(node) == f"dbt.ref('{guard}')":
            calls -= 1
    # it is named, and each time in such a call
    return calls != 0 or f'dbt.ref("{guard}")' not in code


def followers(roots: Iterable[str], parents: Mapping[str, Iterable[str]]) -> set[str]:
    """Return the roots and all their descendants."""
    children: dict[str, list[str]] = {}
    for name, above in parents.items():
        for parent in above:
            children.setdefault(parent, []).append(name)
    found: set[str] = set()
    left = list(roots)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += children.get(name, [])
    return found
