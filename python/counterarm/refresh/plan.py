"""The plan of a build: which nodes are rebuilt, as one of their inputs changed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml

from counterarm.refresh.comparable import check_comparable
from counterarm.refresh.inputs import FOLDERS, Inputs
from counterarm.refresh.nodes import (
    ALWAYS,
    ANALYSES,
    GUARD,
    ONCE,
    READERS,
    Node,
    data_parents,
    followers,
    nodes_of_manifest,
)
from counterarm.refresh.stored import BYTES, STRUCTURE, Stored, has_rows, read_stored

# what a file that is no SQL, Python, YAML or warehouse as expected leads to
_UNREADABLE = (
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
    LookupError,
    yaml.YAMLError,
    duckdb.Error,
)
NOTHING, PART, FULL = "nothing", "part", "full"
NAMED = 3


@dataclass(frozen=True)
class Planned:
    """Whether a node is built, and why.

    `must_build`: it is built in any case; otherwise it is built if `is_selected` and
    the rows of a table that it reads have changed. `by_analysis`: if only rows of some
    analyses changed, only their rows are rebuilt.
    """

    node: Node
    is_selected: bool
    must_build: bool
    by_analysis: bool
    because: str
    data_parents: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Which nodes are built and why, and the digests of inputs to be recorded."""

    kind: str
    because: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[Planned, ...] = ()

    @property
    def selection(self) -> list[str]:
        """The selection for dbt, which adds the tests of the selected nodes itself."""
        if self.kind != PART:
            return []
        chosen = [
            one.node.short
            for one in self.nodes
            if one.is_selected and (one.must_build or one.node.kind != "test")
        ]
        return ["--select", *chosen, "--indirect-selection", "eager"]

    def in_words(self) -> str:
        """Return the plan in one line."""
        if self.kind == NOTHING:
            return f"nothing to build: {self.because}"
        if self.kind == FULL:
            return f"building everything: {self.because}"
        n = sum(one.is_selected for one in self.nodes)
        return f"building at most {n} of {len(self.nodes)} nodes: {self.because}"


def make_plan(
    warehouse: Path,
    inputs: Inputs,
    parse: Callable[[], Path | None],
    *,
    full: bool = False,
) -> Plan:
    """Compare the inputs with those of the published file.

    `parse` has dbt read the project and returns the manifest, None if dbt could not:
    it is called only where the code has changed. A file that cannot be read leads to a
    build of everything, in which dbt says so, and so does a project of which not
    everything can be compared.
    """
    try:
        check_comparable(inputs)
        stored = None if full else read_stored(warehouse)
        if stored is None:
            whole = {BYTES: inputs.bytes, STRUCTURE: inputs.structure()}
            because = "no published build has a record of its inputs"
            return Plan(
                FULL,
                "as asked" if full else because,
                whole | inputs.all_digests(),
            )
        return _plan(warehouse, inputs, stored, parse)
    except _UNREADABLE as error:
        return Plan(FULL, f"what it is made from could not be compared ({error})")


def _plan(
    warehouse: Path,
    inputs: Inputs,
    stored: Stored,
    parse: Callable[[], Path | None],
) -> Plan:
    whole = {BYTES: inputs.bytes}
    if stored.inputs[BYTES] == whole[BYTES]:
        return Plan(NOTHING, "no input has changed since the last published build")
    whole[STRUCTURE] = inputs.structure()
    now = whole | inputs.all_digests()
    nodes = stored.nodes
    if stored.inputs.get(STRUCTURE) != whole[STRUCTURE]:
        manifest = parse()
        if manifest is None:
            return Plan(FULL, "dbt could not read the project", now)
        nodes = nodes_of_manifest(manifest)
    removed = _removed(now, stored)
    if removed:
        return Plan(FULL, f"{_listed(removed)} is no longer there", now)
    everywhere = [one for one in inputs.everywhere if _differs(one, now, stored)]
    if everywhere or set(inputs.everywhere) - now.keys():
        return Plan(FULL, f"{_listed(everywhere)} changed", now)
    gone = sorted(_tables(stored.nodes) - _tables(nodes))
    if gone:
        return Plan(FULL, f"{_listed(gone)} is no longer built", now)
    return _part(warehouse, inputs, stored, nodes, now)


def _part(
    warehouse: Path,
    inputs: Inputs,
    stored: Stored,
    nodes: dict[str, Node],
    now: Mapping[str, str],
) -> Plan:
    words = {name: inputs.refresh_word(node) for name, node in nodes.items()}
    guards = {name: nodes[name].short for name, word in words.items() if word == GUARD}
    reasons = {
        name: _changes(node, inputs, now, stored) for name, node in nodes.items()
    }
    roots = {name for name, changed in reasons.items() if changed}
    if not roots:
        return Plan(NOTHING, "nothing has changed but comments and layout")
    read = {
        name: data_parents(node, guards, *inputs.code_of(node))
        for name, node in nodes.items()
    }
    roots |= {
        name
        for name, word in words.items()
        if word == ALWAYS
        or (
            (word == ONCE and name in stored.nodes)
            and has_rows(warehouse, nodes[name].table)
        )
    }
    selected = followers(roots, read)
    # these write files for their readers; building them changes no table
    serve = {
        name
        for name, word in words.items()
        if word == READERS and any(name in nodes[reader].parents for reader in selected)
    }
    changed = sorted({one for of in reasons.values() for one in of})
    because = f"{_listed(_told(changed, now, stored))} changed"
    if selected | serve == nodes.keys():
        return Plan(FULL, because, now)
    return Plan(
        PART,
        because,
        now,
        tuple(
            Planned(
                node,
                name in selected | serve,
                name in roots | serve,
                words[name] == ANALYSES,
                _listed(_told(reasons[name], now, stored)) if reasons[name] else "",
                read[name],
            )
            for name, node in nodes.items()
        ),
    )


def _changes(
    node: Node, inputs: Inputs, now: Mapping[str, str], stored: Stored
) -> list[str]:
    """Return the inputs of a node that changed, rows of other nodes apart."""
    before = stored.nodes.get(node.name)
    changed = [one for one in inputs.of_node(node) if _differs(one, now, stored)]
    if before != node and not changed:
        changed.append(node.file)
    return changed


def _differs(name: str, now: Mapping[str, str], stored: Stored) -> bool:
    return now[name] != stored.inputs.get(name)


def _removed(now: Mapping[str, str], stored: Stored) -> list[str]:
    """Return what was an input and is none, delivered files apart.

    What was made from it is no longer known to be: a model whose yml is gone loses its
    columns' types, and dbt's own macro takes the place of one that was removed. A
    delivered file is part of its folder, which is an input.
    """
    delivered = tuple(f"{delivery}: " for delivery, _ in FOLDERS.values())
    gone = stored.inputs.keys() - now.keys()
    return sorted(name for name in gone if not name.startswith(delivered))


def _tables(nodes: Mapping[str, Node]) -> set[str]:
    return {node.table for node in nodes.values() if node.kind != "test"}


def _told(changed: list[str], now: Mapping[str, str], stored: Stored) -> list[str]:
    """Return names of changed inputs for display, with the files of a delivery."""
    told: dict[str, None] = {}
    for name in changed:
        files = [
            one
            for one in {**now, **stored.inputs}
            if one.startswith(f"{name}: ") and now.get(one) != stored.inputs.get(one)
        ]
        known = any(name == delivery for delivery, _ in FOLDERS.values())
        for one in files if known and files else [name]:
            told[one.removeprefix(".counterarm/").partition("#")[0]] = None
    return list(told)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def write_plan(plan: Plan, folder: Path) -> None:
    """Write the digests of the inputs and the plan, for the macros of dbt."""
    rows = [{"input_name": n, "digest": d} for n, d in sorted(plan.inputs.items())]
    (folder / "inputs.json").write_text(json.dumps(rows), encoding="utf-8")
    planned = [
        {
            "node_name": one.node.name,
            "is_selected": one.is_selected,
            "must_build": one.must_build,
            "by_analysis": one.by_analysis,
            "because": one.because,
            "data_parents": list(one.data_parents),
        }
        for one in plan.nodes
    ]
    (folder / "plan.json").write_text(json.dumps(planned), encoding="utf-8")
