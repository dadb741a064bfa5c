"""What the commands share: the settings, the warehouse, errors said in a sentence."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import duckdb

from counterarm.gate_folder import gates_folder
from counterarm.query import NoWarehouseError, open_warehouse

DEMO_DIR = Path("demo")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
quiet = click.option(
    "--quiet", "-q", is_flag=True, help="Print nothing but errors and what was asked."
)


def setting(name: str, default: str | Path) -> Path:
    """Return the path that a COUNTERARM_ variable holds, or the default."""
    return Path(os.environ.get(f"COUNTERARM_{name}", default))


def warehouse() -> Path:
    """Return the file of the published warehouse."""
    return setting("WAREHOUSE", "warehouse/counterarm.duckdb")


def gates_dir() -> Path:
    """Return the folder of the gates' pages."""
    return gates_folder(
        setting("REPORT_DIR", "reports"), os.environ.get("COUNTERARM_GATES_DIR", "")
    )


@contextmanager
def opened() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published warehouse read-only; errors end the command in a sentence."""
    with refusals(), open_warehouse(warehouse()) as connection:
        yield connection


@contextmanager
def refusals(*kinds: type[Exception]) -> Iterator[None]:
    """Turn errors of DuckDB, of a missing warehouse and of `kinds` into a sentence."""
    try:
        yield
    except (NoWarehouseError, duckdb.Error, *kinds) as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def progress_bar(
    label: str, *, hidden: bool = False
) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on the standard error, where a person looks on.

    What it gives is called with the steps done and the steps in all, 0 while nobody
    knows them.
    """
    hidden = hidden or not sys.stderr.isatty()
    with click.progressbar(
        # the first steps are the quickest or slowest: no time left is foretold
        length=1,
        label=label,
        hidden=hidden,
        show_eta=False,
        file=sys.stderr,
    ) as bar:

        def advance(done: int, of: int) -> None:
            if of:
                bar.length = of
                bar.update(max(done - bar.pos, 0))

        yield advance
