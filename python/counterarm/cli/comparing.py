"""The command that compares two warehouses."""

import sys
from pathlib import Path

import click

from counterarm.cli.settings import as_json, quiet, refusals
from counterarm.warehouse.diff import diff_text, diff_warehouses
from counterarm.warehouse.query import json_text

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@as_json
@quiet
def diff(old: Path, new: Path, as_json: bool, quiet: bool) -> None:
    r"""Say what changed from warehouse OLD to NEW: inputs, subjects, pairs, results.

    Numbers that agree to nine digits are equal. Exit code: 0 nothing differs, 1
    something does, 2 wrong usage.

    \b
    counterarm diff before.duckdb warehouse/counterarm.duckdb
    """
    with refusals():
        tables = diff_warehouses(old, new)
    if as_json:
        click.echo(json_text([table.to_dict() for table in tables]))
    elif not quiet:
        click.echo(diff_text(tables))
    sys.exit(0 if all(table.is_equal for table in tables) else 1)
