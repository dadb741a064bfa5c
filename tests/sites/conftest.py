"""A project whose seeds map the two made-up sites, and a delivery of four sites."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from counterarm.demo import write_demo

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "sites"
PROJECT = ["models", "macros", "seeds", "expectations", "tests/dbt"]


@dataclass(frozen=True)
class Workplace:
    """A copy of the project and a delivery beside it."""

    folder: Path

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def proact(self) -> Path:
        return self.folder / "delivery" / "proact"

    @property
    def sites(self) -> Path:
        return self.folder / "delivery" / "sites"

    def settings(self, sites: Path | None = None, name: str = "w") -> dict[str, str]:
        """Return the environment of a build or check."""
        return {
            "COUNTERARM_PROACT_DIR": str(self.proact),
            "COUNTERARM_SITES_DIR": str(sites or self.sites),
            "COUNTERARM_WAREHOUSE": str(self.folder / f"{name}.duckdb"),
            "COUNTERARM_REPORT_DIR": str(self.folder / "reports"),
        }

    def build(
        self, *arguments: str, sites: Path | None = None, name: str = "w"
    ) -> Path:
        """Run dbt build and return the file that was built."""
        command = [sys.executable, "-m", "dbt.cli.main", "build", *arguments]
        finished = subprocess.run(
            [*command, "--no-use-colors"],
            cwd=self.project,
            env=os.environ | self.settings(sites, name),
            capture_output=True,
            text=True,
        )
        assert finished.returncode == 0, finished.stdout[-4000:]
        return self.folder / f"{name}_build.duckdb"


@pytest.fixture(scope="session")
def workplace(tmp_path_factory) -> Workplace:
    place = Workplace(tmp_path_factory.mktemp("sites"))
    for part in PROJECT:
        shutil.copytree(ROOT / part, place.project / part)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, place.project)
    for seed in (FIXTURES / "mappings").glob("*.csv"):
        shutil.copy(seed, place.project / "seeds" / "mappings")
    write_demo(place.folder / "delivery", subjects=300)
    for site in ("gwangju", "graz"):
        shutil.copytree(FIXTURES / "delivery" / site, place.sites / site)
    return place
