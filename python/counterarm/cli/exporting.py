"""The command that writes tables and submission packages to files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from counterarm.cli.asking import show_small_cells
from counterarm.cli.completion import complete_analysis
from counterarm.cli.settings import opened, refusals
from counterarm.report.disclosure.threshold import least_shown
from counterarm.warehouse.reader import Warehouse

TABLE_FORMATS = ("csv", "parquet", "json", "xpt")
PACKAGE_FORMATS = ("xpt", "dataset-json", "dataset-ndjson")


@click.command()
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--analysis",
    "analyses",
    multiple=True,
    shell_complete=complete_analysis,
    help="Write the matched cohort of this analysis.",
)
@click.option(
    "--schema",
    "schemas",
    multiple=True,
    help="Write every table of a schema, as sdtm, adam or results.",
)
@click.option(
    "--package",
    is_flag=True,
    help="Write a submission package of each study: SDTM and ADaM with define.xml.",
)
@click.option(
    "--study",
    "studies",
    multiple=True,
    help="With --package: write this study only; repeatable.",
)
@click.option(
    "--dates",
    type=click.Choice(["none", "anchor"]),
    default="none",
    show_default=True,
    help="With --package, for a study without dates: no dates, or dates counted "
    "from 2000-01-01, marked SYNTHETIC.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(dict.fromkeys(TABLE_FORMATS + PACKAGE_FORMATS))),
    help="Default: csv, and xpt (SAS Version 5) of a package. xpt is for sdtm and "
    "adam, Dataset-JSON for packages.",
)
@click.option(
    "--spreadsheet-safe/--no-spreadsheet-safe",
    default=True,
    show_default=True,
    help="Begin text of a csv that a spreadsheet would run, as =1+1, with an "
    "apostrophe; numbers stay as they are.",
)
@show_small_cells
def export(
    out: Path,
    analyses: tuple[str, ...],
    schemas: tuple[str, ...],
    package: bool,
    studies: tuple[str, ...],
    dates: str,
    form: str | None,
    spreadsheet_safe: bool,
    show_small_cells: bool,
) -> None:
    r"""Write matched cohorts, whole schemas or submission packages to files in OUT.

    One folder per analysis and schema, with columns.csv, which describes each column;
    for a package one folder per STUDYID, with sdtm and adam in it. The files hold
    patients' rows: keep them where the data are kept. Only those of the schema results
    identify no patient; where the delivery is of real patients, they are written
    without counts of 1 to 4 people.

    \b
    counterarm export out --analysis ONE
    counterarm export out --schema sdtm --schema adam --format xpt
    counterarm export out --package --study PROACT --dates anchor
    """
    check_options(analyses, schemas, package, studies, form)
    from counterarm.submission.metadata import SubmissionError
    from counterarm.warehouse.export import ExportError

    with opened() as warehouse, refusals(ExportError, SubmissionError, OSError):
        if package:
            from counterarm.submission.package import write_packages

            list_files(
                write_packages(
                    warehouse, out, wanted=studies, form=form or "xpt", dates=dates
                )
            )
        else:
            list_files(
                tables(
                    warehouse,
                    out,
                    analyses,
                    schemas,
                    form or "csv",
                    spreadsheet_safe,
                    show_small_cells,
                )
            )


def check_options(
    analyses: tuple[str, ...],
    schemas: tuple[str, ...],
    package: bool,
    studies: tuple[str, ...],
    form: str | None,
) -> None:
    """Raise `click.UsageError` for options that do not go together."""
    if not (analyses or schemas or package):
        raise click.UsageError(
            "name what to write with --analysis, --schema or --package"
        )
    if package and (analyses or schemas):
        raise click.UsageError(
            "--package cannot be combined with --analysis or --schema"
        )
    if studies and not package:
        raise click.UsageError("--study requires --package")
    forms = PACKAGE_FORMATS if package else TABLE_FORMATS
    if form and form not in forms:
        what = "a package" if package else "tables"
        raise click.UsageError(f"{what}: --format is {', '.join(forms)}, not {form}")


def tables(
    warehouse: Warehouse,
    out: Path,
    analyses: tuple[str, ...],
    schemas: tuple[str, ...],
    form: str,
    spreadsheet_safe: bool,
    show_small_cells: bool,
) -> Iterable[dict]:
    """Write cohorts and schemas, and yield file and n_rows of each."""
    from counterarm.warehouse.export import export_cohort, export_schema

    # the other schemas hold patients' rows, and are written whole
    below = None
    if "results" in schemas:
        below = least_shown(warehouse, show_small_cells=show_small_cells)
    wanted: list[Any] = [(export_cohort, name, {}) for name in analyses]
    wanted += [(export_schema, name, {"suppress_below": below}) for name in schemas]
    for write, name, more in wanted:
        yield from write(
            warehouse,
            name,
            out / name,
            form,
            spreadsheet_safe=spreadsheet_safe,
            **more,
        )


def list_files(files: Iterable[dict]) -> None:
    """Print each file with its number of rows as it is written."""
    for file in files:
        click.echo(f"{file['file']}: {file['n_rows']:,} rows")
