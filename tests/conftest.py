"""Deliveries and builds that tests share, each made once, when first asked for."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "build"))

from dbt_project import ROOT, BuildResult, run_build

from counterarm.demo import write_demo

KNOWN_DELIVERY = ROOT.parent / "shared" / "delivery"
# Enough for pairs and events in every analysis, and little enough to build quickly.
SUBJECTS = 600


@pytest.fixture(scope="session")
def known_delivery() -> Path:
    """The delivery whose answers R and SciPy gave."""
    if not (KNOWN_DELIVERY / "expected").is_dir():
        pytest.skip(f"the delivery with known answers is not at {KNOWN_DELIVERY}")
    return KNOWN_DELIVERY


@pytest.fixture(scope="session")
def known_build(known_delivery, tmp_path_factory) -> BuildResult:
    return passed(run_build(known_delivery, tmp_path_factory.mktemp("known")))


@pytest.fixture(scope="session")
def demo_delivery(tmp_path_factory) -> Path:
    """A small made-up delivery in the layout of 2022."""
    folder = tmp_path_factory.mktemp("demo") / "delivery"
    write_demo(folder, subjects=SUBJECTS, release="2022")
    return folder


@pytest.fixture(scope="session")
def demo_build(demo_delivery, tmp_path_factory) -> BuildResult:
    """A build of the small delivery; nobody may change what it published."""
    return passed(run_build(demo_delivery, tmp_path_factory.mktemp("demo_build")))


def passed(build: BuildResult) -> BuildResult:
    assert build.returncode == 0, build.ending
    return build
