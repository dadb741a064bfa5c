"""Figures of the arms: overlap of the score, and balance."""

import altair as alt
import numpy as np
import pandas as pd

from counterarm.report.figures.drawing import BLUE, GREEN, MUTED, ORANGE, VERMILLION
from counterarm.report.figures.figure import Drawing, Figure
from counterarm.report.words import number, sample_words

_ARMS = {"treated": "Treated", "control": "Controls"}
_ARM_COLOUR = alt.Color(
    "who:N",
    title=None,
    scale=alt.Scale(domain=list(_ARMS.values()), range=[BLUE, VERMILLION]),
)


def score_overlap(bins: pd.DataFrame, is_weighted: bool = False) -> Figure:
    """Draw how the propensity scores of both arms lie, before and after matching.

    Where subjects have weights, counts of them say nothing of the weighted sample:
    only the eligible are drawn.
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
        "How the propensity scores lie: treated upwards, controls downwards. "
        "Where only "
        "one arm has bars, nobody is comparable."
        + (" All eligible; their weights are not drawn." if is_weighted else ""),
        "Histograms of the propensity score of treated and controls, before"
        f"{'' if is_weighted else ' and after'} matching.",
        draw.spec(alt.hconcat(*panels, spacing=28)),
    )


def love_plot(balance: pd.DataFrame) -> Figure:
    """Draw the absolute standardised differences before and after matching."""
    draw = Drawing()
    rows = balance[balance["smd"].notna()].copy()
    rows["label"] = [
        f"{row.label}: {row.level}" if isinstance(row.level, str) else row.label
        for row in rows.itertuples()
    ]
    rows["label"] = rows["label"].replace("score", "Propensity score")
    rows["size"] = rows["smd"].astype(float).abs()
    rows["when"] = rows["sample"].map(sample_words).str.capitalize()
    rows["tip"] = [
        f"{row.label}, {row.when.lower()}: SMD {row.smd:+.3f}, treated "
        f"{number(row.mean_treated)} against {number(row.mean_control)}"
        for row in rows.itertuples()
    ]
    before = rows[rows["sample"] == "unmatched"]
    order = before.sort_values(["size", "label"], ascending=[False, True])["label"]
    order = list(dict.fromkeys([*order, *rows["label"]]))
    kinds = [k.capitalize() for k in map(sample_words, rows["sample"].unique())]
    kinds = sorted(set(kinds), key=lambda k: (k != "Before matching", k))
    rows["shown"] = rows["size"].clip(upper=1.5)
    x = alt.X(
        "shown:Q",
        title="Absolute standardised mean difference",
        scale=alt.Scale(domain=[0, max(0.3, float(rows["shown"].max()) * 1.05)]),
    )
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(grid=True, domain=False))
    palette = [VERMILLION, BLUE, GREEN, ORANGE][: len(kinds)]
    line = (
        draw.chart(pd.DataFrame({"shown": [0.1]}))
        .mark_rule(strokeDash=[4, 3], color=MUTED)
        .encode(x=x)
    )
    points = (
        draw.chart(rows[["label", "shown", "when", "tip"]])
        .mark_point(size=70, aria=True, strokeWidth=1.8, opacity=1, filled=True)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "when:N", title=None, scale=alt.Scale(domain=kinds, range=palette)
            ),
            shape=alt.Shape(
                "when:N",
                title=None,
                scale=alt.Scale(
                    domain=kinds,
                    range=["triangle-up", "circle", "square", "diamond"][: len(kinds)],
                ),
            ),
            description=alt.Description("tip:N"),
        )
    )
    after = rows[rows["sample"] == "matched"]
    above = after[after["size"] > 0.1]
    said = f"after matching {len(above)} of {len(after)} rows lie above 0.1" + (
        ": " + ", ".join(above["label"].head(5)) if len(above) else ""
    )
    denominators = ", ".join(sorted(balance["denominator"].dropna().unique()))
    return Figure(
        "balance",
        f"How alike the arms are, before and after matching. Differences of means "
        f"divided by: {denominators}. The line stands at 0.1.",
        f"Love plot of absolute standardised differences; {said}.",
        draw.spec(alt.layer(line, points).properties(width=400, height={"step": 21})),
    )
