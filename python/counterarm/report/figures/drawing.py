"""Draw figures with Vega; also a process of its own that draws what it is handed.

    python -m counterarm.report.figures.drawing

reads one JSON object per line (spec, narrow, and path without its ending), writes the
SVG and PNG of spec there, and answers with a line of JSON: svg and narrow, or error. It
imports little, so that it starts quickly.
"""

import json
import sys
from pathlib import Path
from typing import Any

import vl_convert

from counterarm.report.figures.svg import rounded

# Okabe and Ito (2008): distinguishable with all kinds of colour vision.
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
)
INK, MUTED, LINE = "#1c2126", "#59626c", "#d9dde2"
FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans Condensed', sans-serif"
CONFIG = {
    "background": "white",
    "font": FONT,
    "padding": 6,
    "view": {"stroke": None},
    "aria": False,
    "axis": {
        "labelColor": MUTED,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12.5,
        "titlePadding": 10,
        "gridColor": LINE,
        "domainColor": MUTED,
        "tickColor": MUTED,
        "labelLimit": 420,
    },
    "header": {"labelColor": INK, "labelFontSize": 13, "titleColor": INK},
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12.5,
        "orient": "top",
        "symbolStrokeWidth": 2.5,
        "symbolSize": 130,
        "symbolOpacity": 1,
        "labelLimit": 320,
        "columnPadding": 24,
    },
    "title": {"color": INK, "fontSize": 13, "anchor": "start", "fontWeight": 600},
    "text": {"color": INK, "fontSize": 11.5},
    "mark": {"aria": False},
}


def to_svg(spec: dict[str, Any] | str) -> str:
    """Return the SVG of a Vega-Lite specification; the text of an SVG as it is."""
    if isinstance(spec, str):
        return spec
    return rounded(vl_convert.vegalite_to_svg({**spec, "config": CONFIG}))


def write_files(spec: dict[str, Any] | str, path: Path) -> str:
    """Write `path`.svg and `path`.png and return the SVG."""
    svg = to_svg(spec)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(f"{path.name}.svg").write_text(svg, encoding="utf-8")
    path.with_name(f"{path.name}.png").write_bytes(
        vl_convert.svg_to_png(svg, scale=1.6)
    )
    return svg


def main() -> None:
    """Draw what comes in, until nothing more does."""
    for line in sys.stdin:
        job = json.loads(line)
        try:
            narrow = job.get("narrow")
            answer = {
                "svg": write_files(job["spec"], Path(job["path"])),
                "narrow": None if narrow is None else to_svg(narrow),
            }
        except (OSError, ValueError) as error:
            answer = {"error": f"{job['path']}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
