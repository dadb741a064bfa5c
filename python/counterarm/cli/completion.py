"""Completion in the shell, of commands and of names in the warehouse and protocol.

DuckDB is asked itself: after a press of the tab key half a second for ibis is long.
"""

import click
import duckdb
from click.shell_completion import CompletionItem, get_completion_class

from counterarm.cli.settings import warehouse
from counterarm.warehouse.query import (
    NotAWarehouseError,
    NoWarehouseError,
    open_locked,
)

VARIABLE = "_COUNTERARM_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    r"""Print the lines that let SHELL complete commands, tables and analyses.

    \b
    eval "$(counterarm completion bash)"      # in ~/.bashrc
    counterarm completion fish > ~/.config/fish/completions/counterarm.fish
    """
    from counterarm.cli import main

    made = get_completion_class(shell)(main, {}, "counterarm", VARIABLE)
    click.echo(made.source())


def complete_table(
    _context: click.Context, _parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Complete the name of a table of the warehouse."""
    return items(
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where not internal and contains(schema_name || '.' || table_name, ?) "
        "order by all",
        begun,
    )


def complete_analysis(
    _context: click.Context, _parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Complete the name of an analysis."""
    return items(
        "select analysis_id from results.analysis_summary "
        "where is_delivered and starts_with(analysis_id, ?) order by analysis_id",
        begun,
    )


def items(sql: str, begun: str) -> list[CompletionItem]:
    """Return what the warehouse offers; nothing where it cannot be read."""
    try:
        with open_locked(warehouse()) as connection:
            rows = connection.execute(sql, [begun]).fetchall()
    except (click.ClickException, NoWarehouseError, NotAWarehouseError, duckdb.Error):
        return []
    return [CompletionItem(row[0]) for row in rows]
