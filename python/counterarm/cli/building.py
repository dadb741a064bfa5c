"""The command that builds, with a progress bar where a person looks on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from counterarm.child import running
from counterarm.cli.deliveries import make_demo
from counterarm.cli.reporting import report
from counterarm.cli.settings import (
    DEMO_DIR,
    progress_bar,
    quiet,
    refusals,
    warehouse,
)
from counterarm.cli.stopping import INTERRUPTED
from counterarm.dbt_connection import remove_copies
from counterarm.dbt_log import AS_JSON, read_log
from counterarm.summary import summary_text

PROTOCOL = Path("seeds/protocol")


@click.command(context_settings={"ignore_unknown_options": True})
@quiet
@click.option(
    "--verbose", "-v", is_flag=True, help="Print dbt's own lines, not a progress bar."
)
@click.option("--no-report", is_flag=True, help="Do not write the report at the end.")
@click.argument("dbt_arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def build(
    context: click.Context,
    quiet: bool,
    verbose: bool,
    no_report: bool,
    dbt_arguments: tuple[str, ...],
) -> None:
    r"""Run `dbt build`, after making the demo delivery if none is configured.

    A build of everything ends with the summary and the report. DBT_ARGUMENTS are
    handed to dbt. Without a terminal, dbt's own lines are printed. While another
    build writes the same warehouse, it waits.
    Exit code: dbt's (0 passed, 1 something failed, 2 dbt could not run), 130
    interrupted, 143 terminated: dbt is ended and copies of the delivery are removed.
    What was published before stays as it is until a build has passed.

    \b
    counterarm build
    counterarm build --select +cox
    """
    check_protocol()
    make_demo_if_needed(quiet)
    warehouse().parent.mkdir(parents=True, exist_ok=True)
    before = stamp(warehouse())
    command = [str(Path(sys.executable).with_name("dbt")), "build", *dbt_arguments]
    if quiet:
        code = run_plainly([*command, "--quiet"])
    elif verbose or not sys.stdout.isatty():
        code = run_plainly(command)
    else:
        code = run_under_a_bar(command)
    if code == 0 and stamp(warehouse()) == before:
        if not quiet:
            click.echo("a part was built; only a build of everything is published")
    elif code == 0:
        if not quiet:
            with refusals():
                click.echo(summary_text(warehouse()))
        if not no_report:
            context.invoke(report, quiet=quiet)
    sys.exit(code)


def check_protocol() -> None:
    """Refuse a protocol that makes no sense, before dbt needs a minute to say so."""
    # pandas is slow to import
    from counterarm.protocol import ProtocolError, check_protocol_files

    if (PROTOCOL / "analyses.csv").is_file():
        with refusals(ProtocolError):
            check_protocol_files(PROTOCOL)


def stamp(file: Path) -> int | None:
    """Return what changes when another file takes the place of this one."""
    return file.stat().st_ino if file.exists() else None


def run_plainly(command: list[str]) -> int:
    """Run dbt with its own output."""
    colours = {} if sys.stdout.isatty() else {"DBT_USE_COLORS": "false"}
    with stoppable(), running(command, env=os.environ | colours) as dbt:
        dbt.wait()
    return exit_code(dbt)


def run_under_a_bar(command: list[str]) -> int:
    """Run dbt, count its nodes in a progress bar, and print only what went wrong."""
    with (
        stoppable(),
        running(
            [*command, *AS_JSON],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"DBT_USE_COLORS": "false"},
        ) as dbt,
        progress_bar("dbt build") as advance,
    ):
        for line in read_log(dbt.stdout):
            if line.is_trouble:
                click.echo(f"\r{line.text}")
            advance(line.done, line.of)
    return exit_code(dbt)


def exit_code(dbt: subprocess.Popen) -> int:
    """Return dbt's exit code; of one that a signal ended, 128 and its number."""
    return dbt.returncode if dbt.returncode >= 0 else 128 - dbt.returncode


@contextmanager
def stoppable() -> Iterator[None]:
    """Say what a signal left behind, and remove the copies of patients' rows."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as stop:
        by_hand = isinstance(stop, KeyboardInterrupt)
        remove_copies(build_file())
        click.echo(
            f"{'interrupted' if by_hand else 'terminated'}; what was published before "
            "is untouched",
            err=True,
        )
        sys.exit(INTERRUPTED if by_hand else stop.code)


def build_file() -> Path:
    """Return the file that dbt writes, as profiles.yml has it."""
    name = str(warehouse()).replace(".duckdb", "") + "_build.duckdb"
    return Path(name).absolute()


def make_demo_if_needed(quiet: bool) -> None:
    """Write the full-size demo where no delivery is configured and none is there."""
    configured = {"COUNTERARM_PROACT_DIR", "COUNTERARM_SITES_DIR"} & set(os.environ)
    if configured or (DEMO_DIR / "truth.json").exists():
        return
    if not quiet:
        click.echo("no delivery is configured: making one up in demo/")
    make_demo(DEMO_DIR, quiet=quiet, release="2022")
