"""Which tables a node reads, and which it only comes after."""

import re

import pytest
from dbt_project import ROOT

from counterarm.refresh.inputs import Inputs, ProjectFiles
from counterarm.refresh.modules import FOLDER, modules_of
from counterarm.refresh.nodes import Node, data_parents, followers

GATE = "model.counterarm.gate_x"


def read(code: str, *macros: str, file: str = "models/m.sql") -> bool:
    node = Node("model.counterarm.m", "model", file, "m", "s.m", (GATE, "model.c.dm"))
    return GATE in data_parents(node, {GATE: "gate_x"}, code, macros)


@pytest.mark.parametrize(
    "code",
    [
        "-- depends_on: {{ ref('gate_x') }}\nselect 1",
        "{%- do ref('gate_x') -%}\nselect 1",
        "{# after gate_x #}{% do ref('gate_x') %}",
    ],
)
def test_sql_that_only_comes_after_a_gate_does_not_read_it(code):
    assert not read(code)
    assert not read("select {{ kept('dm') }}", code)


@pytest.mark.parametrize(
    "code",
    [
        "select * from {{ ref('gate_x') }}",
        "-- depends_on: {{ ref('gate_x') }}\nselect * from {{ ref('gate_x') }}",
        "-- depends_on: {{ ref('gate_x') }}\nselect * from {{ ref('gate_' ~ y) }}",
        # nothing shows how it comes after the gate
        "select 1",
    ],
)
def test_sql_is_taken_to_read_a_gate_unless_it_surely_does_not(code):
    assert read(code)


def test_sql_reads_a_gate_that_one_of_its_macros_reads():
    assert read("-- depends_on: {{ ref('gate_x') }}\nselect f()", "{{ ref('gate_x') }}")


def test_python_reads_a_gate_where_it_uses_what_ref_returns():
    after = 'def model(dbt, session):\n    dbt.ref("gate_x")\n    return f()\n'
    assert not read(after, file="models/m.py")
    for use in ('    x = dbt.ref("gate_x")\n', '    x = "gate_x"\n'):
        assert read(after.replace("    return", f"{use}    return"), file="m.py")


def test_what_follows_is_found_through_any_number_of_nodes():
    parents = {"b": ["a"], "c": ["b"], "d": ["x"], "x": []}
    assert followers(["a"], parents) == {"a", "b", "c"}
    assert followers(["x", "c"], parents) == {"x", "c", "d"}


def test_a_model_runs_the_modules_that_its_modules_import():
    found = modules_of("from counterarm.survival import cox\n")
    names = {file.relative_to(FOLDER).as_posix() for file in found}
    # cox.py imports design.py; a package brings its __init__.py
    assert {"__init__.py", "survival/__init__.py", "survival/cox.py"} <= names
    assert "design.py" in names
    assert not {name for name in names if name.startswith(("cli/", "intake/"))}


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return Inputs(ProjectFiles.of(ROOT, ROOT), {})


@pytest.fixture(scope="module")
def graph(demo_build):
    from counterarm.refresh.nodes import nodes_of_manifest

    return nodes_of_manifest(demo_build.target / "manifest.json")


@pytest.mark.build
def test_the_rows_of_gates_and_checks_are_read_where_they_are_shown(graph, inputs):
    guards = {
        name: node.short
        for name, node in graph.items()
        if inputs.refresh_word(node) == "guard"
    }
    assert sorted(guards.values()) == [
        "gate_analyses",
        "gate_delivery",
        "gate_standard",
        "protocol_checks",
    ]
    readers = {
        (guards[parent], node.short)
        for node in graph.values()
        if node.kind == "model"
        for parent in data_parents(node, guards, *inputs.code_of(node))
        if parent in guards
    }
    assert readers == {
        ("gate_analyses", "gate_results"),
        ("gate_delivery", "gate_results"),
        ("gate_standard", "gate_results"),
        ("protocol_checks", "provenance"),
    }


@pytest.mark.build
def test_every_input_of_every_node_is_known(graph, inputs):
    known = inputs.all_digests()
    for node in graph.values():
        assert set(inputs.of_node(node)) <= known.keys()
        assert node.file in known or node.file.endswith(".yml")
        # a singular test is described by its file alone
        described = f"#{node.entry}" if node.file.endswith(".yml") else node.file
        assert [one for one in inputs.of_node(node) if one.endswith(described)]


@pytest.mark.build
def test_a_model_that_reads_a_delivered_folder_has_it_as_input(graph, inputs):
    folders = {"the PRO-ACT delivery", "the sites' delivery"}
    readers = {
        node.short
        for node in graph.values()
        if node.kind == "model" and folders & set(inputs.of_node(node))
    }
    named = {
        file.stem
        for file in (ROOT / "models").rglob("*.yml")
        if re.search(r"^ +(proact|sites)_dir:", file.read_text(), re.MULTILINE)
    }
    assert readers == named
    assert named == {"delivered_files", "listed_files", "delivery_nature"}
