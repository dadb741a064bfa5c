"""Commands that read the published warehouse."""

import sys
from pathlib import Path

import click

from counterarm.cli.completion import complete_analysis, complete_table
from counterarm.cli.settings import (
    as_json,
    asked_file,
    asked_source,
    of_another_warehouse,
    opened,
    refusals,
    source,
)
from counterarm.subject import (
    UnknownSubjectError,
    find_subject,
    path_text,
    subject_path,
)
from counterarm.warehouse.describe import (
    UnknownTableError,
    describe_table,
    list_tables,
    table_description_text,
)
from counterarm.warehouse.query import json_text, query_file, query_text, table_text
from counterarm.warehouse.summary import summary_text

show_small_cells = click.option(
    "--show-small-cells",
    is_flag=True,
    help="Show counts of 1 to 4 even if the delivery is real.",
)


@click.command()
@show_small_cells
def summary(show_small_cells: bool) -> None:
    """Print what the published warehouse holds, in a few lines.

    Analyses of whose sites nobody was delivered are left out. Where the delivery is of
    real patients, counts of 1 to 4 are hidden.
    """
    with refusals():
        click.echo(summary_text(source(), show_small_cells=show_small_cells))


@click.command()
@click.argument("sql")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    help="Default: table, or what the name of --out ends in.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write."
)
@of_another_warehouse
def query(
    sql: str, form: str | None, out: Path | None, build: bool, file: Path | None
) -> None:
    r"""Run one SQL query on the published warehouse and print the rows.

    SQL may be - to read it from the standard input. With --build it is asked of what
    the last build made, also where that failed and was not published. It reads the
    warehouse only: no other file, no setting, no extension; --out is the way to write,
    and writes what the rows hold (`export` keeps text from being run as a formula).

    \b
    counterarm query "from matching.pairs limit 3"
    counterarm query "from analysis.cox" --format json
    counterarm query "from matching.matched_subjects" --out matched.parquet
    counterarm query --build "from cohort.attrition"
    """
    asked = asked_file(build, file)
    if sql == "-":
        sql = sys.stdin.read()
    if out is None:
        if form == "parquet":
            raise click.UsageError("parquet is a binary format: name a file with --out")
        with refusals():
            click.echo(query_text(asked, sql, form or "table"))
        return
    form = form or out.suffix.lstrip(".").lower()
    if form not in ("csv", "json", "parquet"):
        raise click.UsageError(f"{out}: a file is csv, json or parquet, not {form!r}")
    with refusals(OSError):
        n_rows = query_file(asked, sql, form, out)
    click.echo(f"{out}: {n_rows:,} rows")


@click.command()
@click.argument("table", required=False, shell_complete=complete_table)
@click.option("--schema", help="List the tables of one schema only.")
@as_json
@of_another_warehouse
def describe(
    table: str | None,
    schema: str | None,
    as_json: bool,
    build: bool,
    file: Path | None,
) -> None:
    r"""Say what TABLE holds and what each column means; without TABLE, list them all.

    \b
    counterarm describe
    counterarm describe --schema analysis
    counterarm describe matching.matched_subjects
    """
    if table and schema and "." not in table:
        table = f"{schema}.{table}"
    with opened(asked_source(build, file)) as warehouse, refusals(UnknownTableError):
        if table is None:
            rows = list_tables(warehouse, schema)
            text = table_text(list(rows[0]), [list(row.values()) for row in rows])
            click.echo(json_text(rows) if as_json else text)
            return
        described = describe_table(warehouse, table)
    click.echo(json_text(described) if as_json else table_description_text(described))


@click.command()
@click.argument("usubjid")
@click.option(
    "--analysis",
    "analyses",
    multiple=True,
    shell_complete=complete_analysis,
    help="Show this analysis step by step; repeatable.",
)
@as_json
def subject(usubjid: str, analyses: tuple[str, ...], as_json: bool) -> None:
    r"""Follow one subject from its raw lines to its endpoint.

    Answers "why is this patient not in the analysis?": the eligibility steps with what
    was asked and found, and with whom the subject was matched. USUBJID may be the
    subject's number alone where only one study has it. Without --analysis, the main
    analyses are shown step by step and the others in a line.

    \b
    counterarm subject HANYANG-HYU-0122
    counterarm subject HYU-0122 --analysis ANOTHER
    """
    with opened() as warehouse, refusals(UnknownSubjectError):
        path = subject_path(warehouse, find_subject(warehouse, usubjid))
    unknown = set(analyses) - {analysis.analysis_id for analysis in path.analyses}
    if unknown:
        raise click.ClickException(
            f"no analysis {sorted(unknown)[0]!r}; there are "
            + ", ".join(analysis.analysis_id for analysis in path.analyses)
        )
    if as_json:
        click.echo(json_text(path.to_dict()))
    else:
        click.echo(path_text(path, analyses or None))
