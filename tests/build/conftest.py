"""Builds that follow on the shared one."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from dbt_project import BuildResult, copy_project, run_builds

# Fails on the last table that carries results, when all else is built.
FAILING_TEST = "-- Fails.\nselect paper from {{ ref('ledger') }}\n"


@dataclass(frozen=True)
class Rebuild:
    """A second build of a delivery, published over the first while it was read."""

    build: BuildResult
    first: Path
    was_replaced: bool
    read_before: list
    read_after: list


@dataclass(frozen=True)
class Failure:
    """A build that failed at its end, with the bytes of the file published before."""

    build: BuildResult
    before: bytes


@pytest.fixture(scope="session")
def later_builds(demo_build, demo_delivery, tmp_path_factory) -> tuple:
    """Build again while the published file is read, and beside it what will fail."""
    first = tmp_path_factory.mktemp("first") / "counterarm.duckdb"
    again, failing = (tmp_path_factory.mktemp(name) for name in ("again", "failing"))
    for copy in (first, again / first.name, failing / first.name):
        shutil.copy(demo_build.warehouse, copy)
    project = copy_project(tmp_path_factory.mktemp("failing_project"))
    singular = project / "tests" / "dbt" / "singular" / "assert_nothing_is_in.sql"
    singular.parent.mkdir(parents=True, exist_ok=True)
    singular.write_text(FAILING_TEST)
    query = "from results.analysis_summary order by all"
    with duckdb.connect(str(again / first.name), read_only=True) as reader:
        read_before = reader.execute(query).fetchall()
        file_number = (again / first.name).stat().st_ino
        second, failed = run_builds(
            {"delivery": demo_delivery, "folder": again},
            {"delivery": demo_delivery, "folder": failing, "project": project},
        )
        was_replaced = second.warehouse.stat().st_ino != file_number
        read_after = reader.execute(query).fetchall()
    return (
        Rebuild(second, first, was_replaced, read_before, read_after),
        Failure(failed, first.read_bytes()),
    )


@pytest.fixture(scope="session")
def rebuild(later_builds) -> Rebuild:
    return later_builds[0]


@pytest.fixture(scope="session")
def failure(later_builds) -> Failure:
    return later_builds[1]
