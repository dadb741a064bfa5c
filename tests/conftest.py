"""Deliveries and builds that tests share, each made once, when first asked for."""

import os
import pickle
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

sys.path.insert(0, str(Path(__file__).parent / "build"))

from dbt_project import (
    PARSED,
    ROOT,
    WITHOUT_UNIT_TESTS,
    BuildResult,
    Published,
    run_build,
)

from counterarm.demo import write_demo

KNOWN_DELIVERY = ROOT / "tests" / "fixtures" / "known_delivery" / "delivery.tar.xz"
# Enough for pairs and events in every analysis, and little enough to build quickly.
SUBJECTS = 600


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Callable:
    """Make a thing of a name once for all processes that run tests side by side.

    The maker is called with a folder; what it returns is kept there for the others.
    """
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    PARSED["file"] = place / "partial_parse.msgpack"

    def make_or_read(name: str, make: Callable[[Path], object]) -> object:
        folder = place / name
        kept = folder / "made.pickle"
        with FileLock(place / f"{name}.lock"):
            if not kept.exists():
                folder.mkdir()
                kept.write_bytes(pickle.dumps(make(folder)))
        return pickle.loads(kept.read_bytes())

    return make_or_read


@pytest.fixture(scope="session")
def known_delivery(made_once) -> Path:
    """The delivery whose answers R and SciPy gave."""

    def unpack(folder: Path) -> Path:
        with tarfile.open(KNOWN_DELIVERY) as archive:
            archive.extractall(folder / "delivery", filter="data")
        return folder / "delivery"

    return made_once("known_delivery", unpack)


@pytest.fixture(scope="session")
def known_build(known_delivery, made_once) -> BuildResult:
    """A build of it, as a delivery of real patients is built."""
    as_real = ["--vars", "{delivery_is_real: true}"]

    def build(folder: Path) -> BuildResult:
        arguments = [*WITHOUT_UNIT_TESTS, *as_real]
        return run_build(known_delivery, folder, arguments=arguments)

    return passed(made_once("known_build", build))


@pytest.fixture(scope="session")
def demo_delivery(made_once) -> Path:
    """A small made-up delivery in the layout of 2022."""

    def write(folder: Path) -> Path:
        write_demo(folder / "delivery", subjects=SUBJECTS, release="2022")
        return folder / "delivery"

    return made_once("demo_delivery", write)


@pytest.fixture(scope="session")
def demo_build(published_over) -> BuildResult:
    """A build of the small delivery; nobody may change what it published."""
    return published_over.build


@pytest.fixture(scope="session")
def published_over(demo_delivery, made_once) -> Published:
    """The build of the small delivery, put in the place of a file that was read."""

    def build_over(folder: Path) -> Published:
        warehouse = folder / "counterarm.duckdb"
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("create table earlier as select 'still read' as words")
        file_number = warehouse.stat().st_ino
        with duckdb.connect(str(warehouse), read_only=True) as reader:
            build = run_build(demo_delivery, folder)
            was_replaced = warehouse.stat().st_ino != file_number
            read_after = reader.execute("from earlier").fetchall()
            return Published(build, was_replaced, read_after)

    published = made_once("demo_build", build_over)
    passed(published.build)
    return published


def passed(build: BuildResult) -> BuildResult:
    assert build.returncode == 0, build.ending
    return build
