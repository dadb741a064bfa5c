"""Random edits: incremental builds compared with full builds, table by table.

`python benchmarks/refresh.py --edits 20 --seed 1 --subjects 400` makes a small delivery
and a copy of the project, builds it once, and then repeatedly makes a random edit: a
value of the protocol, a new analysis, a line of a delivered file, a comment, code.
After each edit `counterarm build` continues from its last result, and `counterarm build
--full` builds everything; it prints what was built, the seconds of both and the tables
that differ, and exits with 1 if any did. Records of the build itself are left out.
"""

import argparse
import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from counterarm.demo import write_demo

ROOT = Path(__file__).parents[1]
PARTS = ("models", "macros", "seeds", "expectations", "tests/dbt")
SETTINGS = ("dbt_project.yml", "profiles.yml")
RECORDS = (
    "quality.build_%",
    "quality.node_builds",
    "results.publication",
)
NUMBERS = {"windows": ("from_day", "to_day"), "eligibility": ("value",)}


def main() -> None:
    """Edit, build both ways, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--subjects", type=int, default=400)
    asked = parser.parse_args()
    choose = random.Random(asked.seed)
    n_wrong = 0
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        project = copied_project(place / "project")
        write_demo(place / "delivery", subjects=asked.subjects, release="2022")
        build(place, project, "chain")
        for number in range(asked.edits):
            edit = choose.choice(EDITS)
            words = edit(choose, project, place / "delivery", number)
            seconds, said = build(place, project, "chain")
            # the other begins from the same publication, on which a few rows depend
            whole_seconds, _ = build(place, project, "whole", "--full")
            differ = differing(place / "chain.duckdb", place / "whole.duckdb")
            n_wrong += bool(differ)
            print(f"{number} {words}: {said}")
            print(f"  {seconds:.1f} s, everything {whole_seconds:.1f} s", flush=True)
            print(f"  differ: {differ or 'none'}", flush=True)
    sys.exit(1 if n_wrong else 0)


def copied_project(folder: Path) -> Path:
    """Copy what dbt reads, so that it can be edited."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    for name in SETTINGS:
        shutil.copy(ROOT / name, folder)
    return folder


def build(place: Path, project: Path, name: str, *options: str) -> tuple[float, str]:
    """Build; return the seconds and the line that says what was built."""
    warehouse = place / f"{name}.duckdb"
    if options and (place / "chain.duckdb").exists() and not warehouse.exists():
        shutil.copy(place / "chain.duckdb", warehouse)
    begun = time.perf_counter()
    done = subprocess.run(
        [
            Path(sys.executable).with_name("counterarm"),
            "build",
            "--no-report",
            *options,
        ],
        cwd=project,
        env=os.environ
        | {
            "COUNTERARM_PROACT_DIR": str(place / "delivery" / "proact"),
            "COUNTERARM_SITES_DIR": str(place / "delivery" / "sites"),
            "COUNTERARM_WAREHOUSE": str(warehouse),
            "COUNTERARM_REPORT_DIR": str(place / "reports"),
            "DBT_TARGET_PATH": str(place / f"{name}_target"),
            "PYTHONPATH": str(ROOT / "python"),
        },
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit("\n".join(done.stdout.splitlines()[-40:]) + done.stderr)
    said = next(line for line in done.stdout.splitlines() if "build" in line)
    return time.perf_counter() - begun, said


def differing(one: Path, other: Path) -> dict[str, int]:
    """Count the rows that only one of two warehouses has, by table."""
    found = {}
    with duckdb.connect() as connection:
        names = {}
        for name, file in (("a", one), ("b", other)):
            connection.execute(f"attach '{file}' as {name} (read_only)")
            names[name] = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() "
                "where database_name = ? and not "
                + " and not ".join(
                    f"schema_name || '.' || table_name like '{own}'" for own in RECORDS
                ),
                [name],
            ).fetchall()
        for (table,) in sorted({*names["a"], *names["b"]}):
            if (table,) not in names["a"] or (table,) not in names["b"]:
                found[table] = -1
                continue
            a, b = (f"(select columns(*)::varchar from {n}.{table})" for n in "ab")
            (n_rows,) = connection.execute(
                f"select count(*) from (({a} except all {b}) union all "
                f"({b} except all {a}))"
            ).fetchone()
            if n_rows:
                found[table] = n_rows
    return found


def a_number_of_the_protocol(
    choose: random.Random, project: Path, _: Path, number: int
) -> str:
    """Add one to a number of a row of the protocol."""
    seed = choose.choice(sorted(NUMBERS))
    file = project / "seeds" / "protocol" / f"{seed}.csv"
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    row, column = choose.choice(
        [
            (row, column)
            for row in rows
            for column in NUMBERS[seed]
            if (row[column] or "").lstrip("-").isdigit() and int(row[column]) > 1
        ]
    )
    row[column] = str(int(row[column]) + 1)
    with file.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return f"{seed} of {row['analysis_id']}: {column} {row[column]}"


def an_analysis_more(choose: random.Random, project: Path, _: Path, number: int) -> str:
    """Add an analysis with all rows of a main analysis."""
    folder = project / "seeds" / "protocol"
    with (folder / "analyses.csv").open(newline="") as opened:
        bases = [r["analysis_id"] for r in csv.DictReader(opened) if not r["based_on"]]
    name = f"random_{number}"
    with (folder / "analyses.csv").open("a") as opened:
        opened.write(f"{name},{choose.choice(bases)},Random,Because\n")
    return f"analysis {name}"


def a_delivered_line_less(
    choose: random.Random, _: Path, delivery: Path, number: int
) -> str:
    """Remove a line of a site's file."""
    file = choose.choice(sorted((delivery / "sites").rglob("*.csv")))
    lines = file.read_text().splitlines(keepends=True)
    at = choose.randrange(1, len(lines))
    file.write_text("".join([*lines[:at], *lines[at + 1 :]]))
    return f"{file.parent.name}/{file.name} without line {at + 1}"


def a_comment(choose: random.Random, project: Path, _: Path, number: int) -> str:
    """Write a comment at the head of a model."""
    file = choose.choice(sorted((project / "models").rglob("*.sql")))
    file.write_text(f"-- edit {number}\n{file.read_text()}")
    return f"comment in {file.name}"


def a_line_of_code(choose: random.Random, project: Path, _: Path, number: int) -> str:
    """Change the code of a model, and not what it gives."""
    file = choose.choice(sorted((project / "models" / "07_analyses").rglob("*.sql")))
    file.write_text(f"select * from (\n{file.read_text()}\n) as edit_{number}\n")
    return f"code of {file.name}"


EDITS: tuple[Callable[[random.Random, Path, Path, int], str], ...] = (
    a_number_of_the_protocol,
    an_analysis_more,
    a_delivered_line_less,
    a_comment,
    a_line_of_code,
)

if __name__ == "__main__":
    main()
