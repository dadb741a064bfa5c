"""A command run in an empty folder, without settings of the caller."""

import os
import shutil

import pytest
from click.testing import CliRunner, Result
from dbt_project import ROOT

from counterarm.cli import main


@pytest.fixture
def run(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("COUNTERARM_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str, text: str | None = None, **environment: str) -> Result:
        return CliRunner().invoke(main, arguments, env=environment, input=text)

    return command


@pytest.fixture
def ask(run, demo_build):
    """Run a command on the warehouse of the small demo."""

    def command(*arguments: str, text: str | None = None) -> Result:
        return run(
            *arguments, text=text, COUNTERARM_WAREHOUSE=str(demo_build.warehouse)
        )

    return command


@pytest.fixture
def protocol(tmp_path):
    """A copy of the protocol's seeds, where the commands look for them."""
    folder = tmp_path / "seeds" / "protocol"
    shutil.copytree(ROOT / "seeds" / "protocol", folder)
    return folder
