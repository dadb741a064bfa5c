"""How a check ends where dbt does not, and where there is nothing to list."""

import json

import duckdb
import pytest

from counterarm.check import run
from counterarm.check.sections import delivery_text


@pytest.fixture
def ended_early(monkeypatch):
    """Let dbt pass the gate and end with a code, after the gate's page is written."""

    def let(code, output):
        def run_dbt(project, folder, settings, on_progress):
            page = settings["COUNTERARM_GATES_DIR"] / "delivery.json"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(json.dumps({"results": []}))
            duckdb.connect(str(folder / "check_build.duckdb")).close()
            return code, output

        monkeypatch.setattr(run, "run_dbt", run_dbt)
        monkeypatch.setattr(run, "protocol_findings", lambda project, sites: [])
        monkeypatch.setattr(run, "describe_in_python", lambda *given: None)
        day = {"reference_date": type("Rows", (), {"iloc": ["2024-01-01"]})}
        monkeypatch.setattr(run, "find_reference_day", lambda *given: day)
        for name in ("records", "delivery_findings", "date_findings"):
            monkeypatch.setattr(run, name, lambda *given: [])

    return let


@pytest.mark.parametrize(("code", "output"), [(-9, ["Killed"]), (1, [])])
def test_a_check_whose_dbt_ends_early_fails(ended_early, tmp_path, code, output):
    ended_early(code, output)
    found = run.check_delivery(tmp_path, tmp_path, tmp_path, tmp_path / "gates")
    assert found.code == run.FAILED
    assert found.findings[0].reason == (
        output[0] if output else f"dbt ended with {code}"
    )


def test_a_check_whose_dbt_ends_well_passes(ended_early, tmp_path):
    ended_early(0, [])
    found = run.check_delivery(tmp_path, tmp_path, tmp_path, tmp_path / "gates")
    assert found.code == run.PASSED


def test_a_delivery_without_files_has_a_text():
    assert delivery_text([], [], []) == "files: none"
