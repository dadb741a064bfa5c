"""Write the report: the page, and beside it its figures and tables as files."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from counterarm.report import overview
from counterarm.report.figure import Figure
from counterarm.report.page import AnalysisPart, Page, render_page
from counterarm.report.reading import NotReportableError, Results, read_results
from counterarm.report.sections import analysis_sections
from counterarm.report.small_cells import suppress

# Drawing is done by a library that runs beside Python.
_WORKERS = 2


@dataclass(frozen=True)
class Written:
    """What was written: the page, how many analyses, figures and tables, and bytes."""

    page: Path
    analyses: int
    figures: int
    tables: int
    size: int


def write_report(
    warehouse: Path,
    output: Path,
    *,
    suppress_below: int | None = None,
    analyses: Sequence[str] = (),
    progress: Callable[[Iterable], Iterable] = iter,
) -> Written:
    """Write index.html, figures/ and tables/ into `output`.

    Only schema `results` and the tables of an analysis that it lacks are read, and the
    same warehouse gives the same page, byte for byte. `analyses` chooses some, all
    without; `progress` wraps what is iterated over, one step per figure.

    Raises `NoWarehouseError` and `NotReportableError` for a warehouse that is not
    there, is too old or lacks an analysis, `ValueError` for a `suppress_below` under 2.
    """
    results = read_results(warehouse)
    if suppress_below is not None:
        results = suppress(results, suppress_below)
    chosen = _chosen(results, analyses)
    page = _page(results, chosen, suppress_below)
    folder = output.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("figures", "tables"):
        # What an earlier report wrote may be of analyses that are no more.
        shutil.rmtree(folder / name, ignore_errors=True)
    figures = [
        (where, figure)
        for where, sections in page.by_folder()
        for section in sections
        for figure in section.figures
    ]
    with ThreadPoolExecutor(_WORKERS) as pool:
        done = pool.map(lambda job: _write_figure(folder / "figures", *job), figures)
        for _ in progress(done):
            pass
    tables = _write_tables(folder / "tables", page)
    text = render_page(page)
    fresh = folder / ".index.html.new"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(folder / "index.html")
    return Written(
        folder / "index.html", len(chosen), len(figures), tables, len(text.encode())
    )


def _chosen(results: Results, analyses: Sequence[str]) -> list[str]:
    there = results.of("analysis_summary").copy()
    there["family"] = there["based_on"].fillna(there["analysis_id"])
    there["is_variant"] = there["based_on"].notna()
    # The main analysis comes first, what varies it after it.
    ordered = there.sort_values(["family", "is_variant", "analysis_id"])["analysis_id"]
    unknown = sorted(set(analyses) - set(ordered))
    if unknown:
        raise NotReportableError(
            f"no analysis {', '.join(unknown)}: there are {', '.join(ordered)}"
        )
    return [name for name in ordered if not analyses or name in analyses]


def _page(results: Results, chosen: list[str], small: int | None) -> Page:
    summary = results.of("analysis_summary").set_index("analysis_id")
    parts = [
        AnalysisPart(
            name,
            summary.at[name, "label"],
            summary.at[name, "why"],
            analysis_sections(results, name, small),
        )
        for name in chosen
    ]
    return Page(
        is_real=overview.is_real(results),
        suppress_below=small,
        briefs=overview.briefs(results, chosen),
        analyses=parts,
        side_by_side=overview.side_by_side(results, chosen),
        closing=[
            overview.ledger(results),
            overview.quality(results),
            overview.provenance(results),
        ],
    )


def _write_figure(folder: Path, where: str, figure: Figure) -> None:
    target = folder / where
    target.mkdir(parents=True, exist_ok=True)
    (target / f"{figure.name}.svg").write_text(figure.svg, encoding="utf-8")
    (target / f"{figure.name}.png").write_bytes(figure.png())


def _write_tables(folder: Path, page: Page) -> int:
    count = 0
    for where, sections in page.by_folder():
        for table in (table for section in sections for table in section.tables):
            (folder / where).mkdir(parents=True, exist_ok=True)
            path = folder / where / f"{table.name}.csv"
            table.frame.to_csv(path, index=False, lineterminator="\n")
            count += 1
    return count
