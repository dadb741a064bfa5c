"""A figure: drawn once, and put into the page so that it follows its colours."""

import re
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import altair as alt
import pandas as pd

from counterarm.report.figures.drawing import (
    BLUE,
    GREEN,
    INK,
    LINE,
    MUTED,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    to_svg,
)

SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)

# In the page a colour is a property of the style sheet, which light and dark mode set.
_IN_PAGE = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    LINE: "var(--line)",
    "white": "var(--paper)",
    **{colour: f"var(--series-{i})" for i, colour in enumerate(SERIES, 1)},
}


@dataclass(frozen=True)
class Figure:
    """A figure with its name for files, its caption and what it says without eyes.

    `spec` is a Vega-Lite specification, or the text of an SVG drawn otherwise.
    """

    name: str
    caption: str
    alt: str
    spec: dict[str, Any] | str

    @cached_property
    def svg(self) -> str:
        """Draw the figure as an SVG file, on white; once."""
        return to_svg(self.spec)

    def inline(self, own: str) -> str:
        """Return the figure as a part of the page: one image to a screen reader.

        `own` makes the ids within it its own. Values of marks stand in `data-tip`, for
        the page's script to show.
        """
        svg = self.svg
        width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()
        inner = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
        inner = re.sub(r"<rect[^>]*fill=\"white\"[^>]*/>", "", inner, count=1)
        inner = re.sub(r' (role|aria-roledescription|aria-hidden)="[^"]*"', "", inner)
        inner = inner.replace(" aria-label=", " data-tip=")
        inner = re.sub(r' pointer-events="none"', "", inner)
        inner = re.sub(r' font-family="[^"]*"', "", inner)
        inner = re.sub(r"<title>[^<]*</title>", "", inner)
        inner = re.sub(
            r'<path class="(back|fore)ground"[^>]*d="M0,0h0v0h0Z"[^>]*/>', "", inner
        )
        inner = re.sub(r'<path class="foreground"[^>]*display="none"[^>]*/>', "", inner)
        inner = _lifted(_own_ids(inner, own))
        for colour, name in _IN_PAGE.items():
            inner = inner.replace(f'"{colour}"', f'"{name}"')
        return (
            f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'style="min-width: min(34rem, {width}px)" '
            f'role="img" aria-label="{escape(self.alt)}" '
            f'xmlns="http://www.w3.org/2000/svg">{inner}</svg>'
        )


def _own_ids(svg: str, own: str) -> str:
    own = re.sub(r"\W+", "_", own)
    svg = re.sub(r' id="([^"]+)"', rf' id="{own}_\1"', svg)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{own}_\1)", svg)


_MARKS = re.compile(
    r'(<g class="mark-(?:symbol|rule|text|rect)[^>]*)>'
    r"((?:<(?:path|line|text) [^>]*?(?:/>|>[^<]*</text>))+)</g>"
)
_INHERITED = (
    *("fill", "stroke", "stroke-width", "stroke-dasharray", "opacity"),
    *("font-size", "font-weight", "text-anchor"),
)


def _lifted(svg: str) -> str:
    """Say once, of a group of marks, what all of them have: a third of the bytes."""

    def lift(found: re.Match) -> str:
        opening, marks = found.groups()
        said = [
            dict(re.findall(r' ([\w-]+)="([^"]*)"', mark))
            for mark in re.findall(r"<(?:path|line|text) [^>]*>", marks)
        ]
        for name in _INHERITED:
            values = {mark.get(name) for mark in said}
            if len(said) > 1 and len(values) == 1 and None not in values:
                text = f' {name}="{values.pop()}"'
                if text not in opening:
                    opening += text
                marks = marks.replace(text, "")
        return f"{opening}>{marks}</g>"

    return _MARKS.sub(lift, svg)


class Drawing:
    """Charts of one figure. Their data are handed over once, not by every layer."""

    def __init__(self) -> None:
        self._datasets: dict[str, list[dict]] = {}

    def chart(self, frame: pd.DataFrame, **properties: Any) -> alt.Chart:
        """Return a chart of a frame, numbers to four decimals and null for none."""
        name = f"data-{len(self._datasets)}"
        columns = {
            column: [
                None if value != value else value
                for value in (
                    frame[column].astype(float).round(4).tolist()
                    if pd.api.types.is_numeric_dtype(frame[column])
                    else frame[column].tolist()
                )
            ]
            for column in frame
        }
        self._datasets[name] = [
            dict(zip(columns, values, strict=True))
            for values in zip(*columns.values(), strict=True)
        ]
        return alt.Chart(alt.NamedData(name=name), **properties)

    def spec(self, chart: alt.TopLevelMixin) -> dict[str, Any]:
        """Return the specification of the whole figure."""
        spec = chart.to_dict(validate=False)
        return {**spec, "datasets": self._datasets}


def series_colours(names: list[str]) -> dict[str, str]:
    """Give each group its colour: treated blue, controls vermillion, then in order."""
    fixed = {"treated": BLUE, "control": VERMILLION}
    free = [c for c in SERIES if c not in fixed.values()] * (len(names) // 4 + 1)
    return {name: fixed.get(name) or free.pop(0) for name in names}
