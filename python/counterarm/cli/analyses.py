"""Commands on the analyses of the protocol: list them, add one, compare two."""

import sys
from dataclasses import asdict

import click
import duckdb

from counterarm.cli.projects import project_here
from counterarm.cli.settings import as_json, refusals, source
from counterarm.protocol.files import (
    ProtocolFileError,
    ProtocolFiles,
    add_analysis,
    differences,
    read_protocol_files,
)
from counterarm.protocol.presets import PresetError, preset_of, presets
from counterarm.warehouse.query import (
    NotAWarehouseError,
    NoWarehouseError,
    json_text,
    table_text,
)
from counterarm.warehouse.reader import LackingError, open_warehouse

RESULTS = (
    "analysis_id",
    "n_treated_eligible",
    "n_control_eligible",
    "n_pairs",
    "n_events",
    "hazard_ratio",
    "ci_low",
    "ci_high",
)


@click.group()
def analyses() -> None:
    """List the analyses of the protocol, add one, compare two."""


def protocol_files() -> ProtocolFiles:
    """Return the protocol of the project in the current folder."""
    with refusals(ProtocolFileError):
        return read_protocol_files(project_here().seeds / "protocol")


@analyses.command(name="list")
@as_json
def list_analyses(as_json: bool) -> None:
    r"""List the analyses in seeds/protocol: name, base, label, reason.

    \b
    counterarm analyses list
    """
    rows = protocol_files().seeds["analyses"]
    shown = [[row["analysis_id"], row["based_on"], row["label"]] for row in rows]
    if as_json:
        click.echo(json_text(rows))
    else:
        click.echo(table_text(["analysis_id", "based_on", "label"], shown))


@analyses.command(name="presets")
@as_json
def list_presets(as_json: bool) -> None:
    r"""List the designs of published studies that `add --preset` starts from.

    Ratios are as printed; an empty cell was not stated.

    \b
    counterarm analyses presets
    """
    rows = [asdict(each) for each in presets()]
    if as_json:
        click.echo(json_text(rows))
        return
    shown = ["preset", "label", "printed_ratio", "printed_low", "printed_high", "needs"]
    click.echo(table_text(shown, [[row[name] for name in shown] for row in rows]))


@analyses.command()
@click.argument("new")
@click.option("--from", "source", help="The analysis to start from.")
@click.option("--label", default="", help="A short description.")
@click.option("--why", default="", help="Which question it answers.")
@click.option(
    "--edit",
    "to_edit",
    multiple=True,
    help="A seed whose rows are copied for editing, e.g. eligibility; repeatable.",
)
@click.option("--main", is_flag=True, help="A main analysis of another site.")
@click.option("--site", default="", help="The site of --main: the name of its folder.")
@click.option("--preset", help="The design of a published study; see `presets`.")
@click.option(
    "--control", default="", help="The registry that is the preset's control."
)
def add(
    new: str,
    source: str | None,
    label: str,
    why: str,
    to_edit: tuple[str, ...],
    main: bool,
    site: str,
    preset: str | None,
    control: str,
) -> None:
    r"""Add the analysis NEW to seeds/protocol.

    A sensitivity analysis takes the rows of the analysis that it is based on, except
    in the seeds named with --edit, whose rows are copied under its name: edit those,
    then build.

    \b
    counterarm analyses add mine --from ONE --edit eligibility \
        --label "Up to 60 years" --why "Age may change the effect"

    With --main it is based on no other. It starts with the rows that every analysis
    needs: arms and index days, eligibility, propensity-score pairs, overall survival
    and one Cox model. With --from as well, every row of that analysis is copied.

    \b
    counterarm analyses add mine --main --site MYSITE \
        --label "My site" --why "Patients of another hospital"

    With --preset it is a main analysis with the design of a published study.

    \b
    counterarm analyses add mine --preset amx0035_centaur --site MYSITE
    """
    site = site.strip()
    with refusals(PresetError):
        design = preset_of(preset, control.strip()) if preset else None
    if design:
        if source or to_edit:
            raise click.UsageError("--preset cannot be used with --from or --edit")
        main, label, why = True, label or design.label, why or design.why
    elif control:
        raise click.UsageError("--control needs --preset")
    if not label or not why:
        raise click.UsageError("--label and --why are needed, except with --preset")
    if main and not site:
        option = "--preset" if design else "--main"
        raise click.UsageError(f"{option} needs --site, the name of the site's folder")
    if site and not main:
        raise click.UsageError(
            "--site needs --main: a sensitivity analysis has the site of its base"
        )
    if main and to_edit:
        raise click.UsageError(
            "--edit cannot be used with --main, which writes rows into every file"
        )
    if not main and not source:
        raise click.UsageError(
            "name the analysis to start from with --from, or use --main and --site"
        )
    files, folder = protocol_files(), project_here().edited / "protocol"
    with refusals(ProtocolFileError):
        written = add_analysis(
            files,
            new,
            source,
            label=label,
            why=why,
            to_edit=to_edit,
            site=site or None,
            preset=design,
            control=control.strip(),
            folder=folder,
        )
    for seed, first, last in written:
        lines = f"line {first}" if first == last else f"lines {first}-{last}"
        click.echo(f"{folder / seed}.csv: {lines}")
    click.echo(next_step(main, source))


def next_step(main: bool, source: str | None) -> str:
    """Say what to do with the rows that were written."""
    if not main:
        return "edit these rows, then run `counterarm build`"
    if source:
        return (
            f"delete the rows that apply only to {source} (groups, subgroups, models, "
            "dose contrasts, ...), edit the others, then run `counterarm build`"
        )
    return (
        "edit these rows (eligibility and the terms of the score first), run "
        "`counterarm check`, then `counterarm build`"
    )


@analyses.command()
@click.argument("first")
@click.argument("second")
@as_json
def diff(first: str, second: str, as_json: bool) -> None:
    r"""Compare the protocol rows and the results of FIRST and SECOND.

    The results are those of the published warehouse; an analysis that is not in it
    is named. Exit code: 0 the rows are the same, 1 they differ.

    \b
    counterarm analyses diff ONE ANOTHER
    """
    with refusals(ProtocolFileError):
        rows = differences(protocol_files(), first, second)
    results, unread = [], None
    try:
        with open_warehouse(source()) as opened:
            rows_of = opened.table("results.analysis_summary", *RESULTS)
            named = rows_of.filter(rows_of.analysis_id.isin([first, second]))
            results = opened.records(named.order_by("analysis_id"))
    except NoWarehouseError:
        pass
    except (duckdb.Error, LackingError, NotAWarehouseError) as error:
        unread = str(error)
    built = {row["analysis_id"] for row in results}
    # None: unknown, because the warehouse cannot be read
    not_built = None if unread else sorted({first, second} - built)
    if as_json:
        click.echo(
            json_text({"protocol": rows, "results": results, "not_built": not_built})
        )
    else:
        for part in (rows, results):
            if part:
                click.echo(
                    table_text(list(part[0]), [list(row.values()) for row in part])
                )
                click.echo()
        for name in not_built or []:
            click.echo(f"{name}: not in the warehouse yet; run counterarm build")
        if unread:
            click.echo(f"the results cannot be read: {unread}")
        if not rows:
            click.echo("both have the same protocol")
    sys.exit(1 if rows else 0)
