"""A second build of the small delivery, which fails at its end."""

import shutil
from pathlib import Path

import pytest
from dbt_project import WITHOUT_UNIT_TESTS, Failure, copy_project, run_build

# Fails on the last table that carries results, when all else is built.
FAILING_TEST = "-- Fails.\nselect paper from {{ ref('ledger') }}\n"


@pytest.fixture(scope="session")
def failure(demo_build, demo_delivery, made_once) -> Failure:
    """Build the small delivery again, all but the publication."""

    def build(folder: Path) -> Failure:
        shutil.copy(demo_build.warehouse, folder)
        project = copy_project(folder / "project")
        singular = project / "tests" / "dbt" / "singular" / "assert_nothing_is_in.sql"
        singular.parent.mkdir(parents=True, exist_ok=True)
        singular.write_text(FAILING_TEST)
        failed = run_build(
            demo_delivery, folder, project=project, arguments=WITHOUT_UNIT_TESTS
        )
        return Failure(failed, demo_build.warehouse.read_bytes())

    return made_once("failing_build", build)
