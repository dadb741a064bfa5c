"""Write the report: the page, and beside it its figures and tables as files."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from altair.utils.schemapi import debug_mode

from counterarm.report.delivered import of_delivered
from counterarm.report.disclosure.cells import suppress
from counterarm.report.disclosure.threshold import LEAST_SHOWN
from counterarm.report.figures.drawers import Drawers
from counterarm.report.page import (
    GENERATOR,
    SHARED,
    AnalysisPart,
    Page,
    render_page,
)
from counterarm.report.reading import NotReportableError, Results, read_results
from counterarm.report.sections import overview, papers
from counterarm.report.sections.analysis import analysis_sections
from counterarm.report.sections.brief import about_delivery, briefs, outcome
from counterarm.report.sections.safety import safety
from counterarm.report.sections.section import Section
from counterarm.report.words import is_missing
from counterarm.warehouse.reader import Source


@dataclass(frozen=True)
class Written:
    """What was written: the page, how many analyses, figures and tables, and bytes."""

    page: Path
    analyses: int
    figures: int
    tables: int
    size: int


def write_report(
    warehouse: Source,
    output: Path,
    *,
    suppress_below: int | None = None,
    show_small_cells: bool = False,
    analyses: Sequence[str] = (),
    on_progress: Callable[[int, int], None] = lambda done, of: None,
) -> Written:
    """Write index.html, figures/ and tables/ into `output`.

    Only schema `results` and the tables of an analysis that it lacks are read, and the
    same warehouse gives the same page, byte for byte. Analyses of whose sites nobody
    was delivered are left out, in a line. Counts of fewer people than `suppress_below`
    are hidden: by default than `LEAST_SHOWN` where the delivery is real, unless
    `show_small_cells`. `analyses` chooses some, all without; `on_progress` is told how
    many analyses are made, and of how many.

    Raises `NoWarehouseError` and `NotReportableError` for a warehouse that is not
    there, is too old or lacks an analysis, `ValueError` for a `suppress_below` under 2.
    """
    results, left_out = of_delivered(read_results(warehouse))
    if suppress_below is None and overview.is_real(results) and not show_small_cells:
        suppress_below = LEAST_SHOWN
    if suppress_below is not None:
        results = suppress(results, suppress_below)
    chosen = _chosen(results, analyses)
    results = replace(results, in_brief=_variants(results, chosen))
    folder = output.resolve()
    _clear(folder)
    # Figures are drawn beside this process, while it makes the next analysis ready.
    # The library checks each part of a figure against its schema, which takes as long
    # as all the rest; tests draw every figure.
    with debug_mode(False), Drawers() as drawers:

        def draw(where: str, sections: list[Section]) -> None:
            for section in sections:
                for figure in section.figures:
                    drawers.draw(figure, folder / "figures" / where / figure.name)

        parts = []
        for name in chosen:
            parts.append(_part(results, name))
            draw(name, parts[-1].sections)
            on_progress(len(parts), len(chosen))
        page = _page(results, chosen, parts, left_out)
        draw(SHARED, [page.side_by_side, *page.closing])
        for brief in page.briefs:
            if brief.curves is not None:
                where = folder / "figures" / brief.analysis_id
                drawers.draw(brief.curves, where / brief.curves.name)
    tables = _write_tables(folder / "tables", page)
    text = render_page(page)
    fresh = folder / ".index.html.new"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(folder / "index.html")
    return Written(
        folder / "index.html", len(chosen), drawers.count, tables, len(text.encode())
    )


def _clear(folder: Path) -> None:
    """Remove figures and tables of an earlier report: its analyses may be no more.

    A folder that holds no report of ours may hold figures of someone else's: they stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    if page.is_file() and GENERATOR in page.read_text("utf-8", "replace")[:2000]:
        for name in ("figures", "tables"):
            shutil.rmtree(folder / name, ignore_errors=True)


def _chosen(results: Results, analyses: Sequence[str]) -> list[str]:
    ordered = results.of("analysis_summary")["analysis_id"].tolist()
    unknown = sorted(set(analyses) - set(ordered))
    if unknown:
        raise NotReportableError(
            f"no analysis {', '.join(unknown)}, or nobody of its sites was delivered: "
            f"there are {', '.join(ordered) or 'none with patients'}"
        )
    return [name for name in ordered if not analyses or name in analyses]


def _variants(results: Results, chosen: list[str]) -> frozenset[str]:
    """Return the analyses that vary another one that is on the page too."""
    rows = results.of("analysis_summary")
    varies = rows["based_on"].isin(chosen) & rows["analysis_id"].isin(chosen)
    return frozenset(rows["analysis_id"][varies])


def _part(results: Results, analysis_id: str) -> AnalysisPart:
    rows = results.of("analysis_summary", analysis_id)
    return AnalysisPart(
        analysis_id,
        rows["label"].iloc[0],
        None if is_missing(rows["based_on"].iloc[0]) else rows["based_on"].iloc[0],
        rows["why"].iloc[0],
        outcome(results, analysis_id),
        analysis_sections(results, analysis_id),
    )


def _page(
    results: Results,
    chosen: list[str],
    parts: list[AnalysisPart],
    left_out: str,
) -> Page:
    harm = safety(results)
    return Page(
        is_real=overview.is_real(results),
        suppress_below=results.suppress_below,
        left_out=left_out,
        briefs=briefs(results, chosen),
        analyses=parts,
        side_by_side=overview.side_by_side(results, chosen),
        closing=[
            *([harm] if harm is not None else []),
            *([papers.ledger(results)] if len(results.of("ledger")) else []),
            overview.quality(results),
            overview.provenance(results),
        ],
        about=about_delivery(results),
        schemas=results.schemas,
    )


def _write_tables(folder: Path, page: Page) -> int:
    count = 0
    for where, sections in page.by_folder():
        for table in (table for section in sections for table in section.tables):
            (folder / where).mkdir(parents=True, exist_ok=True)
            path = folder / where / f"{table.name}.csv"
            table.frame.to_csv(path, index=False, lineterminator="\n")
            count += 1
    return count
