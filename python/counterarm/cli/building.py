"""The command that builds, with a progress bar where a person looks on."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click

from counterarm.cli.deliveries import make_demo
from counterarm.cli.projects import project_here
from counterarm.cli.reporting import report
from counterarm.cli.settings import (
    DEMO_DIR,
    progress_bar,
    quiet,
    refusals,
    warehouse,
)
from counterarm.dbt_log import AS_JSON, WITHOUT_UNIT_TESTS, read_log
from counterarm.summary import summary_text

INTERRUPTED = 130


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
    handed to dbt. Unit tests, which test code and not data, are left to `dbt build` and
    `make test`. Without a terminal, dbt's own lines are printed.
    Exit code: dbt's (0 passed, 1 something failed, 2 dbt could not run), 130
    interrupted. What was published before stays as it is until a build has passed.

    \b
    counterarm build
    counterarm build --select +cox
    """
    check_protocol()
    make_demo_if_needed(quiet)
    warehouse().parent.mkdir(parents=True, exist_ok=True)
    before = stamp(warehouse())
    dbt = str(Path(sys.executable).with_name("dbt"))
    command = [dbt, "build", *WITHOUT_UNIT_TESTS, *dbt_arguments]
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

    with refusals(ProtocolError):
        check_protocol_files(project_here().seeds / "protocol")


def stamp(file: Path) -> int | None:
    """Return what changes when another file takes the place of this one."""
    return file.stat().st_ino if file.exists() else None


def run_plainly(command: list[str]) -> int:
    """Run dbt with its own output; an interrupt waits until dbt has stopped."""
    colours = {} if sys.stdout.isatty() else {"DBT_USE_COLORS": "false"}
    process = subprocess.Popen(command, env=os.environ | colours)
    return waited(process)


def run_under_a_bar(command: list[str]) -> int:
    """Run dbt, count its nodes in a progress bar, and print only what went wrong."""
    process = subprocess.Popen(
        [*command, *AS_JSON],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"DBT_USE_COLORS": "false"},
    )
    try:
        with progress_bar("dbt build") as advance:
            for line in read_log(process.stdout):
                if line.is_trouble:
                    click.echo(f"\r{line.text}")
                advance(line.done, line.of)
    except KeyboardInterrupt:
        # what dbt says of it helps nobody, but it must not wait for a reader
        with suppress(KeyboardInterrupt):
            process.communicate()
        return waited(process, interrupted=True)
    return waited(process)


def waited(process: subprocess.Popen, *, interrupted: bool = False) -> int:
    """Wait for dbt, also through an interrupt, and return the exit code."""
    while True:
        try:
            code = process.wait()
            break
        except KeyboardInterrupt:
            interrupted = True
            process.send_signal(signal.SIGINT)
    if interrupted or code in (-signal.SIGINT, INTERRUPTED):
        click.echo("interrupted; what was published before is untouched", err=True)
        return INTERRUPTED
    return code


def make_demo_if_needed(quiet: bool) -> None:
    """Write the full-size demo where no delivery is configured and none is there."""
    configured = {"COUNTERARM_PROACT_DIR", "COUNTERARM_SITES_DIR"} & set(os.environ)
    if configured:
        return
    from counterarm.demo import is_whole_demo  # NumPy and pyarrow are slow to import

    # a demo of an earlier version lacks the markers, and would count as real
    if is_whole_demo(DEMO_DIR):
        return
    if not quiet:
        click.echo("no delivery is configured: making one up in demo/")
    make_demo(DEMO_DIR, quiet=quiet, release="2022")
