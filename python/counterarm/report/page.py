"""Lay the page out: one HTML file with its style, script and figures in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from counterarm import __version__
from counterarm.report.sections.brief import Brief, Outcome
from counterarm.report.sections.section import Section
from counterarm.report.sources import query_of, source_of

SHARED = "all"
GENERATOR = 'name="generator" content="counterarm'


@dataclass(frozen=True)
class AnalysisPart:
    """An analysis on the page: its name, what it is, why it is made, what came out.

    `varies` is the analysis that it is a sensitivity analysis of, if any.
    """

    analysis_id: str
    label: str
    varies: str | None
    why: str
    outcome: Outcome
    sections: list[Section]


@dataclass(frozen=True)
class Page:
    """All that is on the page."""

    is_real: bool
    suppress_below: int | None
    left_out: str
    briefs: list[Brief]
    analyses: list[AnalysisPart]
    side_by_side: Section
    closing: list[Section]
    about: dict[str, str] = field(default_factory=dict)
    schemas: dict[str, str] = field(default_factory=dict)

    def families(self) -> list[tuple[AnalysisPart, list[AnalysisPart]]]:
        """Give each main analysis with its sensitivity analyses, in order.

        One whose main analysis is not on the page is listed separately.
        """
        names = {part.analysis_id for part in self.analyses}
        mains = [part for part in self.analyses if part.varies not in names]
        return [
            (main, [part for part in self.analyses if part.varies == main.analysis_id])
            for main in mains
        ]

    def by_folder(self) -> Iterator[tuple[str, list[Section]]]:
        """Give the sections with the folder of their files."""
        yield SHARED, [self.side_by_side, *self.closing]
        for part in self.analyses:
            yield part.analysis_id, part.sections


def render_page(page: Page) -> str:
    """Return the page as HTML that needs nothing beside it."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = environment.from_string(_asset("page.html.j2")).render(
        page=page,
        style=Markup(_asset("style.css")),
        script=Markup(_asset("script.js")),
        version=__version__,
        shared=SHARED,
        inline=lambda figure, where: Markup(_inline(figure, where)),
        source_of=lambda name: source_of(name, page.schemas),
        query_of=lambda table, where: query_of(
            table, None if where == SHARED else where
        ),
    )
    return "\n".join(line for line in text.splitlines() if line.strip()) + "\n"


def _inline(figure, where: str) -> str:
    # Marks of equal names in two analyses must not share an id.
    return figure.inline(f"{where}-{figure.name}")


@cache
def _asset(name: str) -> str:
    return (files("counterarm.report") / "assets" / name).read_text(encoding="utf-8")
