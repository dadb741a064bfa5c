"""Kaplan-Meier curves."""

import altair as alt
import numpy as np
import pandas as pd

from counterarm.report.figures.drawing import INK, MUTED
from counterarm.report.figures.figure import Drawing, Figure, series_colours
from counterarm.report.words import (
    MONTH,
    is_missing,
    months,
    name_words,
    number,
)

_DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [1, 3])
_HOVERS = 36


def kaplan_meier(
    steps: pd.DataFrame,
    summaries: pd.DataFrame,
    groups: list[str],
    small: int | None = None,
) -> Figure:
    """Draw the curves of some groups with interval, censor marks and numbers at risk.

    `steps` are rows of results.survival_steps and `summaries` of
    results.survival_by_group, of one endpoint and kind of interval. Where the groups
    are not followed equally long, a line stands where the shorter follow-up ends.
    """
    draw = Drawing()
    endpoint = steps["endpoint"].iloc[0]
    title = steps["endpoint_label"].iloc[0] or endpoint
    names = {group: name_words(group) for group in groups}
    colours = series_colours(groups)
    curves = pd.concat(
        [_from_one(steps[steps["group_name"] == group]) for group in groups]
    )
    curves = curves.assign(
        month=curves["day"] / MONTH, group=curves["group_name"].map(names)
    )
    last = float(curves["month"].max())
    width = 620
    axis = alt.Axis(values=_ticks(last), title="Months from index", grid=False)
    x = alt.X("month:Q", axis=axis, scale=alt.Scale(domain=[0, last], nice=False))
    key = alt.Legend(symbolType="stroke", symbolStrokeWidth=2.6)
    colour = alt.Color(
        "group:N",
        title=None,
        legend=key,
        scale=alt.Scale(
            domain=list(names.values()), range=[colours[g] for g in groups]
        ),
    )
    dash = alt.StrokeDash(
        "group:N",
        title=None,
        legend=key,
        scale=alt.Scale(
            domain=list(names.values()),
            range=[_DASHES[i % len(_DASHES)] for i in range(len(groups))],
        ),
    )
    y = alt.Y(
        "survival:Q",
        title=f"{title}, share",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", tickCount=5),
    )
    base = draw.chart(curves[["month", "group", "survival", "ci_low", "ci_high"]])
    band = (
        base.mark_area(interpolate="step-after", opacity=0.16)
        .encode(x=x, y=alt.Y("ci_low:Q"), y2=alt.Y2("ci_high:Q"), color=colour)
        .properties(name="ci")
    )
    line = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        x=x, y=y, color=colour, strokeDash=dash
    )
    layers = [band, line]
    censored = curves[pd.to_numeric(curves["n_censored"], errors="coerce") > 0]
    if len(censored):
        layers.append(
            draw.chart(censored[["month", "group", "survival"]])
            .mark_point(shape="stroke", angle=90, size=42, strokeWidth=1.1, opacity=0.8)
            .encode(x=x, y=y, color=colour)
            .properties(name="censored")
        )
    ends = curves.groupby("group_name")["month"].max()
    if ends.max() - ends.min() > 0.1 * ends.max():
        layers += _end_of_follow_up(draw, ends, names, x)
    layers.append(
        draw.chart(_hovers(curves, names))
        .mark_point(size=150, opacity=0, filled=True, aria=True)
        .encode(x=x, y=y, color=colour, description=alt.Description("tip:N"))
        .properties(name="hover")
    )
    chart = alt.layer(*layers).properties(width=width, height=300)
    at_risk = _at_risk(draw, curves, names, last, small).properties(
        width=width, height=20 * len(groups)
    )
    spec = alt.vconcat(chart, at_risk, spacing=14).resolve_scale(x="independent")
    is_main = groups == ["treated", "control"]
    set_name = "" if is_main else "-" + "-".join(groups).replace("_", "-")
    return Figure(
        f"survival-{endpoint.lower()}{set_name}".replace("_", "-"),
        f"{title} by Kaplan-Meier: {', '.join(names.values())}. Bands are 95% "
        "intervals, ticks mark censored subjects.",
        f"Kaplan-Meier curves. {_said(summaries, names)}",
        draw.spec(spec),
    )


def _from_one(steps: pd.DataFrame) -> pd.DataFrame:
    steps = steps.sort_values("day")
    first = steps.head(1).assign(
        day=0, n_event=0, n_censored=0, survival=1.0, ci_low=1.0, ci_high=1.0
    )
    return pd.concat([first, steps[steps["day"] > 0]]) if len(steps) else steps


def _ticks(last: float) -> list[int]:
    step = next(s for s in (3, 6, 12, 24, 60, 120) if last / s <= 9 or s == 120)
    return list(range(0, int(last) + 1, step))


def _hovers(curves: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    rows = []
    for group, steps in curves.groupby("group_name", sort=False):
        days = np.linspace(0, steps["day"].max(), min(_HOVERS, len(steps)))
        at = steps["day"].to_numpy().searchsorted(days, side="right") - 1
        for row in steps.iloc[sorted(set(at))].to_dict("records"):
            interval = (
                ""
                if is_missing(row["ci_low"])
                else f" (95% CI {row['ci_low']:.0%} to {row['ci_high']:.0%})"
            )
            tip = (
                f"{names[group]}, month {row['month']:.1f}: {row['survival']:.0%}"
                f"{interval}, {number(row['n_risk'])} at risk"
            )
            rows.append((row["month"], row["survival"], names[group], tip))
    return pd.DataFrame(rows, columns=["month", "survival", "group", "tip"])


def _end_of_follow_up(
    draw: Drawing, ends: pd.Series, names: dict[str, str], x: alt.X
) -> list:
    shortest = ends.idxmin()
    at = pd.DataFrame(
        {"month": [ends[shortest]], "text": [f"follow-up ends: {names[shortest]}"]}
    )
    is_late = ends[shortest] > 0.7 * ends.max()
    rule = (
        draw.chart(at).mark_rule(strokeDash=[3, 3], color=MUTED).encode(x=x)
    ).properties(name="follow_up")
    text = (
        draw.chart(at)
        .mark_text(
            align="right" if is_late else "left",
            dx=-6 if is_late else 6,
            color=MUTED,
            baseline="top",
        )
        .encode(x=x, y=alt.value(2), text=alt.Text("text:N"))
    )
    return [rule, text]


def _at_risk(
    draw: Drawing,
    curves: pd.DataFrame,
    names: dict[str, str],
    last: float,
    small: int | None,
) -> alt.LayerChart:
    rows = []
    for group, steps in curves.groupby("group_name", sort=False):
        days, risk = steps["day"].to_numpy(), steps["n_risk"].to_numpy()
        for tick in _ticks(last):
            i = days.searchsorted(tick * MONTH, side="left")
            text = number(risk[i]) if i < len(days) else f"<{small}" if small else "0"
            rows.append((tick, names[group], text))
    frame = pd.DataFrame(rows, columns=["month", "group", "text"])
    return (
        draw.chart(frame, title="Numbers at risk")
        .mark_text(fontSize=12, color=INK)
        .encode(
            x=alt.X(
                "month:Q",
                axis=None,
                scale=alt.Scale(domain=[0, last], nice=False),
            ),
            y=alt.Y(
                "group:N",
                sort=list(names.values()),
                title=None,
                axis=alt.Axis(
                    domain=False, ticks=False, labelColor=INK, labelPadding=24
                ),
            ),
            text=alt.Text("text:N"),
        )
    )


def _said(summaries: pd.DataFrame, names: dict[str, str]) -> str:
    said = []
    for row in summaries.to_dict("records"):
        if row["group_name"] in names:
            said.append(
                f"{names[row['group_name']]}: {number(row['n_events'])} events in "
                f"{number(row['n'])}, median {months(row['median_days'])} months"
            )
    return "; ".join(said) + "."
