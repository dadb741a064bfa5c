"""Promises of the project as a whole: names, layers, descriptions and versions."""

import ast
import csv
import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest
import yaml
from dbt_project import ROOT
from packaging.specifiers import SpecifierSet

from counterarm import __version__

MODELS = ROOT / "models"
PYTHON_MODELS = sorted(MODELS.glob("**/*.py"))
MODEL_FILES = sorted([*MODELS.glob("**/*.sql"), *PYTHON_MODELS])
PACKAGE_FILES = sorted((ROOT / "python" / "counterarm").glob("**/*.py"))
# Without the lines that only name a table which is read, one for each.
LONGEST_PYTHON_MODEL = 25
NAMES_A_TABLE = re.compile(r'\s+(?:"\w+": |\w+=)?dbt\.ref\("\w+"\)(?:\.df\(\))?,?')


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_version_stands_equal_in_package_distribution_and_dbt_project():
    distribution = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    assert distribution["project"]["version"] == __version__
    assert project["version"] == __version__


def test_every_locked_package_installs_on_the_first_python_that_is_promised():
    """Debian 12 has 3.11.2, and a lock made on a later patch can exclude it."""
    distribution = tomllib.loads((ROOT / "pyproject.toml").read_text())
    first = distribution["project"]["requires-python"].removeprefix(">=") + ".0"
    lock = (ROOT / "requirements.txt").read_text()
    locked = re.findall(r"^([\w.-]+)(?:\[.*\])?==", lock, re.MULTILINE)
    assert len(locked) > 100
    required = {name: metadata(name).get("Requires-Python", "") for name in locked}
    assert [
        f"{name} {python}"
        for name, python in required.items()
        if first not in SpecifierSet(python)
    ] == []


@pytest.mark.parametrize("model", MODEL_FILES, ids=name)
def test_every_model_has_a_yml_of_its_own_that_says_what_a_row_is(model):
    file = model.with_suffix(".yml")
    assert file.is_file()
    (described,) = yaml.safe_load(file.read_text())["models"]
    assert described["name"] == model.stem
    assert described["description"].startswith("One row")


def test_no_two_models_share_a_name_and_no_yml_is_left_over():
    stems = [model.stem for model in MODEL_FILES]
    assert len(set(stems)) == len(stems)
    left = {yml.stem for yml in MODELS.glob("**/[!_]*.yml")} - set(stems)
    assert left == set()


@pytest.mark.parametrize("folder", sorted(MODELS.glob("0*")), ids=name)
def test_every_layer_has_a_page_of_at_most_twenty_lines(folder):
    assert 0 < len((folder / "README.md").read_text().splitlines()) <= 20


def test_an_analysis_is_rows_and_is_named_in_no_code():
    with (ROOT / "seeds" / "protocol" / "analyses.csv").open(newline="") as file:
        analyses = [row["analysis_id"] for row in csv.DictReader(file)]
    assert analyses
    named = re.compile(rf"\b({'|'.join(analyses)})\b")
    code = [*MODEL_FILES, *PACKAGE_FILES, *(ROOT / "macros").glob("**/*.sql")]
    assert [name(path) for path in code if named.search(path.read_text())] == []


@pytest.mark.parametrize("model", PYTHON_MODELS, ids=name)
def test_a_python_model_reads_calls_and_returns(model):
    text = model.read_text()
    lines = [line for line in text.splitlines() if not NAMES_A_TABLE.fullmatch(line)]
    assert len(lines) < LONGEST_PYTHON_MODEL
    docstring, *imports, function = ast.parse(text).body
    assert isinstance(docstring, ast.Expr)
    assert all(isinstance(node, ast.Import | ast.ImportFrom) for node in imports)
    assert isinstance(function, ast.FunctionDef)
    assert function.name == "model"
    statements = {type(node) for node in function.body}
    assert statements <= {ast.Expr, ast.Assign, ast.Return}
    loops = (ast.For, ast.While, ast.comprehension, ast.IfExp, ast.Lambda, ast.BinOp)
    assert not [node for node in ast.walk(function) if isinstance(node, loops)]


@pytest.mark.parametrize("module", PACKAGE_FILES, ids=name)
def test_the_package_never_imports_dbt(module):
    imported = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    assert not [module for module in imported if module.split(".")[0] == "dbt"]


def layer(node: dict) -> int | None:
    """Return the number of a model's layer; seeds come before all layers."""
    found = re.match(r"models/(\d\d)_", node["original_file_path"])
    return int(found[1]) if found else None


@pytest.mark.build
def test_no_model_reads_from_a_later_layer(demo_build):
    nodes = demo_build.manifest()["nodes"]
    layers = {
        key: layer(node)
        for key, node in nodes.items()
        if node["resource_type"] == "model"
    }
    assert None not in layers.values()
    upwards = [
        f"{key} reads {parent}"
        for key, number in layers.items()
        for parent in nodes[key]["depends_on"]["nodes"]
        if layers.get(parent, number) > number
    ]
    assert upwards == []


@pytest.fixture(scope="module")
def described(demo_build) -> dict[tuple[str, str], dict]:
    """Every seed and model by schema and table, as its yml describes it."""
    return {
        (node["schema"], node["alias"]): node
        for node in demo_build.manifest()["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }


@pytest.fixture(scope="module")
def columns(demo_build):
    """Every column of the file that dbt wrote, with its comment."""
    return demo_build.rows(
        "select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where not internal and table_name <> 'build_scope' order by all",
        published=False,
    )


@pytest.mark.build
def test_every_table_is_described(described, columns):
    built = set(zip(columns["schema_name"], columns["table_name"], strict=True))
    assert built == set(described)
    assert [key for key, node in described.items() if not node["description"]] == []


@pytest.mark.build
@pytest.mark.parametrize("kind", ["model", "seed"])
def test_every_column_of_every_table_is_described(described, columns, kind):
    silent = [
        f"{row.schema_name}.{row.table_name}.{row.column_name}"
        for row in columns.itertuples()
        for node in [described[row.schema_name, row.table_name]]
        if node["resource_type"] == kind
        and not node["columns"].get(row.column_name, {}).get("description")
    ]
    assert silent == []


@pytest.mark.build
def test_no_description_is_of_a_column_that_is_not_there(described, columns):
    built = set(columns[["schema_name", "table_name", "column_name"]].itertuples(False))
    built = {tuple(row) for row in built}
    gone = [
        f"{schema}.{table}.{column}"
        for (schema, table), node in described.items()
        for column in node["columns"]
        if (schema, table, column) not in built
    ]
    assert gone == []


@pytest.mark.build
def test_whoever_opens_the_warehouse_sees_the_descriptions(columns):
    models = columns[columns["schema_name"] != "seeds"]
    silent = models[models["comment"].fillna("").str.strip() == ""]
    assert silent["table_name"].unique().tolist() == []
