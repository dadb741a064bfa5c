"""What is built after an edit, in a project of five nodes."""

import json
from pathlib import Path

import duckdb
import pytest

from counterarm.refresh.inputs import Inputs, ProjectFiles
from counterarm.refresh.installation import requirements
from counterarm.refresh.plan import FULL, NOTHING, PART, make_plan, write_plan
from counterarm.refresh.stored import BYTES

FILES = {
    "dbt_project.yml": "name: p\n",
    "profiles.yml": "p: {}\n",
    "seeds/protocol/arms.csv": "analysis_id,arm\na,PLACEBO\n",
    "seeds/protocol/_arms.yml": "seeds:\n  - name: arms\n    description: Arms.\n",
    "macros/twice.sql": "{% macro twice(x) %}2 * {{ x }}{% endmacro %}\n",
    "macros/built.sql": (
        "{% macro twofold() %}{% endmacro %}"
        "{% materialization table, adapter='duckdb' %}{{ twofold() }}"
        "{% endmaterialization %}\n"
    ),
    "macros/hook.sql": "{% macro hook() %}select 1{% endmacro %}\n",
    "models/stg.sql": "select 1 as n\n",
    "models/stg.yml": (
        "models:\n  - name: stg\n    config:\n      meta:\n        dir: "
        "\"{{ env_var('COUNTERARM_SITES_DIR', '') }}\"\n"
    ),
    "models/gate.py": 'def model(dbt, session):\n    return dbt.ref("stg").df()\n',
    "models/gate.yml": (
        "models:\n  - name: gate\n    config:\n      meta: {refresh: guard}\n"
    ),
    "models/dm.sql": (
        "-- depends_on: {{ ref('gate') }}\nselect {{ twice('n') }} as n from "
        "{{ ref('stg') }}\n"
    ),
    "models/dm.yml": (
        "models:\n  - name: dm\n    description: A twofold table.\n"
        "    columns: [{name: n}]\n"
    ),
    "models/cox.py": (
        "from counterarm.survival import cox\n\n\ndef model(dbt, session):\n"
        '    return cox.run(dbt.ref("dm").df(), dbt.ref("arms").df())\n'
    ),
    "models/cox.yml": "models:\n  - name: cox\n",
    "models/publication.sql": "select 1 from {{ ref('cox') }}\n",
    "models/publication.yml": (
        "models:\n  - name: publication\n    config: {meta: {refresh: always}}\n"
    ),
    "tests/dbt/few.sql": "select * from {{ ref('dm') }} where n > 9\n",
    "expectations/x/dm.yml": "a: 1\n",
    "sites/hanyang/visits.csv": "x\n1\n",
}
PARENTS = {
    "arms": (),
    "stg": (),
    "gate": ("stg",),
    "dm": ("gate", "stg"),
    "cox": ("arms", "dm"),
    "publication": ("cox",),
    "few": ("dm",),
}


def kind(name: str) -> str:
    return {"arms": "seed", "few": "test"}.get(name, "model")


def unique(name: str) -> str:
    return f"{kind(name)}.p.{name}"


def node_rows(root: Path) -> list[tuple]:
    rows = []
    for name, parents in PARENTS.items():
        (file,) = [
            str(path.relative_to(root))
            for path in root.rglob(f"{name}.*")
            if path.suffix in (".sql", ".py", ".csv")
        ]
        above = sorted(map(unique, parents))
        rows.append((unique(name), kind(name), file, name, f"s.{name}", above))
    return rows


@pytest.fixture
def project(tmp_path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def inputs(project: Path, **settings: str) -> Inputs:
    return Inputs(
        ProjectFiles.of(project, project),
        {"COUNTERARM_SITES_DIR": str(project / "sites"), **settings},
    )


def manifest(project: Path) -> Path:
    file = project / "manifest.json"
    nodes = {
        name: {
            "resource_type": kind,
            "original_file_path": path,
            "name": entry,
            "schema": "s",
            "alias": entry,
            "depends_on": {"nodes": parents},
        }
        for name, kind, path, entry, _, parents in node_rows(project)
    }
    file.write_text(json.dumps({"nodes": nodes}))
    return file


@pytest.fixture
def built(project) -> Path:
    """The published file of a build of the project as it stands."""
    plan = make_plan(project / "w.duckdb", inputs(project), lambda: None)
    assert plan.kind == FULL
    write_plan(plan, project)
    with duckdb.connect(str(project / "w.duckdb")) as connection:
        connection.execute("create schema quality")
        connection.execute(
            "create table quality.build_inputs as from read_json(?, columns = "
            "{input_name: 'varchar', digest: 'varchar'})",
            [str(project / "inputs.json")],
        )
        connection.execute(
            "create table quality.build_nodes (node_name varchar, kind varchar, "
            "file_name varchar, entry varchar, table_name varchar, parents varchar[])"
        )
        connection.executemany(
            "insert into quality.build_nodes values (?, ?, ?, ?, ?, ?)",
            node_rows(project),
        )
    return project


def edited(project: Path, name: str, old: str, new: str) -> None:
    file = project / name
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def plan_of(project: Path, **settings: str):
    return make_plan(
        project / "w.duckdb", inputs(project, **settings), lambda: manifest(project)
    )


def selected(plan) -> set[str]:
    return {one.node.short for one in plan.nodes if one.is_selected}


def test_nothing_is_built_where_nothing_changed(built):
    plan = plan_of(built)
    assert plan.kind == NOTHING
    assert "no input has changed" in plan.in_words()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("models/dm.sql", "-- depends_on", "-- a comment\n\n-- depends_on"),
        ("models/stg.sql", "select", "  select"),
        ("models/stg.yml", "models:", "# a comment\nmodels:"),
        ("models/gate.py", "def", "# a comment\ndef"),
        ("macros/twice.sql", "{% macro", "{# doubles #}\n{% macro"),
        ("expectations/x/dm.yml", "a: 1", "a:   1 # why"),
        ("dbt_project.yml", "name: p", "# a comment\nname: p"),
    ],
)
def test_a_comment_builds_nothing(built, name, old, new):
    edited(built, name, old, new)
    plan = plan_of(built)
    assert plan.kind == NOTHING
    assert "comments" in plan.in_words()


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("seeds/protocol/arms.csv", "PLACEBO", "ANY", {"arms", "cox", "publication"}),
        # the gate is rebuilt, and what only comes after it is not
        ("models/gate.py", "df()", "pl()", {"gate", "publication"}),
        ("models/dm.yml", "{name: n}", "{name: n, description: N}",
         {"dm", "few", "cox", "publication"}),
        ("macros/twice.sql", "2 *", "3 *", {"dm", "few", "cox", "publication"}),
        ("tests/dbt/few.sql", "> 9", "> 8", {"few", "publication"}),
        ("models/cox.py", "dm", "stg", {"cox", "publication"}),
    ],
)  # fmt: skip
def test_an_edit_builds_what_follows_from_it(built, name, old, new, expected):
    edited(built, name, old, new)
    plan = plan_of(built)
    assert plan.kind == PART
    assert selected(plan) == expected
    assert f"{name} changed" in plan.in_words()
    assert f"at most {len(expected)} of 7 nodes" in plan.in_words()
    must = {one.node.short for one in plan.nodes if one.must_build}
    assert must <= expected
    assert "publication" in must


def test_a_test_is_named_to_dbt_only_where_it_changed_itself(built):
    edited(built, "tests/dbt/few.sql", "> 9", "> 8")
    assert "few" in plan_of(built).selection
    edited(built, "tests/dbt/few.sql", "> 8", "> 9")
    edited(built, "macros/twice.sql", "2 *", "3 *")
    plan = plan_of(built)
    assert plan.selection == [
        "--select", "dm", "cox", "publication", "--indirect-selection", "eager",
    ]  # fmt: skip


def test_a_new_delivery_of_a_site_builds_what_reads_sites(built):
    (built / "sites" / "hanyang" / "visits.csv").write_text("x\n2\n")
    plan = plan_of(built)
    # everything but the seed
    assert selected(plan) == PARENTS.keys() - {"arms"}
    assert "the sites' delivery: hanyang/visits.csv changed" in plan.in_words()


def test_a_link_that_leads_elsewhere_by_another_link_is_a_change(built):
    for name in ("one", "two"):
        (built / name).mkdir()
        (built / name / "doses.csv").write_text("x\n")
    (built / "current").symlink_to(built / "one")
    (built / "sites" / "hanyang" / "doses.csv").symlink_to(built / "current/doses.csv")
    (built / "sites" / "olsztyn").symlink_to(built / "current")
    before = inputs(built).delivery
    (built / "current").unlink()
    (built / "current").symlink_to(built / "two")
    now = inputs(built).delivery
    assert {name for name in now if now[name] != before[name]} == {
        "the sites' delivery",
        "the sites' delivery: hanyang/doses.csv",
        "the sites' delivery: olsztyn/",
    }


@pytest.mark.parametrize("how", ["gone", "new", "linked", "empty folder"])
def test_a_delivered_file_that_comes_or_goes_is_a_change(built, how):
    file = built / "sites" / "hanyang" / "visits.csv"
    if how == "gone":
        file.unlink()
    elif how == "new":
        (file.parent / "doses.csv").write_text("x\n")
    elif how == "empty folder":
        (built / "sites" / "olsztyn").mkdir()
    else:
        (built / "elsewhere").mkdir()
        (built / "elsewhere" / "doses.csv").write_text("x\n")
        (built / "sites" / "olsztyn").symlink_to(built / "elsewhere")
    assert "stg" in selected(plan_of(built))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        # dbt calls it, and no node names it
        ("macros/hook.sql", "select 1", "select 2"),
        # a word of a description is the name of a macro beside a materialization
        ("macros/built.sql", "{{ twofold() }}", "{{ twofold() }} "),
        ("dbt_project.yml", "name: p", "name: q"),
        ("profiles.yml", "{}", "{x: 1}"),
    ],
)
def test_what_every_node_is_made_with_builds_everything(built, name, old, new):
    edited(built, name, old, new)
    plan = plan_of(built)
    assert plan.kind == FULL
    assert name in plan.because


@pytest.mark.parametrize(
    "change",
    [
        "update quality.build_inputs set digest = 'x' where input_name = "
        "'the installation'",
        f"delete from quality.build_inputs where input_name = '{BYTES}'",
        "delete from quality.build_nodes",
        "drop table quality.build_inputs",
    ],
)
def test_a_record_of_other_libraries_or_none_builds_everything(built, change):
    edited(built, "seeds/protocol/arms.csv", "PLACEBO", "ANY")
    with duckdb.connect(str(built / "w.duckdb")) as connection:
        connection.execute(change)
    assert plan_of(built).kind == FULL


def test_a_model_that_is_gone_or_in_another_schema_builds_everything(built):
    with duckdb.connect(str(built / "w.duckdb")) as connection:
        connection.execute(
            "update quality.build_nodes set table_name = 't.cox' where entry = 'cox'"
        )
    edited(built, "models/cox.py", "dm", "stg")
    plan = plan_of(built)
    assert plan.kind == FULL
    assert "t.cox is no longer built" in plan.because


@pytest.mark.parametrize(
    "name", ["models/dm.yml", "macros/twice.sql", "macros/hook.sql"]
)
def test_an_input_that_is_gone_builds_everything(built, name):
    (built / name).unlink()
    plan = plan_of(built)
    assert plan.kind == FULL
    assert f"{name}" in plan.because
    assert "no longer there" in plan.because


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("models/cox.py", "def model", "def model(:"),
        ("models/dm.yml", "models:", "models: [:"),
        ("models/dm.yml", "  - name: dm", "  - dm"),
        ("models/dm.yml", "models:", "- models:"),
    ],
)
def test_what_cannot_be_read_builds_everything(built, name, old, new):
    edited(built, name, old, new)
    plan = plan_of(built)
    assert plan.kind == FULL
    assert "could not be compared" in plan.because


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dbt_project.yml", "name: p\nvars:\n  p: {proact_dir: /elsewhere}\n"),
        ("dbt_project.yml", "name: p\nmodel-paths: [models, more]\n"),
        ("packages.yml", "packages: []\n"),
    ],
)
def test_what_dbt_reads_beside_the_project_builds_everything(built, name, text):
    (built / name).write_text(text)
    plan = plan_of(built)
    assert (plan.kind, dict(plan.inputs)) == (FULL, {})
    assert "not compared" in plan.because


@pytest.mark.parametrize(
    ("name", "value"),
    [("COUNTERARM_SITES_DIR", ""), ("DBT_PROFILES_DIR", "elsewhere")],
)
def test_a_setting_by_which_dbt_reads_elsewhere_builds_everything(built, name, value):
    plan = plan_of(built, **{name: value})
    assert (plan.kind, dict(plan.inputs)) == (FULL, {})


def test_a_setting_in_the_settings_of_dbt_is_an_input_of_every_node(built):
    text = "p: {x: \"{{ env_var('DAY', '') }}\", y: \"{{ env_var('%s') }}\"}\n"
    (built / "profiles.yml").write_text(text % "COUNTERARM_MEMORY_LIMIT")
    everywhere = inputs(built).everywhere
    assert "setting DAY" in everywhere
    assert "setting COUNTERARM_MEMORY_LIMIT" not in everywhere


def test_an_empty_setting_is_not_one_that_is_not_there(built):
    edited(built, "models/dm.sql", "select", "select {{ env_var('DAY', '1') }},")
    without, empty = inputs(built), inputs(built, DAY="")
    assert without.outside["setting DAY"] != empty.outside["setting DAY"]


def test_a_build_that_a_setting_names_is_an_input_unless_it_is_the_published(built):
    edited(
        built, "models/dm.sql", "n from", "{{ env_var('COUNTERARM_LAST_BUILD') }} from"
    )
    other, name = built / "other.duckdb", "setting COUNTERARM_LAST_BUILD"
    found = []
    for warehouse in ("w.duckdb", "w.duckdb", "other.duckdb", "other.duckdb"):
        other.write_text("x" * (len(found) + 1))
        now = inputs(
            built, COUNTERARM_LAST_BUILD=str(other), COUNTERARM_WAREHOUSE=warehouse
        )
        found.append(now.outside[name])
    assert found[0] != found[1]
    assert found[2] == found[3]


def test_the_code_that_plans_and_libraries_of_libraries_are_inputs(built):
    assert "counterarm/refresh/plan.py" in inputs(built).everywhere
    # dbt's own tests are in dbt-adapters, which dbt-core and dbt-duckdb require
    assert "dbt-adapters" in requirements()


def test_everything_is_built_as_asked(built):
    plan = make_plan(built / "w.duckdb", inputs(built), lambda: None, full=True)
    assert (plan.kind, plan.selection) == (FULL, [])
    assert plan.inputs[BYTES] == inputs(built).bytes
