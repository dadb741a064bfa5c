"""Read a delivery up to its gate, and say in text all that is in the way."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from counterarm.child import running
from counterarm.dbt_log import AS_JSON, read_log
from counterarm.intake import DeliveryError, describe_delivery
from counterarm.query import table_text

PASSED, WARNED, FAILED = 0, 1, 2
# Of PRO-ACT, whose junk is known, only so many kinds of values are shown.
KINDS_SHOWN = 20
LINES_SHOWN = 5
DBT_LINES_SHOWN = 40
MAPPINGS = ("site_files", "site_columns", "site_codes", "sdtm_events")


def check_delivery(
    project: Path,
    proact_dir: Path,
    sites_dir: Path,
    gates_dir: Path,
    *,
    on_progress: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[str, int]:
    """Return a report on a delivery, and PASSED, WARNED or FAILED.

    The rules are those of a build: dbt runs up to the gate on the delivery, in a
    warehouse of its own that is thrown away. `project` is the folder of
    dbt_project.yml; the gate's page goes to `gates_dir`; `on_progress` is told how
    many steps are done, and of how many.
    """
    try:
        describe_in_python(project, proact_dir, sites_dir)
    except DeliveryError as error:
        return str(error), FAILED
    page = gates_dir / "delivery.json"
    page.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="counterarm-check-") as folder:
        warehouse = Path(folder) / "check.duckdb"
        settings = {
            "COUNTERARM_PROACT_DIR": proact_dir,
            "COUNTERARM_SITES_DIR": sites_dir,
            "COUNTERARM_WAREHOUSE": warehouse,
            "COUNTERARM_GATES_DIR": gates_dir,
        }
        code, said = run_dbt(project, Path(folder), settings, on_progress)
        built = warehouse.with_name("check_build.duckdb")
        if not page.is_file() or not built.is_file():
            log = "\n".join(said[-DBT_LINES_SHOWN:])
            return f"the delivery could not be read; dbt says:\n{log}", FAILED
        gate = json.loads(page.read_text(encoding="utf-8"))["results"]
        with duckdb.connect(str(built), read_only=True) as connection:
            report = report_text(connection, gate)
    states = {row["state"] for row in gate}
    others = failed_nodes(said) if code else []
    if others:
        report += "\n\nbroken promises of the tables:\n  " + "\n  ".join(others)
    report += f"\npage of the gate: {page.with_suffix('.html')}"
    if "failed" in states or others:
        return report, FAILED
    return report, WARNED if "warning" in states else PASSED


def describe_in_python(project: Path, proact_dir: Path, sites_dir: Path) -> None:
    """See that the delivery can be read; its message is plainer than dbt's."""
    seeds = project / "seeds" / "mappings"
    read = {"dtype": object, "keep_default_na": False}
    mappings = {name: pd.read_csv(seeds / f"{name}.csv", **read) for name in MAPPINGS}
    items = pd.read_csv(project / "seeds" / "codelists" / "alsfrs_items.csv")
    with tempfile.TemporaryDirectory(prefix="counterarm-check-") as copies:
        describe_delivery(
            proact_dir,
            sites_dir,
            pd.read_csv(seeds / "raw_tables.csv"),
            pd.read_csv(seeds / "raw_columns.csv"),
            mappings | {"alsfrs_items": items},
            copies,
        )


def run_dbt(
    project: Path,
    folder: Path,
    settings: dict[str, Path],
    on_progress: Callable[[int, int], None],
) -> tuple[int, list[str]]:
    """Build what the gate on the delivery rests on, and the gate; say what dbt said."""
    command = [Path(sys.executable).with_name("dbt"), "build", *AS_JSON]
    command += ["--select", "+gate_delivery", "--indirect-selection", "buildable"]
    command += ["--target-path", folder / "target", "--log-path", folder / "logs"]
    absolute = {name: str(path.absolute()) for name, path in settings.items()}
    said = []
    with running(
        command,
        cwd=project,
        env=os.environ | absolute | {"DBT_USE_COLORS": "false"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as dbt:
        for line in read_log(dbt.stdout):
            said += line.text.splitlines()
            on_progress(line.done, line.of)
    return dbt.returncode, said


def failed_nodes(said: list[str]) -> list[str]:
    """Return the tests and models that failed beside the gate, as dbt names them."""
    found = [
        line
        for line in said
        if ("Failure in" in line or "Error in" in line) and "gate_delivery" not in line
    ]
    return list(dict.fromkeys(found))


def report_text(connection: duckdb.DuckDBPyConnection, gate: list[dict]) -> str:
    """Return files, rejected rows and values, unmapped values and the gate as text."""
    parts = [
        section("files", connection, FILES),
        section("delivered, and no table of its own", connection, UNUSED),
        section("rejected rows", connection, REJECTED_ROWS),
        section("rejected values", connection, REJECTED_VALUES),
        section("values without a meaning", connection, UNMAPPED),
        section("terms of PRO-ACT that no codelist knows", connection, UNMAPPED_TERMS),
        gate_text(gate),
    ]
    return "\n\n".join(part for part in parts if part)


def section(title: str, connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """Return a query's rows under a title; of PRO-ACT's kinds only the first."""
    answer = connection.execute(query)
    columns = [column[0] for column in answer.description]
    rows = answer.fetchall()
    proact = [row for row in rows if row[0] == "proact"]
    hidden = proact[KINDS_SHOWN:] if title != "files" else []
    if not rows:
        return f"{title}: none"
    shown = [row for row in rows if row not in hidden]
    text = f"{title}:\n{table_text(columns, [shorten(row) for row in shown])}"
    if hidden:
        text += f"\n... and {len(hidden)} more kinds of PRO-ACT"
    return text


def shorten(row: Sequence) -> list:
    """Write line numbers, a list, as the first of them."""
    return [
        ", ".join(map(str, value[:LINES_SHOWN]))
        + (", ..." if len(value) > LINES_SHOWN else "")
        if isinstance(value, list)
        else value
        for value in row
    ]


def gate_text(gate: list[dict]) -> str:
    """Say how many expectations are met, and each that is not."""
    met = sum(row["success"] for row in gate)
    lines = [f"gate on the delivery: {met} of {len(gate)} expectations met"]
    for state in ("failed", "warning"):
        lines += [
            f"  {state}: {row['message']}" for row in gate if row["state"] == state
        ]
    return "\n".join(lines)


# The line of a file as an editor counts it: its heading is line 1. SDTM has records.
LINES = """list(
            row_number + case layout when 'sdtm' then 0 else 1 end order by row_number
        ) as lines"""
LAYOUTS = """left join (
        select distinct source, file_name, layout from staging.delivered_files
    ) using (source, file_name)"""
FILES = """
    select
        rows.source,
        rows.file_name as file,
        files.layout,
        rows.table_name as "table",
        lines.n_lines as lines,
        lines.n_unread as unread,
        rows.n_raw as rows,
        rows.n_kept as kept,
        rows.n_duplicate as duplicate,
        rows.n_rejected as rejected
    from quality.row_accounting as rows
    inner join quality.file_accounting as lines using (source, file_name)
    inner join staging.delivered_files as files using (source, file_name, table_name)
    order by rows.source <> 'proact', rows.source, rows.file_name, rows.table_name
"""
UNUSED = """
    select source, file_name as file, note
    from staging.delivered_files
    where table_name is null
    order by source, file_name
"""
REJECTED_ROWS = f"""
    select
        source, file_name as file, reason, count(*) as rows,
        {LINES}
    from staging.rejected_rows
    {LAYOUTS}
    group by source, file_name, reason
    order by source, file_name, reason
"""
REJECTED_VALUES = f"""
    select
        source, file_name as file, table_name || '.' || column_name as "column",
        raw_value as value, reason, count(*) as rows,
        {LINES}
    from staging.rejected_values
    {LAYOUTS}
    group by source, file_name, table_name, column_name, raw_value, reason
    order by source, file_name, table_name, column_name, rows desc, raw_value, reason
"""
UNMAPPED = f"""
    select
        source, file_name as file,
        coalesce(site_column, column_name) as "column",
        table_name || '.' || column_name as "fills",
        raw_value as value, reason, count(*) as rows,
        {LINES}
    from quality.unmapped_site_values
    {LAYOUTS}
    group by source, file_name, site_column, table_name, column_name, raw_value, reason
    order by source, file_name, table_name, column_name, raw_value
"""
UNMAPPED_TERMS = """
    select
        source, table_name || '.' || column_name as "column", raw_term as value,
        codelist, n_rows as rows
    from quality.unmapped_terms
    where source = 'proact'
    order by table_name, column_name, n_rows desc, raw_term
"""
