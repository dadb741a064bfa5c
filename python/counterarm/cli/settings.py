"""What the commands share: settings, the warehouse, errors in one sentence."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import duckdb

from counterarm.gates.folder import gates_folder
from counterarm.run_times import Remaining, clock, last_run_times
from counterarm.warehouse.engines import UnknownEngineError
from counterarm.warehouse.query import (
    NotAQueryError,
    NotAWarehouseError,
    NoWarehouseError,
)
from counterarm.warehouse.reader import LackingError, Warehouse, open_warehouse

DEMO_DIR = Path("demo")

REFUSED = (
    NoWarehouseError,
    NotAWarehouseError,
    NotAQueryError,
    UnknownEngineError,
    LackingError,
    duckdb.Error,
)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
quiet = click.option(
    "--quiet", "-q", is_flag=True, help="Print errors and requested output only."
)


def setting(name: str, default: str | Path) -> Path:
    """Return the path that a COUNTERARM_ variable holds, or the default."""
    return Path(os.environ.get(f"COUNTERARM_{name}", default))


def warehouse() -> Path:
    """Return the file of the published warehouse.

    Raises `click.ClickException` where another engine holds it, and for a path that
    DuckDB would take for another one: it reads a `?` as the end of a file's name and a
    backslash as a slash.
    """
    if url := other_engine():
        raise click.ClickException(
            f"COUNTERARM_WAREHOUSE: {url} is for summary, describe, subject, export, "
            "report and analyses diff; this command needs a file of DuckDB"
        )
    path = setting("WAREHOUSE", "warehouse/counterarm.duckdb")
    for sign in "?\\":
        if os.sep != sign and sign in str(path.absolute()):
            raise click.ClickException(
                f"COUNTERARM_WAREHOUSE: {path.absolute()} holds {sign!r}, which DuckDB "
                "cannot have in the path of a warehouse; choose another file or folder"
            )
    return path


def other_engine() -> str | None:
    """Return the ENGINE://PLACE that COUNTERARM_WAREHOUSE names, None for a file."""
    named = os.environ.get("COUNTERARM_WAREHOUSE", "")
    return named if "://" in named else None


def source() -> Path | str:
    """Return where the published warehouse is read: its file, or ENGINE://PLACE."""
    return other_engine() or warehouse()


def build_file(warehouse: Path) -> Path:
    """Return the file that dbt builds in, as profiles.yml names it."""
    return Path(f"{str(warehouse).removesuffix('.duckdb')}_build.duckdb")


def asked_file(build: bool, file: Path | None) -> Path:
    """Return the warehouse to read: the published one, a build's, or a file."""
    if build and file:
        raise click.UsageError("--build and --file exclude each other")
    return file or (build_file(warehouse()) if build else warehouse())


def asked_source(build: bool, file: Path | None) -> Path | str:
    """Return what `asked_file` does, and where another engine holds it, that."""
    return asked_file(build, file) if build or file else source()


def of_another_warehouse(command: Callable) -> Callable:
    """Give a command the options that name another warehouse than the published."""
    for option in (
        click.option(
            "--file",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Read this warehouse, not the published one.",
        ),
        click.option(
            "--build",
            is_flag=True,
            help="Read the file of the last build, published or not.",
        ),
    ):
        command = option(command)
    return command


def gates_dir() -> Path:
    """Return the folder of the gates' pages."""
    return gates_folder(
        setting("REPORT_DIR", "reports"), os.environ.get("COUNTERARM_GATES_DIR", "")
    )


@contextmanager
def opened(where: Path | str | None = None) -> Iterator[Warehouse]:
    """Open a warehouse read-only, the published one if none is named.

    Errors end the command in a sentence.
    """
    with refusals(), open_warehouse(where or source()) as warehouse:
        yield warehouse


def shown_path(path: Path) -> Path:
    """Return a path as seen from here, where it lies below."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path


@contextmanager
def refusals(*kinds: type[Exception]) -> Iterator[None]:
    """Turn errors of DuckDB, of a missing warehouse and of `kinds` into a sentence."""
    refused: tuple[type[Exception], ...] = (*REFUSED, *kinds)
    try:
        yield
    except refused as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def progress_bar(label: str, *, hidden: bool = False) -> Iterator[Callable[..., None]]:
    """Show a bar with step, time so far and time left, where a person looks on.

    What it gives is called with the steps done and the steps in all, 0 while nobody
    knows them, and the name of the step where it has one. The bar is on the standard
    error.
    """
    hidden = hidden or not sys.stderr.isatty()
    begun = time.monotonic()
    remaining = Remaining({} if hidden else last_run_times())
    with click.progressbar(
        length=1,
        label=label,
        hidden=hidden,
        show_eta=False,
        item_show_func=lambda words: words,
        file=sys.stderr,
    ) as bar:

        def advance(done: int, of: int, step: str = "") -> None:
            if not of or hidden:
                return
            if done > bar.pos:
                remaining.finish(step)
            bar.length = of
            elapsed = time.monotonic() - begun
            left = remaining.seconds(done, of, elapsed)
            words = [clock(elapsed), f"about {clock(left)} left" if left else "", step]
            bar.update(max(done - bar.pos, 0), "  ".join(filter(None, words)))

        yield advance
