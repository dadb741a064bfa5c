"""The flow diagram: who came, who was left out and why, who was matched."""

import textwrap
from html import escape

import pandas as pd

from counterarm.report.figures.drawing import BLUE, INK, LINE, MUTED, VERMILLION
from counterarm.report.figures.figure import Figure
from counterarm.report.words import number

_STEM, _SIDE, _GAP = 132, 248, 24
_COLUMN = _STEM + _GAP + _SIDE
_BETWEEN, _MARGIN = 36, 4
_LINE = 15
_TITLES = {"treated": ("Treated", BLUE), "control": ("Controls", VERMILLION)}


def flow_diagram(flow: pd.DataFrame) -> Figure:
    """Draw both arms as CONSORT does, those who cannot be judged counted apart.

    `flow` are the rows of results.attrition_flow of one analysis.
    """
    parts, height, said = [], 0, []
    for column, (arm, (title, colour)) in enumerate(_TITLES.items()):
        steps = flow[flow["arm"] == arm].sort_values("step").to_dict("records")
        if not steps:
            continue
        drawn, bottom = _arm(steps, title, colour)
        x = _MARGIN + column * (_COLUMN + _BETWEEN)
        parts.append(f'<g transform="translate({x},{_MARGIN})">{drawn}</g>')
        height = max(height, bottom)
        said.append(
            f"{title}: {number(steps[0]['n_after'])} identified, "
            f"{number(steps[-1]['n_before'])} eligible, "
            f"{number(steps[-1]['n_after'])} matched"
        )
    width = 2 * _COLUMN + _BETWEEN + 2 * _MARGIN
    height += 2 * _MARGIN
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" '
        "font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\" "
        f'font-size="12.5"><rect width="{width}" height="{height}" fill="white"/>'
        f"{''.join(parts)}</svg>"
    )
    return Figure(
        "flow",
        "From all who were identified to the matched. A subject who cannot be "
        "judged is "
        "left out and counted apart.",
        "Flow diagram. " + "; ".join(said) + ".",
        svg,
    )


def _arm(steps: list[dict], title: str, colour: str) -> tuple[str, int]:
    first, last = steps[0], steps[-1]
    middle = [step for step in steps[1:-1]]
    out, y = [], 0
    box, y = _box(y, f"{title} identified", first["n_after"], colour)
    out.append(box)
    for step in middle:
        box, y = _side(y, step["label"], _reasons(step), step["n_after"])
        out.append(box)
    eligible = last["n_before"] if last["criterion"] == "matched" else last["n_after"]
    arrow, y = _arrow(y, 16)
    box, y = _box(y, "Eligible", eligible, colour)
    out += [arrow, box]
    if "matched" in str(last["criterion"]):
        label = "Not matched" if last["criterion"] == "matched" else last["label"]
        box, y = _side(y, label, _reasons(last, is_matching=True), None)
        arrow, y = _arrow(y, 14)
        out += [box, arrow]
        box, y = _box(y, "Matched", last["n_after"], colour)
        out.append(box)
    return "".join(out), y


def _reasons(step: dict, is_matching: bool = False) -> list[str]:
    failed, unknown = step["n_failed"], step["n_not_evaluable"]
    if isinstance(failed, str) and isinstance(unknown, str):
        return ["left out; counts hidden"]
    lines = [f"{number(failed)} {'left over' if is_matching else 'do not meet it'}"]
    if isinstance(unknown, str) or unknown:
        lines.append(f"{number(unknown)} cannot be judged")
    return lines


def _box(y: int, label: str, count: object, colour: str) -> tuple[str, int]:
    middle = _STEM / 2
    return (
        f'<rect x="0" y="{y}" width="{_STEM}" height="50" rx="7" fill="none" '
        f'stroke="{colour}" stroke-width="1.8"/>'
        f'<text x="{middle}" y="{y + 20}" text-anchor="middle" fill="{MUTED}" '
        f'font-size="11.5">{escape(label)}</text>'
        f'<text x="{middle}" y="{y + 40}" text-anchor="middle" fill="{INK}" '
        f'font-size="16" font-weight="600">{escape(number(count))}</text>'
    ), y + 50


def _side(
    y: int, label: str, reasons: list[str], after: object | None
) -> tuple[str, int]:
    lines = textwrap.wrap(label, 36)
    height = (len(lines) + len(reasons)) * _LINE + 14
    top, middle = y + 10, _STEM / 2
    centre = top + height / 2
    out = [
        f'<line x1="{middle}" y1="{y}" x2="{middle}" y2="{top + height}" '
        f'stroke="{MUTED}"/>',
        f'<path d="M{middle},{centre}H{_STEM + _GAP - 6}" fill="none" '
        f'stroke="{MUTED}"/>',
        f'<path d="M{_STEM + _GAP},{centre}l-7,-3.5v7Z" fill="{MUTED}"/>',
        f'<rect x="{_STEM + _GAP}" y="{top}" width="{_SIDE}" height="{height}" rx="6" '
        f'fill="none" stroke="{LINE}" stroke-width="1.4"/>',
    ]
    text_y = top + 18
    for line in lines:
        out.append(
            f'<text x="{_STEM + _GAP + 10}" y="{text_y}" fill="{INK}" '
            f'font-size="12">{escape(line)}</text>'
        )
        text_y += _LINE
    for line in reasons:
        out.append(
            f'<text x="{_STEM + _GAP + 10}" y="{text_y}" fill="{MUTED}" '
            f'font-size="12">{escape(line)}</text>'
        )
        text_y += _LINE
    if after is not None:
        out.append(
            f'<text x="{middle - 9}" y="{top + height}" text-anchor="end" '
            f'fill="{MUTED}" font-size="11.5">{escape(number(after))}</text>'
        )
    return "".join(out), top + height


def _arrow(y: int, length: int) -> tuple[str, int]:
    middle, end = _STEM / 2, y + length
    return (
        f'<line x1="{middle}" y1="{y}" x2="{middle}" y2="{end - 5}" stroke="{MUTED}"/>'
        f'<path d="M{middle},{end}l-3.5,-7h7Z" fill="{MUTED}"/>'
    ), end
