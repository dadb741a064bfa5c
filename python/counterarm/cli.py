"""The command line: make a demo delivery, build, and look at the result."""

import os
import subprocess
import sys
from pathlib import Path

import click
import duckdb

from counterarm import __version__
from counterarm.query import NoWarehouseError, query_text
from counterarm.report.command import report
from counterarm.summary import summary_text

SETTINGS = """
\b
Settings, each an environment variable:
  COUNTERARM_PROACT_DIR  folder of PRO-ACT CSVs           (demo/proact)
  COUNTERARM_SITES_DIR   folder with one folder per site  (demo/sites)
  COUNTERARM_WAREHOUSE   DuckDB file that readers open    (warehouse/counterarm.duckdb)
  COUNTERARM_REPORT_DIR  folder for report and gate pages (reports)
"""
DEMO_DIR = Path("demo")


@click.group(epilog=SETTINGS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """External control arms for ALS trials, from raw files to hazard ratios."""


@main.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--subjects", default=11_675, show_default=True, help="PRO-ACT subjects.")
@click.option("--seed", default=1, show_default=True, help="Equal seeds, equal files.")
@click.option(
    "--release",
    type=click.Choice(["2016", "2022", "2026"]),
    default="2022",
    show_default=True,
    help="PRO-ACT release whose file layout is written.",
)
@click.option(
    "--hazard-ratio",
    default=0.7,
    show_default=True,
    help="True conditional effect of the treatment on death.",
)
@click.option(
    "--slope-ratio",
    default=1.0,
    show_default=True,
    help="True effect of the treatment on the decline of the ALSFRS-R.",
)
def demo(
    directory: Path,
    subjects: int,
    seed: int,
    release: str,
    hazard_ratio: float,
    slope_ratio: float,
) -> None:
    """Write a made-up delivery to DIRECTORY: PRO-ACT's tables and two sites.

    Nobody real is in it. What was put in, above all the true effect, is written beside
    it in truth.json.
    """
    from counterarm.demo import write_demo  # NumPy and pandas are slow to import

    try:
        written = write_demo(
            directory,
            subjects=subjects,
            seed=seed,
            release=release,
            hazard_ratio=hazard_ratio,
            slope_ratio=slope_ratio,
        )
    except (ValueError, FileExistsError) as error:
        raise click.ClickException(str(error)) from None
    rows = sum(written.rows.values())
    click.echo(f"{directory}: {len(written.rows)} files, {rows:,} rows, made up")


main.add_command(report)


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--no-report", is_flag=True, help="Do not write the report at the end.")
@click.argument("dbt_arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def build(
    context: click.Context, no_report: bool, dbt_arguments: tuple[str, ...]
) -> None:
    """Run `dbt build`, after making the demo delivery if none is configured.

    A build of everything ends with the summary and the report. DBT_ARGUMENTS are
    handed to dbt. Exit code: dbt's (0 passed, 1 something failed,
    2 dbt could not run).
    """
    make_demo_if_needed()
    warehouse().parent.mkdir(parents=True, exist_ok=True)
    dbt = Path(sys.executable).with_name("dbt")
    finished = subprocess.run([dbt, "build", *dbt_arguments], check=False)
    if finished.returncode == 0 and not dbt_arguments:
        show_summary()
        if not no_report:
            context.invoke(report)
    sys.exit(finished.returncode)


@main.command()
@click.option("--strict", is_flag=True, help="Exit with 1 where the gate warns.")
def check(strict: bool) -> None:
    """Read the delivery up to its gate and list all that is in the way.

    Files, rows, rejected rows and values, values without a meaning, and the gate's
    expectations; nothing is published. Exit code: 0 passed, 1 passed with warnings
    (--strict only), 2 failed or cannot be read.
    """
    from counterarm.check import WARNED, check_delivery  # pandas is slow to import

    text, code = check_delivery(
        Path.cwd(),
        Path(os.environ.get("COUNTERARM_PROACT_DIR", DEMO_DIR / "proact")),
        Path(os.environ.get("COUNTERARM_SITES_DIR", DEMO_DIR / "sites")),
        Path(os.environ.get("COUNTERARM_REPORT_DIR", "reports")) / "check",
    )
    click.echo(text)
    sys.exit(0 if code == WARNED and not strict else code)


@main.command(name="map")
@click.argument(
    "site_dir", type=click.Path(path_type=Path, file_okay=False, exists=True)
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the drafts; default: mapping_SITE.",
)
def map_site(site_dir: Path, out: Path | None) -> None:
    """Draft the mapping seeds of the site whose files lie in SITE_DIR.

    Every row is a guess for a person to look at; nothing is overwritten.
    """
    from counterarm.drafting import DraftError, write_draft

    out = out or Path(f"mapping_{site_dir.resolve().name.lower()}")
    try:
        drafted = write_draft(site_dir.resolve(), out, Path("seeds"))
    except (DraftError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from None
    for name, rows in drafted.items():
        click.echo(f"{out / name}.csv: {rows} rows, each to be confirmed")
    click.echo("docs/sites.md says how to go on from here")


@main.command()
def summary() -> None:
    """Print what the published warehouse holds, in a few lines."""
    show_summary()


@main.command()
@click.argument("sql")
def query(sql: str) -> None:
    r"""Run SQL on the published warehouse and print the rows.

    \b
    counterarm query "from matching.pairs limit 3"
    """
    try:
        click.echo(query_text(warehouse(), sql))
    except (NoWarehouseError, duckdb.Error) as error:
        raise click.ClickException(str(error)) from None


def warehouse() -> Path:
    """Return the file of the published warehouse."""
    return Path(os.environ.get("COUNTERARM_WAREHOUSE", "warehouse/counterarm.duckdb"))


def show_summary() -> None:
    """Print the summary of the published warehouse."""
    try:
        click.echo(summary_text(warehouse()))
    except NoWarehouseError as error:
        raise click.ClickException(str(error)) from None


def make_demo_if_needed() -> None:
    """Write the full-size demo where no delivery is configured and none is there."""
    configured = {"COUNTERARM_PROACT_DIR", "COUNTERARM_SITES_DIR"} & set(os.environ)
    if configured or (DEMO_DIR / "truth.json").exists():
        return
    click.echo("no delivery is configured: making one up in demo/")
    from counterarm.demo import write_demo

    write_demo(DEMO_DIR, release="2022")
