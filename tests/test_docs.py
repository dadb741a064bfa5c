"""The documents: the site builds without a warning, and every example runs."""

import os
import re
import runpy
import shutil
import subprocess
import sys

import duckdb
import nbformat
import pytest
import yaml
from dbt_project import ROOT
from nbclient import NotebookClient

DOCS = ROOT / "docs"
COOKBOOK = (DOCS / "cookbook.md").read_text()
README = (ROOT / "README.md").read_text()
NOTEBOOK = DOCS / "figures_of_the_papers.ipynb"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", COOKBOOK, re.DOTALL)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, made as `make docs` makes it."""
    folder = tmp_path_factory.mktemp("site")
    made = subprocess.run(
        [
            *(sys.executable, "-m", "sphinx", "--fail-on-warning", "--nitpicky"),
            *("--quiet", "-d", folder / "doctrees", DOCS, folder / "html"),
        ],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return folder / "html"


def test_every_page_is_in_the_site(site):
    pages = {path.stem for path in DOCS.glob("*.md")}
    assert pages
    assert pages <= {path.stem for path in site.glob("*.html")}


@pytest.mark.parametrize("is_made", [True, False])
def test_the_site_takes_the_page_of_every_table(tmp_path, is_made):
    shutil.copy(DOCS / "conf.py", tmp_path)
    (tmp_path / "_build").mkdir()
    if is_made:
        (tmp_path / "_build" / "tables").mkdir()
    taken = runpy.run_path(str(tmp_path / "conf.py"))["html_extra_path"]
    assert taken == (["_build/tables"] if is_made else [])


def test_the_site_needs_no_network(site):
    loaded = re.compile(r"""<(?:script|link|img)[^>]*(?:src|href)=["']https?:[^"']*""")
    for page in site.rglob("*.html"):
        assert not loaded.findall(page.read_text()), page


def test_formulas_are_mathml(site):
    methods = (site / "methods.html").read_text()
    formulas = re.findall(r"\$[^$\n]+\$", (DOCS / "methods.md").read_text())
    assert methods.count("<math") >= len(formulas) > 10


def test_the_cookbook_has_at_least_twenty_questions():
    questions = re.findall(r"^\*\*(\d+)\. ", COOKBOOK, re.MULTILINE)
    assert questions == [str(number) for number in range(1, len(questions) + 1)]
    assert len(questions) == len(blocks("sql")) >= 20


def test_readme_begins_with_the_hazard_ratios_that_the_cookbook_prints():
    """The cookbook's are held to the full-size demo."""
    (answer,) = re.findall(
        r"from results\.follow_up_estimates.*?text\n(.*?)```", COOKBOOK, re.S
    )
    printed = {
        row[0]: "{:.2f} ({:.2f} to {:.2f})".format(*map(float, row[3:]))
        for row in (line.split() for line in answer.splitlines()[2:])
    }
    named = {
        "as recorded": "as_recorded",
        "91 days past the last visit": "window_91",
        "182 days past the last visit": "window_182",
        "to day 365": "horizon_365",
        "to day 270": "horizon_270",
    }
    shown = dict(re.findall(r"^\| (.*?) \| (0\.\d\d \(.*?\)) \|$", README, re.M))
    assert shown == {words: printed[rule] for words, rule in named.items()}


@pytest.mark.build
@pytest.mark.parametrize("sql", blocks("sql"))
def test_every_question_is_answered_with_rows(sql, demo_build):
    assert len(demo_build.rows(sql)) > 0


@pytest.mark.build
@pytest.mark.parametrize("code", blocks("python"))
def test_the_examples_in_python_run(code, demo_build):
    ran = subprocess.run(
        [sys.executable, "-c", code + "\nassert len(answer) > 0\n"],
        capture_output=True,
        text=True,
        env=os.environ | {"COUNTERARM_WAREHOUSE": str(demo_build.warehouse)},
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.build
def test_r_reads_an_exported_cohort_and_finds_the_same_hazard_ratio(
    demo_build, tmp_path
):
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed; the example for R is not run")
    from click.testing import CliRunner

    from counterarm.cli import main

    CliRunner().invoke(
        main,
        ["export", str(tmp_path / "out"), "--analysis", "nam_2023"],
        env={"COUNTERARM_WAREHOUSE": str(demo_build.warehouse)},
    )
    (code,) = (block for block in blocks("r") if "read.csv" in block)
    ran = subprocess.run(
        ["Rscript", "-e", code], capture_output=True, text=True, cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    with duckdb.connect(str(demo_build.warehouse), read_only=True) as connection:
        (ratio,) = connection.execute(
            "select hazard_ratio from analysis.cox where analysis_id = 'nam_2023' "
            "and model_id = 'unadjusted' and variance = 'cluster' and term = 'treated'"
        ).fetchone()
    assert float(ran.stdout.split()[-1]) == pytest.approx(ratio, rel=1e-5)


@pytest.mark.build
def test_the_notebook_runs_from_its_first_cell_to_its_last(demo_build, monkeypatch):
    monkeypatch.setenv("COUNTERARM_WAREHOUSE", str(demo_build.warehouse))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()


def test_the_notebook_is_kept_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not [cell for cell in notebook.cells if cell.get("outputs")]


def test_the_glossary_names_columns_that_exist():
    described = {}
    for file in [*ROOT.glob("models/**/*.yml"), *ROOT.glob("seeds/**/*.yml")]:
        content = yaml.safe_load(file.read_text()) or {}
        for table in [*content.get("models", []), *content.get("seeds", [])]:
            names = {column["name"] for column in table.get("columns", [])}
            alias = table.get("config", {}).get("alias", table["name"])
            described.setdefault(alias, set()).update(names)
    named = re.findall(r"`\w+\.(\w+)\.(\w+)`", (DOCS / "glossary.md").read_text())
    assert len(named) > 30
    assert [pair for pair in named if pair[1] not in described.get(pair[0], ())] == []


def test_the_first_steps_of_the_tutorial_print_what_it_shows(tmp_path):
    tutorial = runpy.run_path(str(DOCS / "tutorial.py"))
    document = (DOCS / "tutorial.md").read_text()
    steps = tutorial["steps"](document, before="counterarm check")
    assert len(steps) >= 5
    shown = [step["output"] for step in steps]
    printed = tutorial["outputs"](steps, tmp_path)
    assert [text for text, old in zip(printed, shown, strict=True) if old] == [
        old.rstrip() for old in shown if old
    ]


def test_the_page_of_every_table_has_the_types_of_columns(tmp_path):
    catalog = runpy.run_path(str(DOCS / "catalog.py"))
    node = {
        "resource_type": "model",
        "config": {"materialized": "table"},
        **{"database": "build", "schema": "results", "alias": "cox"},
        "columns": {"n": {"data_type": None}, "term": {"data_type": "varchar"}},
    }
    manifest = {"metadata": {}, "nodes": {"model.x.cox": node}}
    warehouse = tmp_path / "one.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema results")
        connection.execute("create table results.cox (n bigint)")
    types = catalog["types_in"](warehouse)
    found = catalog["catalog"](manifest, types)["nodes"]["model.x.cox"]["columns"]
    assert [found["n"]["type"], found["term"]["type"]] == ["BIGINT", "VARCHAR"]
    assert catalog["types_in"](tmp_path / "none.duckdb") == {}
    page = catalog["whole_page"](" ".join(catalog["PLACES"].values()), manifest, types)
    assert "BIGINT" in page
    with pytest.raises(ValueError, match=r"MANIFEST\.JSON"):
        catalog["whole_page"]("another page", manifest, types)
