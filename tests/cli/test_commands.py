"""What the command line prints, and with which exit code it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment

from counterarm import __version__
from counterarm.cli import main
from counterarm.cli.settings import build_file

ROOT = Path(__file__).parents[2]


def test_the_installed_command_lists_what_it_can_do_and_its_settings():
    command = Path(sys.executable).with_name("counterarm")
    shown = subprocess.run([command, "--help"], capture_output=True, text=True)
    assert shown.returncode == 0
    for word in (
        *("demo", "build", "summary"),
        *("COUNTERARM_PROACT_DIR", "COUNTERARM_SITES_DIR"),
        *("COUNTERARM_WAREHOUSE", "COUNTERARM_REPORT_DIR"),
    ):
        assert word in shown.stdout


def test_every_command_says_what_it_does(run):
    for name, command in main.commands.items():
        shown = run(name, "--help")
        assert shown.exit_code == 0
        assert command.help
        assert command.help.splitlines()[0] in shown.output


def test_the_version_is_that_of_the_package(run):
    assert __version__ in run("--version").output


def test_a_demo_is_written_with_the_effect_that_was_put_in(run, tmp_path):
    made = run("demo", "made", "--subjects", "300", "--hazard-ratio", "0.5")
    assert made.exit_code == 0, made.output
    assert "synthetic" in made.output
    truth = json.loads((tmp_path / "made" / "truth.json").read_text())
    assert (truth["subjects"], truth["hazard_ratio"]) == (300, 0.5)
    assert (tmp_path / "made" / "sites" / "hanyang" / "doses.csv").is_file()


def test_an_unknown_release_is_refused_with_the_known_ones(run):
    refused = run("demo", "made", "--release", "1999")
    assert refused.exit_code == 2
    for release in ("'1999'", "'2016'", "'2022'", "'2026'"):
        assert release in refused.output
    assert not Path("made").exists()


@pytest.mark.parametrize("option", [("--subjects", "0"), ("--hazard-ratio", "-1")])
def test_settings_that_make_no_delivery_are_refused_in_a_sentence(run, option):
    refused = run("demo", "made", *option)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")
    assert not Path("made", "proact").exists()


def test_a_folder_that_holds_something_else_is_left_alone(run, tmp_path):
    kept = tmp_path / "mine" / "thesis.txt"
    kept.parent.mkdir()
    kept.write_text("years of work")
    refused = run("demo", "mine")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")
    assert "mine" in refused.output
    assert [path.name for path in kept.parent.iterdir()] == ["thesis.txt"]
    assert kept.read_text() == "years of work"


def test_a_summary_without_a_warehouse_says_where_it_looked_and_what_to_do(run):
    for environment, place in (
        ({}, "warehouse/counterarm.duckdb"),
        ({"COUNTERARM_WAREHOUSE": "else/where.duckdb"}, "else/where.duckdb"),
    ):
        refused = run("summary", **environment)
        assert refused.exit_code == 1
        assert refused.output.startswith(f"Error: no warehouse at {place}: ")
        assert " build`" in refused.output
        assert "COUNTERARM_WAREHOUSE" in refused.output
        assert not Path(place).exists()


def test_a_build_hands_on_its_arguments_and_the_exit_code_of_dbt(run, monkeypatch):
    # In an empty folder dbt finds no project, which it says with exit code 2.
    refused = run("build", "--select", "dm", COUNTERARM_PROACT_DIR="given")
    assert refused.exit_code == 2
    assert not Path("demo").exists()


@pytest.mark.build
def test_the_summary_shows_every_analysis_with_its_pairs_and_hazard_ratio(
    run, demo_build
):
    shown = run("summary", COUNTERARM_WAREHOUSE=str(demo_build.warehouse))
    assert shown.exit_code == 0, shown.output
    lines = {line.split()[0]: line for line in shown.output.splitlines() if line}
    analyses = demo_build.rows("from results.analysis_summary").to_dict("records")
    assert analyses
    for row in analyses:
        line = lines[row["analysis_id"]]
        assert f"{row['n_treated_eligible']:,}/{row['n_control_eligible']:,}" in line
        is_paired = row["method"] in ("nearest", "optimal")
        assert f" {int(row['n_pairs']) if is_paired else '-'} " in line
        assert f" {row['hazard_ratio']:.2f} (" in line


@pytest.mark.build
def test_the_summary_accounts_for_every_row_and_gate(run, demo_build):
    shown = run("summary", COUNTERARM_WAREHOUSE=str(demo_build.warehouse)).output
    (accounts,) = demo_build.rows(
        "select sum(n_raw)::bigint as raw, sum(n_kept)::bigint as kept "
        "from quality.row_accounting"
    ).to_dict("records")
    assert f"rows read: {accounts['raw']:,} = {accounts['kept']:,} kept" in shown
    for gate in ("delivery", "standard", "analyses"):
        assert f"{gate} " in shown.split("gates: passed with ")[1].splitlines()[0]
    assert f"warehouse: {demo_build.warehouse}" in shown
    for study in ("PROACT", "HANYANG", "OLSZTYN"):
        assert study in shown


def test_examples_in_the_help_stand_on_lines_of_their_own(run):
    for command in (("query",), ("demo",), ("analyses", "add")):
        lines = run(*command, "--help").output.splitlines()
        assert any(
            line.startswith(f"  counterarm {' '.join(command)} ") for line in lines
        )
        assert not [line for line in lines if "\\b" in line]


@pytest.mark.parametrize(
    ("warehouse", "built"),
    [
        ("a/trial.duckdb", "a/trial_build.duckdb"),
        ("a.duckdb.d/trial.duckdb", "a.duckdb.d/trial_build.duckdb"),
        ("a.duckdb.d/trial.db", "a.duckdb.d/trial.db_build.duckdb"),
    ],
)
def test_the_build_lies_beside_the_warehouse_whatever_the_folder(
    warehouse, built, monkeypatch
):
    assert str(build_file(Path(warehouse))) == built
    # profiles.yml names the same file for dbt
    monkeypatch.setenv("COUNTERARM_WAREHOUSE", warehouse)
    profile = yaml.safe_load((ROOT / "profiles.yml").read_text())
    text = profile["counterarm"]["outputs"]["duckdb"]["path"]
    rendered = (
        Environment()
        .from_string(text)
        .render(
            env_var=lambda name, default: os.environ.get(name, default),
            var=lambda name, default: default,
        )
    )
    assert rendered == built
