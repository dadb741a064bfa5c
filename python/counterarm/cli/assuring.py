"""The command that runs invented patients through the models."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from counterarm.child import running
from counterarm.cli.projects import project_here
from counterarm.cli.settings import build_file, opened, quiet, refusals, shown_path
from counterarm.dbt_log import AS_JSON, read_log
from counterarm.dbt_manifest import ancestors

# The tables that are compared or read, and what only judges a delivery.
TABLES = ("subjects", "cohort_endpoints", "rejected_rows", "rejected_values")
GATES = ("gate_delivery", "gate_standard")
# Below the project's target folder; kept, so that dbt need not read the models again.
FOLDER = Path("target/assure")


@click.command()
@click.argument(
    "files",
    nargs=-1,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@quiet
def assure(files: tuple[Path, ...], quiet: bool) -> None:
    r"""Run example patients through the models and compare with what is expected.

    A file of patients (YAML) states facts and, for each analysis, the expected index
    day, eligibility step, covariates and endpoints; the patients of one file are one
    delivery. Without FILES, those of tests/patients are run. Rules of eligibility that
    no patient shows are listed. The published warehouse is not touched.
    Exit code: 0 all as expected, 1 something differs or the models failed.

    \b
    counterarm assure my_rules.yml
    """
    # pandas and DuckDB's tables are slow to import
    from counterarm.assurance import (
        PatientsFileError,
        compare,
        read_patients,
        unread_facts,
        unshown_rules,
        write_patients,
    )
    from counterarm.protocol import ProtocolError, check_protocol_files

    project = project_here()
    named = files or patient_files(project.seeds.parent)
    if not named:
        raise click.UsageError(
            "there is no file of patients in tests/patients; name one"
        )
    # which sites are delivered is of no interest here: the patients are
    with refusals(ProtocolError):
        check_protocol_files(project.seeds / "protocol")
    n_differ = 0
    for file in named:
        shutil.rmtree(FOLDER / "delivery", ignore_errors=True)
        with refusals(PatientsFileError):
            subjects = write_patients(
                read_patients(file), FOLDER / "delivery", project.seeds / "mappings"
            )
        run_models(FOLDER / "delivery")
        with (
            refusals(PatientsFileError),
            opened(build_file(FOLDER / "patients.duckdb")) as warehouse,
        ):
            found = compare(warehouse, subjects)
            unread = unread_facts(warehouse)
            unshown = unshown_rules(warehouse, subjects)
        for difference in found.differences:
            click.echo(difference)
        for fact in unread:
            click.echo(f"{file}: not read: {fact}")
        n_differ += len(found.differences) + len(unread)
        if not quiet:
            for analysis, criterion in unshown:
                click.echo(
                    f"{file}: no patient is excluded by {criterion} ({analysis})"
                )
            click.echo(
                f"{file}: {len(subjects)} patients, {found.n_expected} expectations, "
                f"{len(found.differences)} not met"
            )
    sys.exit(1 if n_differ else 0)


def patient_files(assembled: Path) -> tuple[Path, ...]:
    """Return the files of patients here, and those that come with the package."""
    folders = {Path().absolute(), assembled.absolute()}
    files = {file for one in folders for file in one.glob("tests/patients/*.yml")}
    return tuple(map(shown_path, sorted(files)))


def run_models(delivery: Path) -> None:
    """Build the tables that are compared from a delivery, without tests and gates.

    Ends with dbt's errors if a model fails.
    """
    build_file(FOLDER / "patients.duckdb").unlink(missing_ok=True)
    run_dbt(["parse"], delivery)
    names = ancestors(FOLDER / "manifest.json", TABLES, without=GATES)
    without_tests = ("--exclude-resource-type", "test", "unit_test")
    run_dbt(["build", *without_tests, "--select", *names], delivery)


def run_dbt(arguments: list[str], delivery: Path) -> None:
    """Run dbt on the invented patients; end with its errors if it fails."""
    dbt = str(Path(sys.executable).with_name("dbt"))
    command = [dbt, *arguments, "--target-path", str(FOLDER), *AS_JSON]
    with running(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment(delivery),
    ) as process:
        lines = read_log(process.stdout)
        errors = [line.text for line in lines if line.is_error]
    if process.returncode:
        raise click.ClickException("\n".join(errors) or "dbt failed")


def environment(delivery: Path) -> Mapping[str, str]:
    """Return the environment in which dbt reads the invented patients."""
    settings = {
        "PROACT_DIR": delivery / "proact",
        "SITES_DIR": delivery / "sites",
        "WAREHOUSE": FOLDER / "patients.duckdb",
        "REPORT_DIR": FOLDER / "reports",
        "GATES_DIR": FOLDER / "gates",
    }
    paths = {
        f"COUNTERARM_{name}": str(path.absolute()) for name, path in settings.items()
    }
    return os.environ | paths | {"DBT_USE_COLORS": "false"}
