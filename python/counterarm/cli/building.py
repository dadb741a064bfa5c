"""The command that builds, with a progress bar where a person looks on."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

import counterarm
from counterarm.child import running
from counterarm.cli.deliveries import make_demo
from counterarm.cli.projects import has_project, project_here
from counterarm.cli.reporting import report
from counterarm.cli.selection import is_selection, unknown_selection, with_tests
from counterarm.cli.settings import (
    DEMO_DIR,
    build_file,
    progress_bar,
    quiet,
    refusals,
    setting,
    shown_path,
    warehouse,
)
from counterarm.cli.stopping import INTERRUPTED
from counterarm.dbt_connection import remove_copies
from counterarm.dbt_log import (
    AS_JSON,
    NOTHING_SELECTED,
    WITHOUT_UNIT_TESTS,
    Line,
    read_log,
)
from counterarm.refresh.inputs import Inputs, ProjectFiles
from counterarm.refresh.plan import Plan, make_plan
from counterarm.refresh.prepared import Seen, look, prepared
from counterarm.warehouse.summary import summary_text

FAILED = 1
DBT = str(Path(sys.executable).with_name("dbt"))


@click.command(context_settings={"ignore_unknown_options": True})
@quiet
@click.option(
    "--verbose", "-v", is_flag=True, help="Print dbt's own lines, not a progress bar."
)
@click.option("--no-report", is_flag=True, help="Do not write the report at the end.")
@click.option("--full", is_flag=True, help="Build everything, changed or not.")
@click.argument("dbt_arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def build(
    context: click.Context,
    quiet: bool,
    verbose: bool,
    no_report: bool,
    full: bool,
    dbt_arguments: tuple[str, ...],
) -> None:
    r"""Run `dbt build`, after making the demo delivery if none is configured.

    Tables that depend on no changed input are copied from the published warehouse, if
    `counterarm build` built it: deliveries, seeds, settings, code (without comments)
    and libraries are compared. With --full or DBT_ARGUMENTS nothing is copied.
    A complete build ends with the summary and the report. DBT_ARGUMENTS are passed to
    dbt; with a selection, only tests of the tables that it builds are run. Unit tests,
    which test code and not data, are left to `dbt build` and `make test`. Without a
    terminal, dbt's own lines are printed. While another build writes the same
    warehouse, it waits.
    Exit code: dbt's (0 passed, 1 something failed or nothing was selected, 2 dbt could
    not run), 130 interrupted, 143 terminated: dbt is ended and copies of the delivery
    are removed. The published warehouse stays as it is until a build has passed;
    `counterarm query --build` looks into one that has not.

    \b
    counterarm build
    counterarm build --full
    counterarm build --select +cox
    """
    check_protocol(quiet)
    make_demo_if_needed(quiet)
    warehouse().parent.mkdir(parents=True, exist_ok=True)
    before = stamp(warehouse())
    command = [DBT, "build", *WITHOUT_UNIT_TESTS, *with_tests(dbt_arguments)]
    if quiet:
        run = run_quietly
    elif verbose or not sys.stdout.isatty():
        run = run_plainly
    else:
        run = run_under_a_bar
    if dbt_arguments or not has_project():
        code = run(command)
    else:
        plan, seen = planned(full)
        if not quiet:
            click.echo(plan.in_words())
        if plan.kind == "nothing":
            if not no_report and not is_report_of(warehouse()):
                context.invoke(report, quiet=quiet)
            return
        with prepared(plan, warehouse(), seen):
            code = run([*command, *plan.selection])
    if code == FAILED:
        click.echo(where_to_look(), err=True)
    if code == 0 and stamp(warehouse()) == before:
        if not quiet:
            click.echo(
                "only part of the project was built; only a complete build is published"
            )
    elif code == 0:
        if not quiet:
            with refusals():
                click.echo(summary_text(warehouse()))
        if not no_report:
            context.invoke(report, quiet=quiet)
    sys.exit(code)


def planned(full: bool) -> tuple[Plan, Seen]:
    """Return what is to be built, and what was there before that was found out."""
    project = project_here()
    inputs = Inputs(ProjectFiles.of(Path(), project.seeds.parent))
    seen = look(warehouse(), inputs)
    return make_plan(warehouse(), inputs, parse_project, full=full), seen


def parse_project() -> Path | None:
    """Have dbt read the project; return its manifest, None if dbt could not."""
    with running([DBT, "--quiet", "parse"], stdout=subprocess.DEVNULL) as dbt:
        pass
    folder = Path(os.environ.get("DBT_TARGET_PATH", "target"))
    return None if dbt.returncode else folder / "manifest.json"


def is_report_of(warehouse: Path) -> bool:
    """Return whether the report is newer than the warehouse and the code."""
    page = setting("REPORT_DIR", "reports") / "index.html"
    made_from = [warehouse, *Path(counterarm.__file__).parent.rglob("*.py")]
    return page.is_file() and page.stat().st_mtime > max(
        file.stat().st_mtime for file in made_from
    )


def check_protocol(quiet: bool) -> None:
    """Refuse an invalid protocol before dbt starts, which would take a minute.

    Analyses left out because a site is missing are printed, a line each.
    """
    # pandas is slow to import
    from counterarm.protocol import ProtocolError, check_protocol_files

    if not has_project():
        return  # dbt refuses a folder without a project
    sites = setting("SITES_DIR", DEMO_DIR / "sites")
    folder = project_here().seeds / "protocol"
    with refusals(ProtocolError):
        notes = check_protocol_files(folder, sites if sites.is_dir() else None)
    for note in notes if not quiet else ():
        click.echo(f"note: {note.reason}")


def stamp(file: Path) -> int | None:
    """Return what changes when another file takes the place of this one."""
    return file.stat().st_ino if file.exists() else None


def where_to_look() -> str:
    """Return where the tables of a failed build are, and how to look at them."""
    built = build_file(warehouse())
    if not built.is_file():
        return "nothing was built; the published warehouse is unchanged"
    return (
        f"not published: {shown_path(built)} holds what was built so far; look at it "
        'with `counterarm query --build "from TABLE"` and `counterarm describe '
        "--build`; the published warehouse is unchanged"
    )


def run_plainly(command: list[str]) -> int:
    """Run dbt and print its output."""
    return run_dbt(command, shows=lambda line: True, bar=False)


def run_quietly(command: list[str]) -> int:
    """Run dbt and print errors only."""
    return run_dbt(command, shows=lambda line: line.is_error, bar=False)


def run_under_a_bar(command: list[str]) -> int:
    """Run dbt, count its nodes in a progress bar, and print only what went wrong."""
    return run_dbt(command, shows=lambda line: line.is_trouble, bar=True)


def run_dbt(command: list[str], *, shows: Callable[[Line], bool], bar: bool) -> int:
    """Run dbt and print the lines of its log that `shows` picks; return its code.

    A selection that holds nothing, of which dbt makes nothing, is an error.
    """
    events = set()
    with (
        stoppable(),
        running(
            [*command, *AS_JSON],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=os.environ | {"DBT_USE_COLORS": "false"},
        ) as dbt,
        progress_bar("dbt build", hidden=not bar) as advance,
    ):
        for line in read_log(dbt.stdout):
            events.add(line.event)
            if shows(line):
                click.echo(f"\r{line.text}" if bar else line.text)
            advance(line.done, line.of, line.step)
    code = exit_code(dbt)
    if code == 0 and NOTHING_SELECTED in events and is_selection(command):
        project = project_here().seeds.parent
        raise click.ClickException(unknown_selection(command, project))
    return code


def exit_code(dbt: subprocess.Popen) -> int:
    """Return dbt's exit code; of one that a signal ended, 128 and its number."""
    return dbt.returncode if dbt.returncode >= 0 else 128 - dbt.returncode


@contextmanager
def stoppable() -> Iterator[None]:
    """Remove the copies of patients' rows after a signal, and report what is left."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as stop:
        by_hand = isinstance(stop, KeyboardInterrupt)
        remove_copies(build_file(warehouse()).absolute())
        click.echo(
            f"{'interrupted' if by_hand else 'terminated'}; the published warehouse "
            "is unchanged",
            err=True,
        )
        sys.exit(INTERRUPTED if isinstance(stop, KeyboardInterrupt) else stop.code)


def make_demo_if_needed(quiet: bool) -> None:
    """Write the full-size demo where no delivery is configured and none is there."""
    configured = {"COUNTERARM_PROACT_DIR", "COUNTERARM_SITES_DIR"} & set(os.environ)
    if configured:
        return
    from counterarm.demo import is_whole_demo  # NumPy and pyarrow are slow to import

    # a demo of an earlier version lacks the markers, and would count as real
    if is_whole_demo(DEMO_DIR):
        return
    project_here()  # no demo where there is nothing to build
    if not quiet:
        click.echo("no delivery is configured: generating a synthetic one in demo/")
    make_demo(DEMO_DIR, quiet=quiet, release="2022")
