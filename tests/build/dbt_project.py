"""Run `dbt build` on a delivery in a folder of its own, and read what came out."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Container, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

ROOT = Path(__file__).parents[2]
DBT = Path(sys.executable).with_name("dbt")
# What dbt reads in the repository, and nothing else.
PARTS = [
    "dbt_project.yml",
    "profiles.yml",
    "models",
    "macros",
    "seeds",
    "expectations",
    "tests/dbt",
]
# Builds take one core each for most of their time.
CORES = 2
WITHOUT_TESTS = ["--exclude-resource-type", "test", "unit_test"]
# Unit tests read no delivery: the build of the small demo runs them, and no other. A
# build without them is still published.
WITHOUT_UNIT_TESTS = ["--exclude-resource-type", "unit_test"]
# Under "file", once the session is known: what dbt parsed of the repository, for all
# builds of all processes of a run of tests.
PARSED: dict[str, Path] = {}


@dataclass(frozen=True)
class BuildResult:
    """A finished build: `warehouse` is for readers, `build_file` is what dbt wrote."""

    returncode: int
    output: str
    warehouse: Path
    build_file: Path
    target: Path

    @property
    def ending(self) -> str:
        """The last lines of what dbt printed, for a failed assertion."""
        return "\n".join(self.output.splitlines()[-60:])

    def rows(self, query: str, *, published: bool = True) -> pd.DataFrame:
        """Run a query on the published warehouse, or on the file that dbt wrote."""
        return rows(self.warehouse if published else self.build_file, query)

    def manifest(self) -> dict:
        """Return what dbt knows of the project."""
        return json.loads((self.target / "manifest.json").read_text())


@dataclass(frozen=True)
class Published:
    """A build, whether its file took the place of another, and what a reader saw."""

    build: BuildResult
    was_replaced: bool
    read_after: list


@dataclass(frozen=True)
class Failure:
    """A build that failed at its end, with the bytes of the file published before."""

    build: BuildResult
    before: bytes


def rows(database: Path, query: str) -> pd.DataFrame:
    """Run a query on a DuckDB file that nobody writes."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).df()


def run_build(
    delivery: Path,
    folder: Path,
    *,
    project: Path = ROOT,
    arguments: Sequence[str] = (),
    warehouse: Path | None = None,
) -> BuildResult:
    """Run `dbt build` on `delivery` (proact/ and sites/), all it writes in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    warehouse = warehouse or folder / "counterarm.duckdb"
    target = folder / "target"
    linked = linked_project(project, folder / "linked")
    is_whole = "--vars" not in arguments
    if is_whole:
        copy_file(PARSED.get("file"), target / "partial_parse.msgpack")
    finished = subprocess.run(
        [
            *(str(DBT), "--no-use-colors", "build"),
            *("--target-path", str(target), "--log-path", str(folder / "logs")),
            *arguments,
        ],
        cwd=linked,
        env=settings(delivery, os.path.relpath(warehouse, linked), folder / "reports"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if is_whole and project == ROOT:
        copy_file(target / "partial_parse.msgpack", PARSED.get("file"))
    return BuildResult(
        returncode=finished.returncode,
        output=finished.stdout,
        warehouse=warehouse,
        build_file=warehouse.with_name(f"{warehouse.stem}_build.duckdb"),
        target=target,
    )


def linked_project(project: Path, folder: Path) -> Path:
    """Return a folder of links to what dbt reads of a project.

    A warehouse has the same path from each of them. dbt parses everything again, which
    takes ten seconds of a processor, where the path of the file that it writes differs.
    """
    for part in PARTS:
        link = folder / part
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(project / part)
    return folder


def copy_file(source: Path | None, target: Path | None) -> None:
    """Copy a file to where none is yet, whole or not at all."""
    if source and target and source.exists() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copy(source, part)
        part.replace(target)


def settings(delivery: Path, warehouse: str, reports: Path) -> dict[str, str]:
    """Return the environment of a build; the caller's own settings do not reach it."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COUNTERARM_", "DBT_"))
    }
    return inherited | {
        "COUNTERARM_PROACT_DIR": str(delivery / "proact"),
        "COUNTERARM_SITES_DIR": str(delivery / "sites"),
        "COUNTERARM_WAREHOUSE": warehouse,
        "COUNTERARM_REPORT_DIR": str(reports),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
    }


def run_builds(*builds: dict) -> list[BuildResult]:
    """Run several builds, as many at a time as there are cores."""
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(lambda given: run_build(**given), builds))


def copy_project(folder: Path) -> Path:
    """Copy what dbt reads, so that a test can change it."""
    for part in PARTS:
        source, copy = ROOT / part, folder / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy)
        else:
            shutil.copy(source, copy)
    return folder


def add_rows(project: Path, seed: str, *lines: str) -> int:
    """Add lines to a protocol seed; return the line number of the first."""
    file = project / "seeds" / "protocol" / f"{seed}.csv"
    text = file.read_text()
    assert text.endswith("\n")
    file.write_text(text + "".join(f"{line}\n" for line in lines))
    return len(text.splitlines()) + 1


def tables(database: Path) -> set[tuple[str, str]]:
    """Return schema and name of every table."""
    found = rows(
        database, "select schema_name, table_name from duckdb_tables() order by all"
    )
    return set(found.itertuples(index=False, name=None))


def tables_that_differ(
    one: Path,
    other: Path,
    schemas: Sequence[str] | None = None,
    without: Container[tuple[str, str]] = (),
) -> dict[str, int]:
    """Count the rows that only one of two databases has, for the tables that differ.

    Rows are compared as text, in which equal numbers are equal to the last bit, and
    counted: two equal rows differ from one.
    """
    wanted = [
        table
        for table in sorted(tables(one))
        if table not in without and (not schemas or table[0] in schemas)
    ]
    found = {}
    with duckdb.connect() as connection:
        for name, file in (("a", one), ("b", other)):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        for schema, table in wanted:
            a, b = (
                f'(select columns(*)::varchar from {name}.{schema}."{table}")'
                for name in ("a", "b")
            )
            differing = connection.execute(
                f"select count(*) from (({a} except all {b})"
                f" union all ({b} except all {a}))"
            ).fetchone()[0]
            if differing:
                found[f"{schema}.{table}"] = differing
    return found
