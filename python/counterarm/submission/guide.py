"""A guide for reviewers: sections of paragraphs and tables, as one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from counterarm.warehouse.reader import Warehouse, ordered


@dataclass(frozen=True)
class GuideTable:
    """One table of a guide."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple, ...]


@dataclass(frozen=True)
class GuideSection:
    """A heading with its paragraphs and tables."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[GuideTable, ...] = ()


@dataclass(frozen=True)
class Guide:
    """A guide: its title and sections."""

    title: str
    sections: tuple[GuideSection, ...]


def write_guide(guide: Guide, target: Path) -> Path:
    """Write a guide as a self-contained HTML page, and return its path."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    asset = files("counterarm.submission") / "assets" / "guide.html.j2"
    template = environment.from_string(asset.read_text(encoding="utf-8"))
    target.write_text(template.render(guide=guide) + "\n", encoding="utf-8")
    return target


def table_of(
    warehouse: Warehouse,
    caption: str,
    headings: Sequence[str],
    table: str,
    sql: str,
) -> tuple[GuideTable, ...]:
    """Return the rows of a query, in order, as a table; none if `table` is missing.

    A query without rows gives a table whose caption states it.
    """
    if not warehouse.has(table):
        return ()
    rows = tuple(warehouse.rows(ordered(warehouse.sql(sql))))
    if not rows:
        caption = f"{caption}: none"
    return (GuideTable(caption, tuple(headings), rows),)


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
