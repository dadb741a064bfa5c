"""Each rule that is shipped is shown by an invented patient, through the models."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterarm.assurance import read_patients
from counterarm.cli import main

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests" / "patients").glob("*.yml"))


def test_patients_are_expected_somewhere_in_every_shipped_analysis():
    with (ROOT / "seeds/protocol/analyses.csv").open(encoding="utf-8") as rows:
        shipped = {row["analysis_id"] for row in csv.DictReader(rows)}
    named = {
        expectation.analysis
        for file in FILES
        for patient in read_patients(file)
        for expectation in patient.expectations
        if expectation.is_candidate
    }
    assert named == shipped


@pytest.mark.build
def test_the_models_make_of_shipped_patients_what_is_expected(tmp_path, monkeypatch):
    for part in ("models", "macros", "seeds", "expectations", "tests"):
        (tmp_path / part).symlink_to(ROOT / part)
    for name in ("dbt_project.yml", "profiles.yml"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["assure"])
    assert done.exit_code == 0, done.output
    for file in FILES:
        assert f"{file.name}: " in done.output
    assert "no patient is excluded by" not in done.output
