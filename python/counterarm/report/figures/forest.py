"""Forest plots of hazard ratios."""

import altair as alt
import pandas as pd

from counterarm.report.figures.drawing import INK, MUTED
from counterarm.report.figures.figure import Drawing, Figure, series_colours
from counterarm.report.words import estimate_text, ratio

_WIDTH = 400
_ESTIMATES_AT = _WIDTH + 12
_ASIDE_AT = _ESTIMATES_AT + 128
# Beyond these a ratio is drawn at the edge, with an arrow; its text says how large.
_LOW, _HIGH = 0.02, 20.0
_TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)


def forest(
    name: str,
    caption: str,
    rows: pd.DataFrame,
    order: list[str],
    by: str,
    aside: str | None = None,
    main: list[str] | None = None,
) -> Figure:
    """Draw hazard ratios with intervals on a log scale, one row per `label`.

    `rows` have label, hazard_ratio, ci_low, ci_high and the column `by`, which
    distinguishes the marks of one row; the column `aside` is written beside the
    estimates. The intervals of the rows labelled `main`, or of all, set the scale;
    others end in an arrow where they go beyond it.
    """
    draw = Drawing()
    rows = rows[rows["hazard_ratio"].notna()].copy()
    rows["text"] = [estimate_text(row) for row in rows.to_dict("records")]
    rows["tip"] = [
        f"{label}, {kind}: {text}"
        for label, kind, text in zip(rows["label"], rows[by], rows["text"], strict=True)
    ]
    low, high = _scale(rows[rows["label"].isin(main)] if main else rows)
    numbers = ("hazard_ratio", "ci_low", "ci_high")
    for column in numbers:
        rows[column] = pd.to_numeric(rows[column], errors="coerce").astype(float)
    rows["is_cut_low"] = rows["ci_low"] < low
    rows["is_cut_high"] = rows["ci_high"] > high
    # An estimate beyond the scale has no mark: its interval's arrow says where it is.
    rows["point"] = rows["hazard_ratio"].where(rows["hazard_ratio"].between(low, high))
    for column in numbers:
        rows[column] = rows[column].clip(low, high)
    kinds = list(dict.fromkeys(rows[by]))
    columns = [by, "label", "point", "ci_low", "ci_high", "tip", "text"]
    shown = rows[columns if aside is None else [*columns, aside]]
    x = alt.X(
        "point:Q",
        title="Hazard ratio, log scale (below 1: fewer events in the treated)",
        scale=alt.Scale(type="log", domain=[low, high], clamp=True, nice=False),
        axis=alt.Axis(
            values=[tick for tick in _TICKS if low <= tick <= high], format="~g"
        ),
    )
    y = alt.Y(
        "label:N",
        sort=[label for label in order if label in set(rows["label"])],
        title=None,
        scale=alt.Scale(paddingInner=0.2),
        axis=alt.Axis(grid=True, tickBand="extent", ticks=False, domain=False),
    )
    # Marks of one row lie below each other; where each row has one, in its middle.
    several = bool(rows.duplicated("label").any())
    offset = alt.YOffset(f"{by}:N", sort=kinds) if several else alt.Undefined
    # A single kind needs no key: the caption names it.
    legend = alt.Legend() if len(kinds) > 1 else None
    colours = list(series_colours([str(i) for i in range(len(kinds))]).values())
    colour = alt.Color(
        f"{by}:N",
        title=None,
        legend=legend,
        scale=alt.Scale(domain=kinds, range=colours),
    )
    shapes = ["circle", "square", "diamond", "triangle-up", "cross"]
    shape = alt.Shape(
        f"{by}:N",
        title=None,
        legend=legend,
        scale=alt.Scale(domain=kinds, range=shapes[: len(kinds)]),
    )
    base = draw.chart(shown)
    one = draw.chart(pd.DataFrame({"point": [1.0]})).mark_rule(color=MUTED).encode(x=x)
    bars = base.mark_rule(strokeWidth=1.8).encode(
        x=alt.X("ci_low:Q"), x2=alt.X2("ci_high:Q"), y=y, yOffset=offset, color=colour
    )
    arrows = []
    for column, end, way, dx in (
        ("is_cut_low", "ci_low", "\N{BLACK LEFT-POINTING TRIANGLE}", 4),
        ("is_cut_high", "ci_high", "\N{BLACK RIGHT-POINTING TRIANGLE}", -4),
    ):
        cut = rows[rows[column]]
        if len(cut):
            arrows.append(
                draw.chart(cut[[by, "label", end]].assign(arrow=way))
                .mark_text(fontSize=11, dx=dx)
                .encode(
                    x=alt.X(f"{end}:Q"),
                    y=y,
                    yOffset=offset,
                    color=colour,
                    text=alt.Text("arrow:N"),
                )
            )
    marks = draw.chart(shown[shown["point"].notna()])
    points = marks.mark_point(filled=True, size=75, aria=True, opacity=1).encode(
        x=x,
        y=y,
        yOffset=offset,
        color=colour,
        shape=shape,
        description=alt.Description("tip:N"),
    )
    layers = [one, bars, *arrows, points]
    layers.append(_texts(base, y, offset, "text", _ESTIMATES_AT, INK))
    if aside is not None:
        layers.append(_texts(base, y, offset, aside, _ASIDE_AT, MUTED))
    step = 17 * (len(kinds) if several else 1) + 10
    spec = alt.layer(*layers).properties(
        width=_WIDTH, height={"step": step, "for": "position"}
    )
    said = "; ".join(rows["tip"].head(12))
    if arrows:
        caption += " Arrows: the interval continues beyond the scale."
    return Figure(
        name, caption, f"Forest plot of hazard ratios. {said}.", draw.spec(spec)
    )


def _scale(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the axis that hold the intervals of some rows."""
    low = pd.to_numeric(rows["ci_low"], errors="coerce").min()
    high = pd.to_numeric(rows["ci_high"], errors="coerce").max()
    return (
        max(x for x in (_LOW, 0.05, 0.1, 0.2) if x <= low or x == _LOW),
        min(x for x in (2, 5, 10, _HIGH) if x >= high or x == _HIGH),
    )


def _texts(
    base: alt.Chart, y: alt.Y, offset: object, column: str, at: int, colour: str
) -> alt.Chart:
    return base.mark_text(align="left", fontSize=11.5, color=colour).encode(
        x=alt.value(at), y=y, yOffset=offset, text=alt.Text(f"{column}:N")
    )


def ratio_range(values: pd.Series) -> str:
    """Write the smallest and largest of some ratios."""
    return f"{ratio(values.min())} to {ratio(values.max())}"
