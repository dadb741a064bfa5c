"""A second build of the small delivery, which fails at its end."""

import shutil
from dataclasses import dataclass

import pytest
from dbt_project import WITHOUT_UNIT_TESTS, BuildResult, copy_project, run_build

# Fails on the last table that carries results, when all else is built.
FAILING_TEST = "-- Fails.\nselect paper from {{ ref('ledger') }}\n"


@dataclass(frozen=True)
class Failure:
    """A build that failed at its end, with the bytes of the file published before."""

    build: BuildResult
    before: bytes


@pytest.fixture(scope="session")
def failure(demo_build, demo_delivery, tmp_path_factory) -> Failure:
    """Build the small delivery again, all but the publication."""
    folder = tmp_path_factory.mktemp("failing")
    shutil.copy(demo_build.warehouse, folder)
    project = copy_project(tmp_path_factory.mktemp("failing_project"))
    singular = project / "tests" / "dbt" / "singular" / "assert_nothing_is_in.sql"
    singular.parent.mkdir(parents=True, exist_ok=True)
    singular.write_text(FAILING_TEST)
    failed = run_build(
        demo_delivery, folder, project=project, arguments=WITHOUT_UNIT_TESTS
    )
    return Failure(failed, demo_build.warehouse.read_bytes())
