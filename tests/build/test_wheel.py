"""The package works without a checkout: built, installed, and run in a folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from dbt_project import ROOT, rows, tables

UV = Path(sys.executable).with_name("uv")
FEW_SUBJECTS = "300"


def run(command: list, folder: Path) -> str:
    """Run a command in a folder, without anything of the checkout in its way."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COUNTERARM_", "DBT_", "PYTHON", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=inherited | {"DO_NOT_TRACK": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, "\n".join(done.stdout.splitlines()[-60:])
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The folder of the programs of a new environment with the wheel and its lock."""
    folder = tmp_path_factory.mktemp("wheel")
    run([UV, "build", "--wheel", "--quiet", "--out-dir", folder, ROOT], folder)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    run([UV, "venv", "--quiet", "--python", sys.executable, environment], folder)
    python = environment / "bin" / "python"
    run(
        [
            *(UV, "pip", "install", "--quiet", "--python", python, wheel),
            *("--constraint", constraints(folder)),
        ],
        folder,
    )
    return environment / "bin"


def constraints(folder: Path) -> Path:
    """Write the locked versions without their hashes."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    kept = [line.split(" ", 1)[0] for line in lines if "==" in line.split(" ", 1)[0]]
    file = folder / "constraints.txt"
    file.write_text("\n".join(kept) + "\n")
    return file


@pytest.mark.build
def test_a_project_in_an_empty_folder_builds_a_delivery(installed, tmp_path):
    counterarm = installed / "counterarm"
    run([counterarm, "init", tmp_path / "trial", "--quiet"], tmp_path)
    trial = tmp_path / "trial"
    run(
        [counterarm, "demo", "demo", "--subjects", FEW_SUBJECTS, "--quiet"],
        trial,
    )
    add = ["analyses", "add", "mine", "--from", "nam_2023", "--edit", "matching"]
    run([counterarm, *add, "--label", "Mine", "--why", "A row of mine"], trial)
    run([counterarm, "build", "--quiet"], trial)
    warehouse = trial / "warehouse" / "counterarm.duckdb"
    assert ("results", "ledger") in tables(warehouse)
    found = rows(warehouse, "select analysis_id, n_pairs from results.analysis_summary")
    pairs = found.set_index("analysis_id")["n_pairs"]
    assert pairs["mine"] == pairs["nam_2023"] > 0
    assert (trial / "reports" / "index.html").is_file()
    # what it was built from is recorded with it, and nothing of that has changed
    assert "nothing to build: no input has changed" in run([counterarm, "build"], trial)
    # nothing was written outside the project
    assert [path.name for path in tmp_path.iterdir()] == ["trial"]
    listed = run([counterarm, "analyses", "list"], trial)
    assert "mine" in listed
