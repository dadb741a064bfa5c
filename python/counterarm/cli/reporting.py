"""The command `counterarm report`."""

from pathlib import Path

import click

from counterarm.cli.completion import complete_analysis
from counterarm.cli.settings import (
    progress_bar,
    quiet,
    refusals,
    setting,
    shown_path,
    source,
)


@click.command()
@click.option(
    "--warehouse",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Published warehouse; default: COUNTERARM_WAREHOUSE.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that gets index.html, figures/ and tables/; default: "
    "COUNTERARM_REPORT_DIR.",
)
@click.option(
    "--suppress-below",
    type=click.IntRange(min=2),
    help="Hide counts of fewer people than this, and cells that would reveal them; "
    "default: 5 unless the delivery is synthetic.",
)
@click.option(
    "--show-small-cells",
    is_flag=True,
    help="Show all counts even if the delivery is real.",
)
@click.option(
    "--analysis",
    "analyses",
    multiple=True,
    shell_complete=complete_analysis,
    help="Only this analysis; repeatable.",
)
@quiet
def report(
    warehouse: Path | None,
    output: Path | None,
    suppress_below: int | None,
    show_small_cells: bool,
    analyses: tuple[str, ...],
    quiet: bool,
) -> None:
    r"""Write the report of the published warehouse as one page, index.html.

    The page needs no network. Its figures are beside it as SVG and PNG, its tables as
    CSV. Analyses of sites that were not delivered are left out. If the delivery is of
    real patients, counts of 1 to 4 people are hidden.

    \b
    counterarm report
    counterarm report --suppress-below 5 --output ~/to_share
    counterarm report --analysis ONE --analysis ANOTHER
    """
    if show_small_cells and suppress_below is not None:
        raise click.UsageError(
            "--show-small-cells and --suppress-below exclude each other"
        )
    # Drawing is slow to import.
    from counterarm.report.reading import NotReportableError
    from counterarm.report.words import plural
    from counterarm.report.write import write_report

    with refusals(NotReportableError), progress_bar("report", hidden=quiet) as advance:
        written = write_report(
            warehouse or source(),
            output or setting("REPORT_DIR", "reports"),
            suppress_below=suppress_below,
            show_small_cells=show_small_cells,
            analyses=analyses,
            on_progress=advance,
        )
    if not quiet:
        click.echo(
            f"report: {shown_path(written.page)} ("
            f"{plural(written.analyses, 'analysis', 'analyses')}, "
            f"{plural(written.figures, 'figure')}, {plural(written.tables, 'table')}, "
            f"{written.size / 1e6:.1f} MB)"
        )
