"""Commands on a delivery: generate one, check one, map a site, write blank forms."""

import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from counterarm.cli.projects import project_here
from counterarm.cli.settings import (
    DEMO_DIR,
    gates_dir,
    progress_bar,
    quiet,
    refusals,
    setting,
    warehouse,
)
from counterarm.project import shipped
from counterarm.warehouse.query import json_text


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--subjects", default=11_675, show_default=True, help="PRO-ACT subjects.")
@click.option(
    "--seed", default=1, show_default=True, help="The same seed gives the same files."
)
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
@click.option(
    "--complete-ascertainment",
    is_flag=True,
    help="Deaths and survival are known equally long, and nobody is lost to follow-up.",
)
@click.option(
    "--death-half-life",
    type=float,
    metavar="DAYS",
    help="Ascertainment of deaths after the next planned visit declines: half of them "
    "are ascertained at so many days after it.",
)
@click.option(
    "--stops-coming",
    default=0.0,
    show_default=True,
    metavar="SHARE",
    help="Share of PRO-ACT's patients without a visit in the last 60 to 180 days of "
    "life.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="TABLE",
    help="A PRO-ACT table not to write, such as LABS; may be given again.",
)
@click.option(
    "--registry",
    default=0,
    show_default=True,
    metavar="PATIENTS",
    help="Write a third site too, a registry without doses of so many patients.",
)
@click.option(
    "--site-measurements",
    is_flag=True,
    help="Each site has a measurements.csv: vital capacity, weight and height.",
)
@quiet
def demo(
    directory: Path,
    subjects: int,
    seed: int,
    release: str,
    hazard_ratio: float,
    slope_ratio: float,
    complete_ascertainment: bool,
    death_half_life: float | None,
    stops_coming: float,
    without: tuple[str, ...],
    registry: int,
    site_measurements: bool,
    quiet: bool,
) -> None:
    r"""Write a synthetic delivery to DIRECTORY: PRO-ACT's tables and two sites.

    It contains no real patient. The true parameters, above all the treatment effect,
    are in truth.json beside it.

    \b
    counterarm demo demo
    counterarm demo small --subjects 600 --release 2016
    counterarm demo null --hazard-ratio 1 --stops-coming 0.5 --without LABS
    counterarm demo pooled --registry 400
    """
    from counterarm.demo import Ascertainment  # NumPy is slow to import

    with refusals(ValueError, FileExistsError):
        ascertainment = Ascertainment(
            complete_ascertainment, death_half_life, stops_coming
        )
        rows = make_demo(
            directory,
            quiet=quiet,
            subjects=subjects,
            seed=seed,
            release=release,
            hazard_ratio=hazard_ratio,
            slope_ratio=slope_ratio,
            ascertainment=ascertainment,
            without=without,
            registry=registry,
            site_measurements=site_measurements,
        )
    if not quiet:
        n = sum(rows.values())
        click.echo(f"{directory}: {len(rows)} files, {n:,} rows, synthetic")


def make_demo(directory: Path, *, quiet: bool, **wanted: Any) -> dict[str, int]:
    """Write a demo under a progress bar, and return the rows of each file."""
    from counterarm.demo import write_demo  # NumPy and pandas are slow to import

    with progress_bar("synthetic rows", hidden=quiet) as advance:
        return write_demo(directory, on_progress=advance, **wanted).rows


@click.command()
@click.option("--strict", is_flag=True, help="Exit with 1 where the gate warns.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, an object for each finding."
)
@click.option(
    "--adam",
    type=click.Path(path_type=Path),
    metavar="PLACE",
    help="Check the ADaM of a warehouse or folder instead, by the rules of "
    "seeds/conformance.",
)
@click.option("--study", help="With --adam: only the study of this STUDYID.")
@quiet
def check(
    strict: bool, as_json: bool, adam: Path | None, study: str | None, quiet: bool
) -> None:
    r"""Read protocol and delivery up to the gate and list all that is in the way.

    Invalid rows of the protocol, files, rows, rejected rows and values, values
    without a row in site_codes.csv, subjects that may be the same person, differences
    from the last published build and from the sender's manifest.csv, and the gate's
    expectations; nothing is published. Exit code: 0 passed, 1 passed with warnings
    (--strict only), 2 failed or cannot be read.

    With --adam, the datasets of PLACE are checked instead, study by study: XPT,
    Dataset-JSON, NDJSON, SAS7BDAT or Parquet of a folder (in its folders adam and sdtm,
    where it has them), or the tables of a warehouse. Findings that
    seeds/conformance/allowed_findings.csv explains do not count.

    \b
    COUNTERARM_PROACT_DIR=~/data/proact COUNTERARM_SITES_DIR=~/data/sites \
        counterarm check --strict
    counterarm check --adam warehouse/counterarm.duckdb
    counterarm check --adam out/HANYANG
    """
    if adam is not None:
        check_adam_at(adam, study, strict=strict, as_json=as_json, quiet=quiet)
    if study is not None:
        raise click.UsageError("--study needs --adam")
    from counterarm.check import FAILED, WARNED, check_delivery  # pandas is slow

    project = project_here()
    with progress_bar("check", hidden=quiet) as advance:
        checked = check_delivery(
            project.folder,
            setting("PROACT_DIR", DEMO_DIR / "proact"),
            setting("SITES_DIR", DEMO_DIR / "sites"),
            gates_dir() / "check",
            last_build=warehouse(),
            on_progress=advance,
        )
    code = checked.code
    if as_json:
        click.echo(json_text(checked.to_dict()))
    elif not quiet or code == FAILED:
        click.echo(checked.text)
    sys.exit(0 if code == WARNED and not strict else code)


def check_adam_at(
    place: Path, study: str | None, *, strict: bool, as_json: bool, quiet: bool
) -> NoReturn:
    """Check the ADaM of a place, print what was found, and exit with its code."""
    from counterarm.conformance import AdamError, check_adam  # DuckDB is slow

    project = project_here()
    with refusals(AdamError):
        checked = check_adam(place, project.seeds, study=study)
    code = checked.code(strict=strict)
    if as_json:
        click.echo(json_text(checked.to_dict()))
    elif not quiet or code:
        click.echo(checked.text)
    sys.exit(code)


@click.command(name="map")
@click.argument(
    "site_dir", type=click.Path(path_type=Path, file_okay=False, exists=True)
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the drafts; default: mapping_SITE.",
)
def map_site(site_dir: Path, out: Path | None) -> None:
    r"""Draft the mapping seeds of the site whose files lie in SITE_DIR.

    Every row is a guess for a person to look at; nothing is overwritten.

    \b
    counterarm map ~/data/sites/graz
    """
    from counterarm.intake.drafting import DraftError, write_draft

    out = out or Path(f"mapping_{site_dir.resolve().name.lower()}")
    with refusals(DraftError, FileNotFoundError):
        drafted = write_draft(site_dir.resolve(), out, project_here().seeds)
    for name, n in drafted.n_rows.items():
        rows = "1 row, to be confirmed" if n == 1 else f"{n} rows, each to be confirmed"
        click.echo(f"{out / name}.csv: {rows}")
    if drafted.not_found:
        click.echo(
            f"no column was recognised for {', '.join(drafted.not_found)}: see the "
            "rows of site_columns.csv whose note is `not known`"
        )
    click.echo("docs/sites.md describes the next steps")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
def template(directory: Path) -> None:
    r"""Write the blank files of a site to DIRECTORY: CSVs and one workbook.

    A site fills either. The workbook has a sheet for each table and one that explains
    every column: meaning, type, allowed terms, an example. Nothing is overwritten.

    \b
    counterarm template ~/data/sites/ulm
    """
    from counterarm.template import TemplateError, write_template

    with refusals(TemplateError):
        written = write_template(
            directory, project_here().seeds, shipped() / "models" / "01_staging"
        )
    for path in written:
        click.echo(path)
    click.echo("docs/sites.md describes how they are read")


@click.command()
@click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False, exists=True)
)
@quiet
def manifest(directory: Path, quiet: bool) -> None:
    r"""Write manifest.csv: the files that a sender sends, with their rows.

    Each file of DIRECTORY with its rows after the heading and its SHA-256. Where one
    lies in a folder, `check` and `build` compare the files with it, so that what was
    lost or changed on the way is seen.

    \b
    counterarm manifest ~/data/sites/graz
    """
    from counterarm.intake import write_manifest  # pandas is slow to import

    with refusals(OSError):
        path = write_manifest(directory)
    if not quiet:
        n = len(path.read_text(encoding="utf-8").splitlines()) - 1
        click.echo(f"{path}: {n} files")
