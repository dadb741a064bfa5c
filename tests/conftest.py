"""Deliveries and builds that tests share, each made once, when first asked for."""

import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parent / "build"))

from dbt_project import ROOT, WITHOUT_UNIT_TESTS, BuildResult, run_build

from counterarm.demo import write_demo

KNOWN_DELIVERY = ROOT.parent / "shared" / "delivery"
# Enough for pairs and events in every analysis, and little enough to build quickly.
SUBJECTS = 600


@dataclass(frozen=True)
class Published:
    """A build, whether its file took the place of another, and what a reader saw."""

    build: BuildResult
    was_replaced: bool
    read_after: list


@pytest.fixture(scope="session")
def known_delivery() -> Path:
    """The delivery whose answers R and SciPy gave."""
    if not (KNOWN_DELIVERY / "expected").is_dir():
        pytest.skip(f"the delivery with known answers is not at {KNOWN_DELIVERY}")
    return KNOWN_DELIVERY


@pytest.fixture(scope="session")
def known_build(known_delivery, tmp_path_factory) -> BuildResult:
    folder = tmp_path_factory.mktemp("known")
    return passed(run_build(known_delivery, folder, arguments=WITHOUT_UNIT_TESTS))


@pytest.fixture(scope="session")
def demo_delivery(tmp_path_factory) -> Path:
    """A small made-up delivery in the layout of 2022."""
    folder = tmp_path_factory.mktemp("demo") / "delivery"
    write_demo(folder, subjects=SUBJECTS, release="2022")
    return folder


@pytest.fixture(scope="session")
def demo_build(published_over) -> BuildResult:
    """A build of the small delivery; nobody may change what it published."""
    return published_over.build


@pytest.fixture(scope="session")
def published_over(demo_delivery, tmp_path_factory) -> Published:
    """The build of the small delivery, put in the place of a file that was read."""
    folder = tmp_path_factory.mktemp("demo_build")
    warehouse = folder / "counterarm.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create table earlier as select 'still read' as words")
    file_number = warehouse.stat().st_ino
    with duckdb.connect(str(warehouse), read_only=True) as reader:
        build = passed(run_build(demo_delivery, folder))
        was_replaced = warehouse.stat().st_ino != file_number
        return Published(build, was_replaced, reader.execute("from earlier").fetchall())


def passed(build: BuildResult) -> BuildResult:
    assert build.returncode == 0, build.ending
    return build
