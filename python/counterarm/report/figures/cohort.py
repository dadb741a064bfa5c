"""Figures of the arms: overlap of the score, and balance."""

import altair as alt
import numpy as np
import pandas as pd

from counterarm.report.balance_rows import ALIKE, matched_on, shown_rows
from counterarm.report.figures.drawing import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    VERMILLION,
)
from counterarm.report.figures.figure import Drawing, Figure
from counterarm.report.words import number, sample_words

# A difference beyond this is drawn at the edge, with its size.
_FURTHEST = 1.5
_ARMS = {"treated": "Treated", "control": "Controls"}
_ARM_COLOUR = alt.Color(
    "who:N",
    title=None,
    scale=alt.Scale(domain=list(_ARMS.values()), range=[BLUE, VERMILLION]),
)


def score_overlap(bins: pd.DataFrame, is_weighted: bool = False) -> Figure:
    """Draw the propensity scores of both arms, before and after matching.

    Where subjects have weights, their counts do not describe the weighted
    sample: only the eligible are drawn.
    """
    draw = Drawing()
    if is_weighted:
        bins = bins[bins["sample"] == "unmatched"]
    bins = bins.assign(n=pd.to_numeric(bins["n_subjects"], errors="coerce"))
    bins = bins[bins["n"].notna()].copy()
    totals = bins.groupby(["sample", "arm"])["n"].transform("sum")
    bins["share"] = bins["n"] / totals * np.where(bins["arm"] == "treated", 1, -1)
    bins["who"] = bins["arm"].map(_ARMS)
    bins["tip"] = [
        f"{row.who}, score {row.score_from:.2f} to {row.score_to:.2f}: "
        f"{number(row.n)} subjects, {abs(row.share):.0%} of the arm"
        for row in bins.itertuples()
    ]
    largest = float(bins["share"].abs().max()) * 1.08
    right = min(1.0, float(bins["score_to"].max()) + 0.05)
    panels = []
    for sample in sorted(bins["sample"].unique(), reverse=True):
        frame = bins[bins["sample"] == sample]
        bars = (
            draw.chart(frame[["score_from", "score_to", "share", "who", "tip"]])
            .mark_bar(aria=True, stroke="white", strokeWidth=0.7)
            .encode(
                x=alt.X(
                    "score_from:Q",
                    title="Propensity score",
                    scale=alt.Scale(domain=[0, right], nice=False),
                    axis=alt.Axis(grid=False, tickCount=6),
                ),
                x2=alt.X2("score_to:Q"),
                y=alt.Y(
                    "share:Q",
                    title="Share of the arm",
                    scale=alt.Scale(domain=[-largest, largest], nice=False),
                    axis=alt.Axis(
                        tickCount=5, labelExpr="format(abs(datum.value), '.0%')"
                    ),
                ),
                y2=alt.datum(0),
                color=_ARM_COLOUR,
                description=alt.Description("tip:N"),
            )
        )
        panels.append(
            bars.properties(
                width=295, height=210, title=sample_words(sample).capitalize()
            )
        )
    return Figure(
        "score-overlap",
        "Distribution of the propensity score: treated upwards, controls downwards. "
        "Where only one arm has bars there is no overlap, and nobody to compare with."
        + (" All eligible subjects, unweighted." if is_weighted else ""),
        "Histograms of the propensity score of treated and controls, before"
        f"{'' if is_weighted else ' and after'} matching.",
        draw.spec(alt.hconcat(*panels, spacing=28)),
    )


def love_plot(balance: pd.DataFrame) -> Figure:
    """Draw the absolute standardised differences before and after matching.

    `balance` are rows of results.covariate_balance of one analysis. Variables that are
    not matched on are in a separate panel, a binary variable in one row.
    """
    rows = shown_rows(balance)
    rows = rows[rows["smd"].notna()].copy()
    rows["size"] = rows["smd"].astype(float).abs()
    rows["when"] = rows["sample"].map(sample_words).str.capitalize()
    rows["is_listed"] = matched_on(rows)
    rows["tip"] = [
        f"{row.row_label}, {row.when.lower()}: SMD {row.smd:+.3f}, treated "
        f"{number(row.mean_treated)} against {number(row.mean_control)}"
        for row in rows.itertuples()
    ]
    kinds = [k.capitalize() for k in map(sample_words, rows["sample"].unique())]
    kinds = sorted(set(kinds), key=lambda k: (k != "Before matching", k))
    after = rows[rows["sample"] == "matched"]
    above = after[after["size"] > ALIKE]
    said = f"after matching {len(above)} of {len(after)} rows are above {ALIKE}" + (
        ": " + ", ".join(above["row_label"].head(5)) if len(above) else ""
    )
    used = sorted(balance["denominator"].dropna().unique())
    denominators = "; ".join(d for d in used if not d.startswith("none"))
    return Figure(
        "balance",
        "Absolute standardised mean differences before and after matching. Differences "
        f"of means divided by: {denominators}. The dashed line is at {ALIKE}; "
        f"differences beyond {_FURTHEST} are written beside the arrow.",
        f"Love plot of absolute standardised differences; {said}.",
        _love_panels(rows, kinds, is_narrow=False),
        _love_panels(rows, kinds, is_narrow=True),
    )


def _love_panels(rows: pd.DataFrame, kinds: list[str], *, is_narrow: bool) -> dict:
    draw = Drawing()
    titles = {True: "Matched on, or listed by the protocol", False: "Not matched on"}
    limit = min(_FURTHEST, max(0.3, float(rows["size"].max()) * 1.05))
    panels = []
    for is_listed, title in titles.items():
        of = rows[rows["is_listed"] == is_listed]
        if not of.empty:
            panels.append(
                _love_panel(draw, of, kinds, limit, is_narrow).properties(title=title)
            )
    return draw.spec(alt.vconcat(*panels, spacing=16))


def _love_panel(
    draw: Drawing, rows: pd.DataFrame, kinds: list[str], limit: float, is_narrow: bool
) -> alt.LayerChart | alt.FacetChart:
    before = rows[rows["sample"] == "unmatched"]
    order = before.sort_values(["size", "row_label"], ascending=[False, True])
    order = list(dict.fromkeys([*order["row_label"], *rows["row_label"]]))
    rows = rows.assign(
        label=rows["row_label"],
        shown=rows["size"].clip(upper=limit),
        beyond=[f"{size:.1f} \N{RIGHTWARDS ARROW}" for size in rows["size"]],
    )
    scale = alt.Scale(domain=[0, limit], nice=False)
    x = alt.X(
        "shown:Q",
        title="Absolute standardised mean difference",
        scale=scale,
        axis=alt.Axis(tickCount=4 if is_narrow else 6),
    )
    y = alt.Y(
        "label:N",
        sort=order,
        title=None,
        axis=alt.Axis(grid=True, domain=False, ticks=False, labels=not is_narrow),
    )
    palette = [VERMILLION, BLUE, GREEN, ORANGE][: len(kinds)]
    shapes = ["triangle-up", "circle", "square", "diamond"][: len(kinds)]
    colour = alt.Color(
        "when:N", title=None, scale=alt.Scale(domain=kinds, range=palette)
    )
    line = (
        draw.chart(pd.DataFrame({"shown": [ALIKE]}))
        .mark_rule(strokeDash=[4, 3], color=MUTED)
        .encode(x=x)
    )
    points = (
        draw.chart(rows[["label", "shown", "when", "tip"]])
        .mark_point(size=70, aria=True, strokeWidth=1.8, opacity=1, filled=True)
        .encode(
            x=x,
            y=y,
            color=colour,
            shape=alt.Shape(
                "when:N", title=None, scale=alt.Scale(domain=kinds, range=shapes)
            ),
            description=alt.Description("tip:N"),
        )
    )
    layers = [line, points]
    for i, kind in enumerate(kinds):
        # Two samples of one row may both lie beyond the axis.
        cut = rows[(rows["size"] > limit) & (rows["when"] == kind)]
        if len(cut):
            shift = 6 * (2 * i - len(kinds) + 1)
            layers.append(
                draw.chart(cut[["label", "shown", "when", "beyond"]])
                .mark_text(align="right", dx=-7, dy=shift, fontSize=11)
                .encode(x=x, y=y, color=colour, text=alt.Text("beyond:N"))
            )
    if is_narrow:
        layers.append(
            draw.chart(pd.DataFrame({"label": order}))
            .mark_text(align="left", dy=-13, fontSize=12, color=INK, limit=285)
            .encode(x=alt.value(0), y=y, text=alt.Text("label:N"))
        )
    return alt.layer(*layers).properties(
        width=285 if is_narrow else 400, height={"step": 36 if is_narrow else 21}
    )
