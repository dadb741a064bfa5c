"""Read protocol and delivery up to the gate, and say all that is in the way."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from counterarm.check.date_advice import TITLE as DATES
from counterarm.check.date_advice import date_findings
from counterarm.check.queries import FILES, SECTIONS
from counterarm.check.sections import (
    DEFECT,
    delivery_findings,
    delivery_text,
    findings_text,
    gate_findings,
    gate_text,
)
from counterarm.child import running
from counterarm.dbt_log import AS_JSON, WITHOUT_UNIT_TESTS, read_log
from counterarm.findings import CRITICAL, Finding
from counterarm.intake import DeliveryError, describe_delivery
from counterarm.intake.reference_day import SETTING, find_reference_day
from counterarm.project import open_project
from counterarm.protocol import file_problems
from counterarm.warehouse.query import records

PASSED, WARNED, FAILED = 0, 1, 2
PUBLISHED = "warehouse/counterarm.duckdb"
STATES = {PASSED: "passed", WARNED: "passed with warnings", FAILED: "failed"}
REREAD = "correct the delivery or its mapping, then check again"
DBT_LINES_SHOWN = 40
MAPPINGS: tuple[str, ...] = ("site_files", "site_columns", "site_codes")
MAPPINGS += ("sdtm_events", "sdtm_items", "sdtm_arms", "site_roles")


@dataclass(frozen=True)
class CheckReport:
    """What a check found: findings with their places, the files read, and the text.

    `code` is PASSED, WARNED or FAILED; `files` accounts for the lines of each file;
    `page` is that of the gate, None where it was not reached.
    """

    code: int
    findings: list[Finding]
    text: str
    files: list[dict] = field(default_factory=list)
    page: Path | None = None

    def to_dict(self) -> dict:
        """Return plain values, for JSON, with one object for each finding."""
        return {
            "state": STATES[self.code],
            "findings": [finding.to_dict() for finding in self.findings],
            "files": self.files,
            "page": None if self.page is None else str(self.page),
        }


def check_delivery(
    project: Path,
    proact_dir: Path,
    sites_dir: Path,
    gates_dir: Path,
    *,
    last_build: Path | None = None,
    on_progress: Callable[..., None] = lambda done, of, step: None,
) -> CheckReport:
    """Check the protocol, and a delivery up to its gate.

    The rules are those of a build: dbt runs up to the gate on the delivery, in a
    warehouse of its own that is thrown away. `project` is the folder of
    dbt_project.yml; the gate's page goes to `gates_dir`; `last_build` is the file that
    was published last, with which the delivery is compared; `on_progress` is called
    with how many steps are done, of how many, and the name of the step.
    """
    findings = protocol_findings(project, sites_dir)
    parts = [findings_text("protocol", findings)] if findings else []
    is_refused = any(one.severity == CRITICAL for one in findings)
    published = Path(os.environ.get("COUNTERARM_WAREHOUSE", PUBLISHED))
    try:
        described = describe_in_python(project, proact_dir, sites_dir)
        day = find_reference_day(
            os.environ.get(SETTING, ""), described, project / published
        )["reference_date"].iloc[0]
    except (DeliveryError, ValueError) as error:
        findings += delivery_problems(str(error))
        return CheckReport(FAILED, findings, "\n\n".join([*parts, str(error)]))
    page = gates_dir / "delivery.json"
    page.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="counterarm-check-") as folder:
        warehouse = Path(folder) / "check.duckdb"
        settings = {
            "COUNTERARM_PROACT_DIR": proact_dir,
            "COUNTERARM_SITES_DIR": sites_dir,
            "COUNTERARM_WAREHOUSE": warehouse,
            "COUNTERARM_GATES_DIR": gates_dir,
            # that of a build, which the warehouse that is thrown away does not hold
            SETTING: day,
            "COUNTERARM_LAST_BUILD": last_build or Path(folder) / "none.duckdb",
        }
        code, output = run_dbt(project, Path(folder), settings, on_progress)
        built = warehouse.with_name("check_build.duckdb")
        if not page.is_file() or not built.is_file():
            log = "\n".join(output[-DBT_LINES_SHOWN:])
            text = f"the delivery could not be read; dbt reports:\n{log}"
            findings.append(
                Finding(
                    "build",
                    CRITICAL,
                    reason="\n".join(failed_nodes(output) or output[-3:]),
                    remedy="read dbt's message in the output of the check",
                )
            )
            return CheckReport(FAILED, findings, "\n\n".join([*parts, text]))
        gate = json.loads(page.read_text(encoding="utf-8"))["results"]
        with duckdb.connect(str(built), read_only=True) as connection:
            files = records(connection, FILES)
            found = delivery_findings(connection, SECTIONS)
            dates = date_findings(connection)
    parts.append(delivery_text(files, found, SECTIONS))
    if dates:
        parts.append(findings_text(DATES, dates))
    if not (last_build and last_build.is_file()):
        parts.append(nothing_to_compare(last_build))
    parts.append(gate_text(gate))
    findings += found + dates + gate_findings(gate)
    states = {row["state"] for row in gate}
    others = failed_nodes(output) if code else []
    if code and not others and "failed" not in states:
        # dbt ended early, and names no table
        others = output[-3:] or [f"dbt ended with {code}"]
    if others:
        parts.append("failed tests of the tables:\n  " + "\n  ".join(others))
        findings += [
            Finding("table", CRITICAL, reason=text, remedy=DEFECT) for text in others
        ]
    html = page.with_suffix(".html")
    text = "\n\n".join(parts) + f"\npage of the gate: {html}"
    state = WARNED if "warning" in states else PASSED
    if is_refused or "failed" in states or others:
        state = FAILED
    return CheckReport(state, findings, text, files, html)


def protocol_findings(project: Path, sites_dir: Path) -> list[Finding]:
    """Return what is wrong with the protocol, and notes on what it skips."""
    folder = open_project(project).seeds / "protocol"
    if not (folder / "analyses.csv").is_file():
        return []
    sites = sites_dir if sites_dir.is_dir() else None
    problems, notes = file_problems(folder, sites)
    return [problem.finding() for problem in problems] + notes


def delivery_problems(text: str) -> list[Finding]:
    """Return a finding for each problem in the message of a `DeliveryError`."""
    _, *listed = re.split(r"^- ", text, flags=re.MULTILINE)
    return [
        Finding("delivery", CRITICAL, reason=" ".join(one.split()), remedy=REREAD)
        for one in listed or [text]
    ]


def nothing_to_compare(last_build: Path | None) -> str:
    """Say that there is no build to compare the delivery with."""
    where = f" at {last_build}" if last_build else ""
    return f"no build was published{where}: nothing to compare with"


def describe_in_python(
    project: Path, proact_dir: Path, sites_dir: Path
) -> pd.DataFrame:
    """Describe the delivery; the message on a fault is plainer than dbt's."""
    all_seeds = open_project(project).seeds
    seeds = all_seeds / "mappings"
    read = {"dtype": object, "keep_default_na": False}
    mappings = {name: pd.read_csv(seeds / f"{name}.csv", **read) for name in MAPPINGS}
    items = pd.read_csv(all_seeds / "codelists" / "alsfrs_items.csv")
    with tempfile.TemporaryDirectory(prefix="counterarm-check-") as copies:
        return describe_delivery(
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
    settings: dict[str, object],
    on_progress: Callable[..., None],
) -> tuple[int, list[str]]:
    """Build up to the gate on the delivery; return exit code and output of dbt."""
    command = [Path(sys.executable).with_name("dbt"), "build", *AS_JSON]
    command += [*WITHOUT_UNIT_TESTS]
    command += ["--select", "+gate_delivery", "--indirect-selection", "buildable"]
    command += ["--target-path", folder / "target", "--log-path", folder / "logs"]
    absolute = {
        name: str(value.absolute() if isinstance(value, Path) else value)
        for name, value in settings.items()
    }
    output = []
    with running(
        command,
        cwd=project,
        env=os.environ | absolute | {"DBT_USE_COLORS": "false"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as dbt:
        for line in read_log(dbt.stdout):
            output += line.text.splitlines()
            on_progress(line.done, line.of, line.step)
    return dbt.returncode, output


def failed_nodes(output: list[str]) -> list[str]:
    """Return the tests and models that failed beside the gate, as dbt names them."""
    found = [
        line
        for line in output
        if ("Failure in" in line or "Error in" in line) and "gate_delivery" not in line
    ]
    return list(dict.fromkeys(found))
