"""Figures of change: function by month and group, pairs by class, harm by study."""

import altair as alt
import numpy as np
import pandas as pd

from counterarm.report.figures.course import mean_interval
from counterarm.report.figures.drawing import (
    BLUE,
    GREEN,
    MUTED,
    ORANGE,
    PURPLE,
    VERMILLION,
)
from counterarm.report.figures.figure import Drawing, Figure, series_colours
from counterarm.report.words import MONTH, name_words, number

_ARMS = {"treated": "Treated", "control": "Controls"}


def _months(window: pd.Series) -> pd.Series:
    return pd.to_numeric(window.str.extract(r"(\d+)$")[0], errors="coerce")


def _numbers(values: pd.Series) -> pd.Series:
    """Return counts as numbers, hidden ones as missing."""
    return pd.to_numeric(values, errors="coerce").astype(float)


def function_change(rows: pd.DataFrame, sets: list[str]) -> Figure:
    """Draw mean changes of the total from baseline by month, each set of groups apart.

    `rows` are of analysis.function_change, `sets` the comparison sets drawn.
    """
    draw = Drawing()
    rows = rows.assign(month=_months(rows["window_id"]))
    rows = rows[rows["comparison_set"].isin(sets) & _numbers(rows["n_assessed"]).gt(1)]
    rows = rows[rows["month"].notna() & rows["mean"].notna()]
    low = float(np.floor(min(rows["ci_low"].min(), rows["mean"].min(), -1) / 4) * 4)
    high = float(max(np.ceil(rows["ci_high"].max() / 4) * 4, 0))
    panels, said = [], []
    for name in sets:
        of = rows[rows["comparison_set"] == name]
        groups = _arms_first(of["group_name"].unique())
        colours = series_colours(groups)
        shift = {g: (i - (len(groups) - 1) / 2) * 0.28 for i, g in enumerate(groups)}
        of = of.assign(
            at=of["month"] + of["group_name"].map(shift),
            who=of["group_name"].map(name_words),
            low=of["ci_low"].clip(low, high),
            high=of["ci_high"].clip(low, high),
        )
        of["tip"] = [
            f"{r.who}, month {r.month:.0f}: {r.mean:+.1f} points "
            f"({r.ci_low:+.1f} to {r.ci_high:+.1f}), {number(r.n_assessed)} of "
            f"{number(r.n)} assessed"
            for r in of.itertuples()
        ]
        said += of["tip"].tolist()
        x = alt.X(
            "at:Q",
            title="Month from baseline",
            scale=alt.Scale(domain=[1, 14], nice=False),
            axis=alt.Axis(values=sorted(of["month"].unique().tolist()), grid=False),
        )
        colour = alt.Color(
            "who:N",
            title=None,
            scale=alt.Scale(
                domain=[name_words(g) for g in groups],
                range=[colours[g] for g in groups],
            ),
        )
        scale = alt.Scale(domain=[low, high], nice=False)
        y = alt.Y("mean:Q", title="Change of ALSFRS-R, points", scale=scale)
        base = draw.chart(of[["at", "who", "mean", "low", "high", "tip"]])
        panels.append(
            alt.layer(
                base.mark_rule(strokeWidth=1.6).encode(
                    x=x,
                    y=alt.Y("low:Q", scale=scale),
                    y2=alt.Y2("high:Q"),
                    color=colour,
                ),
                base.mark_line(strokeWidth=1.6, opacity=0.55).encode(
                    x=x, y=y, color=colour
                ),
                base.mark_point(filled=True, size=70, opacity=1, aria=True).encode(
                    x=x, y=y, color=colour, description=alt.Description("tip:N")
                ),
            ).properties(width=290, height=230, title=name_words(name))
        )
    return Figure(
        "function-change",
        "Mean change of the ALSFRS-R total from baseline with 95% confidence interval, "
        "of those assessed in each window. Subjects who died or were lost to follow-up "
        "do not contribute.",
        "Mean changes by month and group. " + "; ".join(said[:12]) + ".",
        draw.spec(alt.hconcat(*panels, spacing=28).resolve_scale(color="independent")),
    )


def _arms_first(groups: list[str]) -> list[str]:
    order = {"treated": 0, "multiple": 0, "single_cycle": 1, "control": 9}
    return sorted(groups, key=lambda group: (order.get(group, 2), group))


def response_course(rows: pd.DataFrame) -> Figure:
    """Draw the mean totals of treated and controls, pairs of each class apart."""
    draw = Drawing()
    rows = rows[rows["nominal_day"].notna() & rows["mean_total"].notna()]
    rows = rows.assign(month=(rows["mean_day"].astype(float) / MONTH).round(1))
    rows = rows.drop_duplicates(["response_class", "arm", "month"])
    low, high = mean_interval(rows["mean_total"], rows["sd_total"], rows["n_assessed"])
    rows = rows.assign(
        who=rows["arm"].map(_ARMS),
        low=low,
        high=high,
        # The bars of both arms are side by side.
        at=rows["month"] + rows["arm"].map({"treated": -0.35, "control": 0.35}),
    )
    words = {
        "decreased": "Treated progressed less",
        "no change": "No difference beyond 3 points",
        "increased": "Treated progressed more",
    }
    rows["tip"] = [
        f"{words.get(r.response_class, r.response_class)}, {r.who}, month "
        f"{r.month:.1f}: mean {r.mean_total:.1f} points of {number(r.n_assessed)}"
        for r in rows.itertuples()
    ]
    colour = alt.Color(
        "who:N",
        title=None,
        scale=alt.Scale(domain=list(_ARMS.values()), range=[BLUE, VERMILLION]),
    )
    span = [float(rows["month"].min()) - 0.8, float(rows["month"].max()) + 0.8]
    x = alt.X(
        "at:Q",
        title="Months from index",
        scale=alt.Scale(domain=span, nice=False),
        axis=alt.Axis(values=[-6, 0, 6, 12, 18, 24], grid=False),
    )
    scale = alt.Scale(domain=[0, 48], nice=False)
    axis = alt.Axis(values=[0, 12, 24, 36, 48])
    panels = []
    for name, title in words.items():
        of = rows[rows["response_class"] == name].sort_values("month")
        if of.empty:
            continue
        base = draw.chart(of[["at", "mean_total", "low", "high", "who", "tip"]])
        y = alt.Y("mean_total:Q", title="ALSFRS-R total", scale=scale, axis=axis)
        pairs = number(of["n_pairs"].iloc[0])
        panels.append(
            alt.layer(
                base.mark_rule(strokeWidth=1.2).encode(
                    x=x,
                    y=alt.Y("low:Q", scale=scale, axis=axis),
                    y2=alt.Y2("high:Q"),
                    color=colour,
                ),
                base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour),
                base.mark_point(filled=True, size=45, opacity=1, aria=True).encode(
                    x=x, y=y, color=colour, description=alt.Description("tip:N")
                ),
            ).properties(width=185, height=220, title=[title, f"{pairs} pairs"])
        )
    return Figure(
        "response-course",
        "Mean ALSFRS-R total of both members of the pairs, by response class, with 95% "
        "confidence interval. The classes are defined by the later course: the curves "
        "diverge by construction.",
        "Mean totals by class. " + "; ".join(rows["tip"].head(12)) + ".",
        draw.spec(alt.hconcat(*panels, spacing=18)),
    )


def harm_rates(rows: pd.DataFrame, window: str) -> Figure:
    """Draw events by 100 person-years with exact intervals, by kind and study."""
    draw = Drawing()
    rows = rows.copy()
    for column in ("rate_per_100_py", "rate_ci_low", "rate_ci_high"):
        rows[column] = pd.to_numeric(rows[column], errors="coerce")
    rows = rows[rows["rate_per_100_py"].notna() & (rows["rate_per_100_py"] > 0)]
    whos = list(dict.fromkeys(rows["who"]))
    kinds = list(dict.fromkeys(rows["label"]))
    rows["tip"] = [
        f"{r.label}, {r.who}: {r.rate_per_100_py:.1f} per 100 person-years "
        f"({r.rate_ci_low:.1f} to {r.rate_ci_high:.1f})"
        for r in rows.itertuples()
    ]
    floor = 10 ** float(np.floor(np.log10(rows["rate_ci_low"].clip(0.1).min())))
    top = 10 ** float(np.ceil(np.log10(rows["rate_ci_high"].max())))
    scale = alt.Scale(type="log", domain=[floor, top], clamp=True, nice=False)
    axis = alt.Axis(values=[0.1, 1, 10, 100, 1000], format="~g")
    title = "Events per 100 person-years, log scale"
    y = alt.Y(
        "label:N",
        sort=kinds,
        title=None,
        scale=alt.Scale(paddingInner=0.2),
        axis=alt.Axis(grid=True, tickBand="extent", ticks=False, domain=False),
    )
    offset = alt.YOffset("who:N", sort=whos)
    palette = [BLUE, GREEN, VERMILLION, ORANGE, PURPLE, MUTED]
    domain = alt.Scale(domain=whos, range=palette[: len(whos)])
    base = draw.chart(
        rows[
            ["label", "who", "rate_per_100_py", "rate_ci_low", "rate_ci_high", "tip"]
        ].assign(rate_ci_low=rows["rate_ci_low"].clip(lower=floor))
    )
    bars = base.mark_rule(strokeWidth=1.8).encode(
        x=alt.X("rate_ci_low:Q", scale=scale, axis=axis, title=title),
        x2=alt.X2("rate_ci_high:Q"),
        y=y,
        yOffset=offset,
        color=alt.Color("who:N", title=None, scale=domain),
    )
    points = base.mark_point(filled=True, size=65, opacity=1, aria=True).encode(
        x=alt.X("rate_per_100_py:Q", scale=scale, axis=axis, title=title),
        y=y,
        yOffset=offset,
        color=alt.Color("who:N", title=None, scale=domain),
        description=alt.Description("tip:N"),
    )
    height = {"step": 13 * len(whos) + 8, "for": "position"}
    return Figure(
        f"safety-{window.replace('_', '-')}",
        "Events per 100 person-years with exact 95% confidence intervals, in all "
        "subjects of each study, matched or not. A kind without a mark is not recorded "
        "by the study, or did not occur: the table distinguishes them.",
        "Rates of adverse events. " + "; ".join(rows["tip"].head(10)) + ".",
        draw.spec(alt.layer(bars, points).properties(width=400, height=height)),
    )
