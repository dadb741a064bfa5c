"""A build of what changed, on a published file that plain dbt has built."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
from dbt_project import BuildResult, copy_project, rows, settings

from counterarm.refresh.inputs import Inputs, ProjectFiles
from counterarm.refresh.nodes import nodes_of_manifest
from counterarm.refresh.stored import BYTES, STRUCTURE

# What differs between a build of a part and one of everything.
RUN_METADATA = {
    ("quality", name)
    for name in (
        "build_scope",
        "build_inputs",
        "build_nodes",
        "node_builds",
        "build_plan",
        "build_changes",
    )
} | {("results", "publication")}


def refresh(
    build: BuildResult, delivery: Path, folder: Path, edit: Callable[[Path], object]
) -> BuildResult:
    """Copy a project and its published file, edit the copy, build what changed."""
    project = copy_project(folder / "project")
    warehouse = folder / "counterarm.duckdb"
    shutil.copy(build.warehouse, warehouse)
    environment = settings(delivery, str(warehouse), folder / "reports")
    environment["DBT_TARGET_PATH"] = str(folder / "target")
    record(warehouse, project, environment, build.target / "manifest.json")
    edit(project)
    finished = subprocess.run(
        [Path(sys.executable).with_name("counterarm"), "build", "--no-report"],
        cwd=project,
        env=environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    result = BuildResult(
        finished.returncode,
        finished.stdout,
        warehouse,
        folder / "counterarm_build.duckdb",
        folder / "target",
    )
    assert result.returncode == 0, result.ending
    return result


def record(warehouse: Path, project: Path, environment: dict, manifest: Path) -> None:
    """Record in a published file what it was built from, as `counterarm build` does."""
    inputs = Inputs(ProjectFiles.of(project, project), environment)
    digests = inputs.all_digests() | {
        BYTES: inputs.bytes,
        STRUCTURE: inputs.structure(),
    }
    nodes = [
        (one.name, one.kind, one.file, one.entry, one.table, list(one.parents))
        for one in nodes_of_manifest(manifest).values()
    ]
    with duckdb.connect(str(warehouse)) as connection:
        for table, columns, values in (
            ("build_inputs", "input_name varchar, digest varchar", digests.items()),
            (
                "build_nodes",
                "node_name varchar, kind varchar, file_name varchar, entry varchar, "
                "table_name varchar, parents varchar[]",
                nodes,
            ),
            (
                "node_builds",
                "node_name varchar, built_at timestamp",
                [(name, "2020-01-01") for name, kind, *_ in nodes if kind != "test"],
            ),
        ):
            connection.execute(f"create table quality.{table} ({columns})")
            marks = ", ".join("?" * (columns.count(", ") + 1))
            connection.executemany(
                f"insert into quality.{table} values ({marks})", list(values)
            )


def comments(file: Path) -> pd.DataFrame:
    """Return types and comments of the columns of all tables but a run's own."""
    own = ", ".join(f"'{table}'" for _, table in RUN_METADATA)
    return rows(
        file,
        "select schema_name, table_name, column_index, column_name, data_type, comment "
        f"from duckdb_columns() where not internal and table_name not in ({own}) "
        "order by all",
    )
