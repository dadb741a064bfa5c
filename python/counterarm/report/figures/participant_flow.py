"""The flow diagram: identified, excluded and why, matched."""

import textwrap
from dataclasses import dataclass
from html import escape

import pandas as pd

from counterarm.report.figures.drawing import (
    BLUE,
    FONT,
    INK,
    LINE,
    MUTED,
    VERMILLION,
)
from counterarm.report.figures.figure import Figure
from counterarm.report.words import number

_GAP, _BETWEEN, _MARGIN = 24, 36, 4
_LINE = 15
_TITLES = {"treated": ("Treated", BLUE), "control": ("Controls", VERMILLION)}


@dataclass(frozen=True)
class _Size:
    """Widths of the boxes of an arm in px, and characters of a line of the side box."""

    stem: int
    side: int
    characters: int

    @property
    def column(self) -> int:
        return self.stem + _GAP + self.side


_WIDE, _NARROW = _Size(132, 248, 36), _Size(104, 204, 29)


def flow_diagram(flow: pd.DataFrame) -> Figure:
    """Draw both arms as in CONSORT, those who are not evaluable counted separately.

    `flow` are the rows of results.attrition_flow of one analysis.
    """
    said = []
    for arm, (title, _) in _TITLES.items():
        steps = _steps(flow, arm)
        if steps:
            last = steps[-1]
            # steps put together to hide a small count have no number between them
            is_apart = last["criterion"] == "matched"
            eligible = f"{number(last['n_before'])} eligible, " if is_apart else ""
            said.append(
                f"{title}: {number(steps[0]['n_after'])} identified, "
                f"{eligible}{number(last['n_after'])} matched"
            )
    return Figure(
        "flow",
        "Participant flow from identification to matching. Subjects who are not "
        "evaluable for a criterion are excluded and counted separately.",
        "Flow diagram. " + "; ".join(said) + ".",
        _drawn(flow, _WIDE, is_beside=True),
        _drawn(flow, _NARROW, is_beside=False),
    )


def _steps(flow: pd.DataFrame, arm: str) -> list[dict]:
    return flow[flow["arm"] == arm].sort_values("step").to_dict("records")


def _drawn(flow: pd.DataFrame, size: _Size, *, is_beside: bool) -> str:
    """Draw the arms beside each other, or below each other on a narrow screen."""
    parts, x, y, width, height = [], _MARGIN, _MARGIN, 0, 0
    for arm, (title, colour) in _TITLES.items():
        steps = _steps(flow, arm)
        if not steps:
            continue
        drawn, bottom = _arm(steps, title, colour, size)
        parts.append(f'<g transform="translate({x},{y})">{drawn}</g>')
        width = max(width, x + size.column + _MARGIN)
        height = max(height, y + bottom + _MARGIN)
        if is_beside:
            x += size.column + _BETWEEN
        else:
            y += bottom + _BETWEEN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" '
        f'font-family="{FONT}" font-size="12.5">'
        f'<rect width="{width}" height="{height}" fill="white"/>'
        f"{''.join(parts)}</svg>"
    )


def _arm(steps: list[dict], title: str, colour: str, size: _Size) -> tuple[str, int]:
    first, last = steps[0], steps[-1]
    middle = [step for step in steps[1:-1]]
    out, y = [], 0
    box, y = _box(y, f"{title} identified", first["n_after"], colour, size)
    out.append(box)
    for step in middle:
        box, y = _side(y, step["label"], _reasons(step), step["n_after"], size)
        out.append(box)
    is_apart = last["criterion"] == "matched"
    has_matching = "matched" in str(last["criterion"])
    if is_apart or not has_matching:
        eligible = last["n_before"] if is_apart else last["n_after"]
        arrow, y = _arrow(y, 16, size)
        box, y = _box(y, "Eligible", eligible, colour, size)
        out += [arrow, box]
    if has_matching:
        label = "Not matched" if is_apart else last["label"]
        box, y = _side(y, label, _reasons(last, is_matching=True), None, size)
        arrow, y = _arrow(y, 14, size)
        out += [box, arrow]
        box, y = _box(y, "Matched", last["n_after"], colour, size)
        out.append(box)
    return "".join(out), y


def _reasons(step: dict, is_matching: bool = False) -> list[str]:
    failed, unknown = step["n_failed"], step["n_not_evaluable"]
    if isinstance(failed, str) and isinstance(unknown, str):
        return ["excluded; counts hidden"]
    lines = [f"{number(failed)} {'unmatched' if is_matching else 'not met'}"]
    if isinstance(unknown, str) or unknown:
        lines.append(f"{number(unknown)} not evaluable")
    return lines


def _box(
    y: int, label: str, count: object, colour: str, size: _Size
) -> tuple[str, int]:
    middle = size.stem / 2
    return (
        f'<rect x="0" y="{y}" width="{size.stem}" height="50" rx="7" fill="none" '
        f'stroke="{colour}" stroke-width="1.8"/>'
        f'<text x="{middle}" y="{y + 20}" text-anchor="middle" fill="{MUTED}" '
        f'font-size="11.5">{escape(label)}</text>'
        f'<text x="{middle}" y="{y + 40}" text-anchor="middle" fill="{INK}" '
        f'font-size="16" font-weight="600">{escape(number(count))}</text>'
    ), y + 50


def _side(
    y: int, label: str, reasons: list[str], after: object | None, size: _Size
) -> tuple[str, int]:
    lines = textwrap.wrap(label, size.characters)
    height = (len(lines) + len(reasons)) * _LINE + 14
    top, middle = y + 10, size.stem / 2
    centre = top + height / 2
    out = [
        f'<line x1="{middle}" y1="{y}" x2="{middle}" y2="{top + height}" '
        f'stroke="{MUTED}"/>',
        f'<path d="M{middle},{centre}H{size.stem + _GAP - 6}" fill="none" '
        f'stroke="{MUTED}"/>',
        f'<path d="M{size.stem + _GAP},{centre}l-7,-3.5v7Z" fill="{MUTED}"/>',
        f'<rect x="{size.stem + _GAP}" y="{top}" width="{size.side}" '
        f'height="{height}" rx="6" fill="none" stroke="{LINE}" stroke-width="1.4"/>',
    ]
    text_y = top + 18
    for line in lines:
        out.append(
            f'<text x="{size.stem + _GAP + 10}" y="{text_y}" fill="{INK}" '
            f'font-size="12">{escape(line)}</text>'
        )
        text_y += _LINE
    for line in reasons:
        out.append(
            f'<text x="{size.stem + _GAP + 10}" y="{text_y}" fill="{MUTED}" '
            f'font-size="12">{escape(line)}</text>'
        )
        text_y += _LINE
    if after is not None:
        out.append(
            f'<text x="{middle - 9}" y="{top + height}" text-anchor="end" '
            f'fill="{MUTED}" font-size="11.5">{escape(number(after))}</text>'
        )
    return "".join(out), top + height


def _arrow(y: int, length: int, size: _Size) -> tuple[str, int]:
    middle, end = size.stem / 2, y + length
    return (
        f'<line x1="{middle}" y1="{y}" x2="{middle}" y2="{end - 5}" stroke="{MUTED}"/>'
        f'<path d="M{middle},{end}l-3.5,-7h7Z" fill="{MUTED}"/>'
    ), end
