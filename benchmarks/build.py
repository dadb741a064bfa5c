"""Seconds and peak memory of `dbt build` by layer, at the size of PRO-ACT and others.

`python benchmarks/build.py --sizes 1 3 10 100`; 1 is PRO-ACT's 11,675 subjects, 10 ten
times as many. From 100 on, subjects and their assessments are those of size 1 under new
numbers, the tables that are not required (adverse events, spirometry, vital signs) stay
as they are, and what is built is the way of the ALSFRS: delivery, its gate, SDTM's QS,
stages of every assessment, with their tests.

The seconds of the layers add up to more than the build's, as two nodes run at a time;
the memory of a layer is the largest seen while one of its nodes ran. Above them stands
the yardstick: what DuckDB needs to read the same CSVs into tables of text, on the same
machine in the same run. Ratios to it, and to the first size, can be compared between
machines; processor seconds can where others work on the machine, too.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import duckdb

PROACT_SUBJECTS = 11_675
ASSESSMENTS_ONLY = 100
ROOT = Path(__file__).parents[1]
# Synthetic subjects of size 1 have numbers below a million.
NEXT_NUMBERS = 1_000_000
REPEATED = (
    "ALSFRS",
    "ALSHISTORY",
    "DEATHDATA",
    "DEMOGRAPHICS",
    "RILUZOLE",
    "TREATMENT",
)
# They test the code, which does not change with the size.
WITHOUT_UNIT_TESTS = ["--exclude-resource-type", "unit_test"]
WAY_OF_THE_ALSFRS = ["--select", "+alsfrs_visits", "--indirect-selection", "buildable"]
READ = "read_csv(?, all_varchar = true, header = true, null_padding = true)"


def write_delivery(folder: Path, size: int) -> None:
    """Write a delivery of a size."""
    from counterarm.demo import write_demo

    times = 1 if size >= ASSESSMENTS_ONLY else size
    write_demo(folder, subjects=times * PROACT_SUBJECTS, release="2022")
    if size >= ASSESSMENTS_ONLY:
        for table in REPEATED:
            repeat(folder / "proact" / f"PROACT_{table}.csv", size)


def repeat(file: Path, size: int) -> None:
    """Write the rows of a file `size` times, each time under new subject numbers."""
    once = file.rename(file.with_suffix(".once"))
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select once.* replace (
                    cast(cast(subject_id as bigint) + copies.i * {NEXT_NUMBERS}
                        as varchar) as subject_id
                )
                from {READ} as once, range({size}) as copies (i)
                where regexp_matches(subject_id, '^[0-9]+$')
            ) to '{file}' (header)
            """,
            [str(once)],
        )
    once.unlink()


def read(files: list[Path]) -> tuple[int, float, float]:
    """Read CSVs into tables of text; return rows, seconds and processor seconds."""
    start, start_cpu = time.perf_counter(), time.process_time()
    rows = 0
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        for number, file in enumerate(files):
            table = f"file_{number}"
            query = f"create table {table} as select * from {READ}"
            connection.execute(query, [str(file)])
            rows += connection.execute(f"select count(*) from {table}").fetchone()[0]
    return rows, time.perf_counter() - start, time.process_time() - start_cpu


def family(process: int) -> Iterator[int]:
    """Yield a process and those that it, or one of these, has started."""
    yield process
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        for child in thread.read_text().split():
            yield from family(int(child))


class Memory(threading.Thread):
    """Resident memory of a process and those below it, looked at ten times a second."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.seen: list[tuple[float, float]] = []

    def run(self) -> None:
        """Keep the time and the MB of each look, until the process ends."""
        page = os.sysconf("SC_PAGE_SIZE")
        while Path(f"/proc/{self.process}").exists():
            resident = 0
            # one that ends meanwhile counts no more
            with suppress(OSError, ValueError):
                for process in family(self.process):
                    pages = Path(f"/proc/{process}/statm").read_text().split()[1]
                    resident += int(pages)
            self.seen.append((time.time(), resident * page / 1024**2))
            time.sleep(0.1)

    def peak(self, start: float, end: float) -> float:
        """Return the largest MB between two times, or 0 if nobody looked."""
        return max((mb for at, mb in self.seen if start <= at <= end), default=0)


def layer(node: dict) -> str:
    """Name the layer of a model; seeds and tests have one of their own."""
    if node["resource_type"] == "model":
        return Path(node["original_file_path"]).parts[1]
    return {"seed": "seeds"}.get(node["resource_type"], "tests")


def by_layer(target: Path, memory: Memory) -> dict[str, tuple[float, float]]:
    """Add up the seconds of every node that dbt ran, and find the peak beside them."""
    manifest = json.loads((target / "manifest.json").read_text())
    nodes = manifest["nodes"] | manifest["unit_tests"]
    seconds: dict[str, float] = defaultdict(float)
    peaks: dict[str, float] = defaultdict(float)
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        if result["unique_id"] not in nodes:
            continue
        name = layer(nodes[result["unique_id"]])
        seconds[name] += result["execution_time"]
        for timing in result["timing"]:
            if timing["started_at"] and timing["completed_at"]:
                start, end = (
                    datetime.fromisoformat(timing[at]).timestamp()
                    for at in ("started_at", "completed_at")
                )
                peaks[name] = max(peaks[name], memory.peak(start, end))
    return {name: (seconds[name], peaks[name]) for name in sorted(seconds)}


def measure(size: int) -> dict:
    """Build one demo; give seconds, peak resident memory in MB, file size, layers."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        # A process inherits the peak of the one that starts it.
        command = [sys.executable, __file__, "--write", str(size), str(folder)]
        subprocess.run(command, check=True)
        files = sorted((folder / "delivery").rglob("*.csv"))
        rows, read_seconds, read_cpu = read(files)
        warehouse = folder / "counterarm.duckdb"
        settings = {
            "COUNTERARM_PROACT_DIR": str(folder / "delivery" / "proact"),
            "COUNTERARM_SITES_DIR": str(folder / "delivery" / "sites"),
            "COUNTERARM_WAREHOUSE": str(warehouse),
            "COUNTERARM_REPORT_DIR": str(folder / "reports"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        if size >= ASSESSMENTS_ONLY:
            # QS has 95 million rows there, which 2 GB would spill many times over
            settings["COUNTERARM_MEMORY_LIMIT"] = "10GB"
        target = folder / "target"
        dbt = [str(Path(sys.executable).with_name("dbt")), "--quiet", "build"]
        dbt += ["--target-path", str(target), "--log-path", str(folder / "logs")]
        dbt += WITHOUT_UNIT_TESTS
        dbt += WAY_OF_THE_ALSFRS if size >= ASSESSMENTS_ONLY else []
        start = time.perf_counter()
        process = subprocess.Popen(dbt, cwd=ROOT, env=os.environ | settings, stdout=2)
        memory = Memory(process.pid)
        memory.start()
        # of dbt and the processes that it has waited for
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"dbt build of size {size} failed")
        seconds = time.perf_counter() - start
        # What dbt wrote: a build of a part publishes nothing.
        written = warehouse.with_name(f"{warehouse.stem}_build.duckdb")
        return {
            "rows": rows,
            "csv_mb": sum(file.stat().st_size for file in files) / 1e6,
            "read_seconds": read_seconds,
            "read_cpu": read_cpu,
            "seconds": seconds,
            "cpu": usage.ru_utime + usage.ru_stime,
            # all processes together
            "peak_mb": memory.peak(0.0, time.time()),
            "file_mb": written.stat().st_size / 1e6,
            "layers": by_layer(target, memory),
        }


def table(found: dict, first: dict) -> Iterator[str]:
    """Yield the lines of one size; ratios are to its yardstick and to the first size.

    Layers have no processor seconds: dbt keeps none.
    """
    heads = ("seconds", "cpu", "ratio", "cpu ratio", "x first", "peak MB")
    yield f"{'':<24}" + "".join(f"{head:>10}" for head in heads)
    yardstick, cpu_yardstick = found["read_seconds"], found["read_cpu"]

    def line(
        name: str,
        seconds: float,
        cpu: float | None,
        before: float | None,
        peak: float | None,
    ) -> str:
        numbers = (
            (seconds, ".1f"),
            (cpu, ".1f"),
            (seconds / yardstick, ".1f"),
            (None if cpu is None else cpu / cpu_yardstick, ".1f"),
            (seconds / before if before else None, ".2f"),
            (peak, ",.0f"),
        )
        shown = (
            "" if value is None else format(value, form) for value, form in numbers
        )
        return f"{name:<24}" + "".join(f"{text:>10}" for text in shown)

    yield line(
        "DuckDB reads the CSVs", yardstick, cpu_yardstick, first["read_seconds"], None
    )
    yield line(
        "dbt build", found["seconds"], found["cpu"], first["seconds"], found["peak_mb"]
    )
    for name, (seconds, peak) in found["layers"].items():
        before = first["layers"].get(name, (None, None))[0]
        yield line(f"  {name}", seconds, None, before, peak)


def main(sizes: list[int]) -> None:
    """Print the table of each size as soon as it is built."""
    first: dict | None = None
    for size in sizes:
        # A process of its own, so that a peak belongs to one size.
        command = [sys.executable, __file__, "--one", str(size)]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found = json.loads(answer.stdout.splitlines()[-1])
        first = first or found
        print(
            f"{size}x: {found['rows']:,} rows in {found['csv_mb']:,.0f} MB of CSV, "
            f"warehouse {found['file_mb']:,.0f} MB"
        )
        for text in table(found, first):
            print(text)
        print(flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(int(sys.argv[2]))))
    elif sys.argv[1:2] == ["--write"]:
        write_delivery(Path(sys.argv[3]) / "delivery", int(sys.argv[2]))
    else:
        parser = argparse.ArgumentParser(description=__doc__)
        parser.add_argument("--sizes", nargs="+", type=int, default=[1])
        main(parser.parse_args().sizes)
