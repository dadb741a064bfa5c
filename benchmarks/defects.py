"""Show how the gates respond to each defect planted in a synthetic delivery.

`python benchmarks/defects.py` plants each defect of `planting` in a copy of one
delivery, builds up to the gate on the standard tables, compares with the build of the
sound delivery, and prints a table by group. `--list` also prints the outcome of each,
`--only` takes names or groups, `--page docs/defects.md` writes the table into the page
(a run of some is added to it, if the page names them as not yet planted), and `--gate
delivery` ends at the first gate: a third of the time, and it detects
less. The small delivery holds the tables that are required and those that defects are
planted in. The last published build is that of the sound delivery, so that a defect
detected only by comparison is a state of its own:

REFUSED   the delivery was not read; the message names the reason
STOPPED   a critical expectation failed
WARNED    an expectation failed that the sound delivery meets, or differs
COUNTED   a row of a quality table, with no warning
COMPARED  detected only by comparison with the last published build
HARMLESS  no value of a subject, a visit or an endpoint differs
SILENT    some value differs and nothing reports it
CRASHED   another error

dbt parses the project once for each of two processes, which then fork for each defect.
"""

import argparse
import csv
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from contextlib import redirect_stdout
from pathlib import Path
from queue import Empty

import duckdb
from defects_page import Table, write_into
from planting import DEFECTS, SEED, SUBJECTS, Delivery

from counterarm.demo import write_demo

ROOT = Path(__file__).parents[1]
PROCESSES = 2
# Of PRO-ACT's tables those that are large and that no defect is planted in.
LEFT_OUT = ("LABS", "CONMEDS", "ADVERSEEVENTS", "HANDGRIPSTRENGTH", "MUSCLESTRENGTH")
GATES = ("delivery", "standard")
COMPARISON = "delivery_changes"
# What a build counts, beside the digests and the queries of files.
COUNTED = {
    "staging.rejected_rows": "source, table_name, file_name, row_number, reason",
    "staging.rejected_values": "*",
    "staging.delivered_files": "source, table_name, file_name, absent_columns, "
    "unexpected_columns, note",
    "quality.row_accounting": "source, table_name, file_name, n_rejected, n_duplicate",
    "quality.file_accounting": "source, file_name, n_unread",
    "quality.unmapped_terms": "*",
    "quality.unmapped_site_values": "* exclude (row_number, line_number)",
}
FLAGS = {"quality.flags": "*"}
VALUES = {
    "adam.adsl": "*",
    "adam.adtte": "*",
    "adam.adae": "*",
    "scales.alsfrs_visits": "* exclude (qsspid)",
}


class Place:
    """The folder of one process, which dbt was parsed for and which it builds in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.delivery = folder / "delivery"
        self.warehouse = folder / "w.duckdb"
        self.build_file = folder / "w_build.duckdb"

    def settings(self) -> dict[str, str]:
        """Return the environment of a build in this place."""
        return {
            "COUNTERARM_PROACT_DIR": str(self.delivery / "proact"),
            "COUNTERARM_SITES_DIR": str(self.delivery / "sites"),
            "COUNTERARM_WAREHOUSE": str(self.warehouse),
            "COUNTERARM_LAST_BUILD": str(self.folder / "sound.duckdb"),
            "COUNTERARM_REPORT_DIR": str(self.folder / "reports"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
        }

    def arguments(self, command: str, *more: str) -> list[str]:
        """Return the arguments of a run of dbt."""
        return [
            *("--quiet", "--no-use-colors", command, *more),
            *("--project-dir", str(ROOT), "--profiles-dir", str(ROOT)),
            *("--target-path", str(self.folder / "target")),
            *("--log-path", str(self.folder / "logs")),
        ]


def build(place: Place, manifest: object, gate: str) -> list[tuple[str, str, str]]:
    """Build up to a gate; return name, status and message of each node."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    selected = ("--select", f"+gate_{gate}", "--threads", "1")
    arguments = place.arguments("build", *selected)
    arguments += ["--exclude-resource-type", "test", "unit_test"]
    done = dbtRunner(manifest=manifest).invoke(arguments)
    # a fork ends without closing the file, and what it wrote would stay in the log
    DuckDBConnectionManager.close_all_connections()
    if done.exception or done.result is None:
        return [("dbt", "error", str(done.exception))]
    return [
        (one.node.name, str(one.status), str(one.message or "")) for one in done.result
    ]


def judge(
    place: Place, results: list[tuple[str, str, str]], gate: str
) -> tuple[str, str]:
    """Return the state of a build of a damaged delivery, and its first message."""
    failed = [(name, text) for name, status, text in results if status == "error"]
    for name, text in failed:
        if name == "delivered_files" and "the delivery cannot be read" in text:
            return "REFUSED", first_problem(text)
    for name, text in failed:
        if name.startswith("gate_") and "stopped the build" in text:
            return "STOPPED", first_finding(text)
    if failed:
        return "CRASHED", " ".join(f"{failed[0][0]}: {failed[0][1]}".split())[:200]
    with duckdb.connect() as connection:
        for name, file in (
            ("sound", place.folder / "sound.duckdb"),
            ("now", place.build_file),
        ):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        gates = GATES[: GATES.index(gate) + 1]
        warned = warnings(connection, gates, f"suite <> '{COMPARISON}'")
        if warned:
            return "WARNED", warned
        counted = differing(
            connection, COUNTED | FLAGS if gate == "standard" else COUNTED
        )
        if counted:
            return "COUNTED", counted
        compared = warnings(connection, gates[:1], f"suite = '{COMPARISON}'")
        if compared:
            return "COMPARED", compared
        changed = differing(
            connection, VALUES if gate == "standard" else staged(connection)
        )
        return ("SILENT", changed) if changed else ("HARMLESS", "")


def first_problem(text: str) -> str:
    """Return the first problem of a delivery that was refused."""
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("-")]
    return lines[0][2:202] if lines else ""


def first_finding(text: str) -> str:
    """Return the first finding of a gate that failed."""
    lines = [line for line in text.splitlines() if line.strip().startswith("1.")]
    return lines[0].strip()[3:203] if lines else ""


def staged(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the staged tables and their columns, but where a row stands."""
    found = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'sound' "
        "and schema_name = 'staging' and starts_with(table_name, 'stg_')"
    ).fetchall()
    columns = "* exclude (row_number, line_number, rejected_values)"
    return {f"staging.{table}": columns for (table,) in found}


def warnings(
    connection: duckdb.DuckDBPyConnection, gates: tuple[str, ...], condition: str
) -> str:
    """Return the first warning that the sound delivery does not give, word for word."""
    for gate in gates:
        found = connection.execute(
            f"select message from now.quality.gate_{gate} where not success and "
            f"{condition} and message not in (select message from "
            f"sound.quality.gate_{gate}) limit 1"
        ).fetchone()
        if found:
            return found[0][:200]
    return ""


def differing(connection: duckdb.DuckDBPyConnection, tables: dict[str, str]) -> str:
    """Name the tables whose rows are not those of the sound delivery."""
    found = []
    for table, columns in tables.items():
        now, sound = (
            f"(select {columns} from {of}.{table})" for of in ("now", "sound")
        )
        n = connection.execute(
            f"select count(*) from ((({now}) except all ({sound})) union all "
            f"(({sound}) except all ({now})))"
        ).fetchone()[0]
        if n:
            found.append(table)
    return ", ".join(found)


def work(folder: Path, sound: Path, names: list[str], gate: str, queue: object) -> None:
    """Build the sound delivery, then each damaged one in a fork of this process."""
    from dbt.cli.main import dbtRunner

    place = Place(folder)
    folder.mkdir()
    os.environ.update(place.settings())
    shutil.copytree(sound, place.delivery)
    parsed = dbtRunner().invoke(place.arguments("parse"))
    in_fork(lambda: build(place, parsed.result, gate), place)
    place.build_file.rename(folder / "sound.duckdb")
    planters = {one.name: one.plant for one in DEFECTS}

    for name in names:
        place.build_file.unlink(missing_ok=True)
        shutil.rmtree(place.delivery)
        shutil.copytree(sound, place.delivery)
        begun = time.monotonic()

        try:
            planters[name](Delivery(place.delivery))
        except Exception as error:
            state, words = "NOT PLANTED", f"{type(error).__name__}: {error}"
        else:
            results = in_fork(lambda: build(place, parsed.result, gate), place)
            # judged outside the fork, whose connection holds the file
            state, words = (
                judge(place, results, gate)
                if results
                else ("CRASHED", "the process ended")
            )
        queue.put((name, state, words, time.monotonic() - begun))


def in_fork(run: object, place: Place) -> object:
    """Run a function in a fork, without its output, and return its result."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def inner() -> None:
        with (
            (place.folder / "output").open("w") as output,
            redirect_stdout(output),
        ):
            sender.send(run())

    process = context.Process(target=inner)
    process.start()
    sender.close()
    try:
        answer = receiver.recv()
    except EOFError:
        answer = None
    process.join()
    return answer


def wanted(only: list[str]) -> list[str]:
    """Return the names of the defects that are asked for."""
    return [
        one.name for one in DEFECTS if not only or {one.name, one.group} & set(only)
    ]


def run_all(names: list[str], folder: Path, gate: str) -> dict[str, tuple[str, str]]:
    """Plant every defect; return state and message of each."""
    sound = folder / "sound"
    write_demo(sound, subjects=SUBJECTS, seed=SEED, release="2022")
    for path in (sound / "proact").glob("*.csv"):
        if path.stem.removeprefix("PROACT_") in LEFT_OUT:
            path.unlink()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    workers = [
        context.Process(
            target=work,
            args=(folder / f"place{n}", sound, names[n::PROCESSES], gate, queue),
        )
        for n in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    found = {}
    while len(found) < len(names):
        try:
            name, state, words, seconds = queue.get(timeout=60)
        except Empty:
            if any(worker.exitcode for worker in workers):
                raise RuntimeError("a worker ended early") from None
            continue
        found[name] = (state, words)
        print(
            f"{len(found)}/{len(names)} {name}: {state} ({seconds:.0f} s)",
            file=sys.stderr,
        )
    for worker in workers:
        worker.join()
    return found


def main() -> None:
    """Print the table, and each defect where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="names or groups")
    parser.add_argument("--list", action="store_true", help="print the outcome of each")
    parser.add_argument(
        "--gate", choices=GATES, default=GATES[-1], help="the last gate that is built"
    )
    parser.add_argument("--page", type=Path, help="page to write the table into")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run_all(wanted(given.only), Path(folder), given.gate)
    print(Table.of(found, given.gate).text())
    if given.page:
        write_into(given.page, found, given.gate)
    if given.list:
        print()
        written = csv.writer(sys.stdout, lineterminator="\n")
        written.writerow(["defect", "state", "message"])
        written.writerows((name, *found[name]) for name in wanted(given.only))


if __name__ == "__main__":
    main()
