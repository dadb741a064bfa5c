"""A figure: drawn once, and put into the page so that it follows its colours."""

from dataclasses import dataclass
from functools import cached_property
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
from counterarm.report.figures.svg import inline_svg

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

    `spec` is a Vega-Lite specification, or the text of an SVG drawn otherwise;
    `narrow` is the same for a screen of 390 px, where the other would be too small to
    read.
    """

    name: str
    caption: str
    alt: str
    spec: dict[str, Any] | str
    narrow: dict[str, Any] | str | None = None

    @cached_property
    def svg(self) -> str:
        """Draw the figure as an SVG file, on white; once."""
        return to_svg(self.spec)

    @cached_property
    def narrow_svg(self) -> str | None:
        """Draw the figure for a narrow screen, if there is a separate one."""
        return None if self.narrow is None else to_svg(self.narrow)

    def inline(self, own: str) -> str:
        """Return the figure as a part of the page: one image to a screen reader.

        `own` makes the ids within it its own. Values of marks stand in `data-tip`, for
        the page's script to show. A figure with a narrow drawing is there twice, of
        which the style sheet shows one.
        """
        whole = inline_svg(self.svg, own, self.alt, _IN_PAGE)
        if self.narrow_svg is None:
            return whole
        narrow = inline_svg(self.narrow_svg, f"{own}-narrow", self.alt, _IN_PAGE)
        return (
            f'<div class="on-wide">{whole}</div><div class="on-narrow">{narrow}</div>'
        )


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
