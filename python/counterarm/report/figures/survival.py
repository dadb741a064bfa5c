"""Kaplan-Meier curves."""

from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from counterarm.report.figures.drawing import INK, MUTED
from counterarm.report.figures.figure import Drawing, Figure, series_colours
from counterarm.report.figures.time_axis import month_ticks, on_entry, origin
from counterarm.report.words import (
    GROUPS,
    MONTH,
    is_missing,
    months_text,
    name_words,
    number,
)

_DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [1, 3])
_HOVERS = 36
FEW_SUBJECTS = 10
_AT_RISK = {
    "none": "Number at risk",
    "case weights": "Weighted number at risk",
    "repeated subjects": "Number at risk",
}
_WEIGHTED = {
    "case weights": " The curves are weighted; numbers at risk are sums of weights.",
    "repeated subjects": " A control in several matched sets is counted in each.",
}


@dataclass(frozen=True)
class Labels:
    """What a figure of curves says beside them: a title and lines below it."""

    title: str = ""
    lines: tuple[str, ...] = ()


def kaplan_meier(
    steps: pd.DataFrame,
    summaries: pd.DataFrame,
    groups: list[str],
    small: int | None = None,
    labels: Labels | None = None,
    *,
    is_detailed: bool = False,
) -> Figure:
    """Draw the curves of some groups with interval, censor marks and numbers at risk.

    `steps` are rows of results.survival_steps and `summaries` of
    results.survival_by_group, of one endpoint and kind of interval. Where the groups
    are not followed equally long, a line stands where the shorter follow-up ends. The
    numbers at risk of weighted curves are sums of weights. A detailed figure has rows
    of cumulative events and censorings too.
    """
    draw = Drawing()
    labels = labels or Labels()
    endpoint = steps["endpoint"].iloc[0]
    title = steps["endpoint_label"].iloc[0] or endpoint
    names = _names(summaries, groups)
    colours = series_colours(groups)
    curves = _curves(steps, groups, names)
    last = float(curves["month"].max())
    width = 620
    title_of_x = f"Months from {origin(steps)}"
    axis = alt.Axis(values=month_ticks(last), title=title_of_x, grid=False)
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
        title=f"{title}, %",
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
    weighting = _weighting(steps)
    below = [(_AT_RISK.get(weighting, _AT_RISK["none"]), _at_risk(curves, last, small))]
    if is_detailed and not small:
        below += [
            ("Cumulative events", _cumulative(curves, last, "n_event")),
            ("Cumulative censored", _cumulative(curves, last, "n_censored")),
        ]
    rows = [
        _numbers_below(draw, texts, names, last, heading).properties(
            width=width, height=20 * len(groups)
        )
        for heading, texts in below
    ]
    whole = alt.vconcat(chart, *rows, spacing=14).resolve_scale(x="independent")
    if labels.title or labels.lines:
        whole = whole.properties(
            title=alt.TitleParams(
                labels.title or title,
                subtitle=list(labels.lines),
                subtitleColor=INK,
                subtitleFontSize=12,
                subtitleLineHeight=17,
                anchor="start",
                offset=12,
            )
        )
    is_main = groups == ["treated", "control"]
    set_name = "" if is_main else "-" + "-".join(groups).replace("_", "-")
    return Figure(
        f"survival-{endpoint.lower()}{set_name}".replace("_", "-"),
        f"{title} by Kaplan-Meier: {', '.join(names.values())}. Bands are 95% "
        f"confidence intervals, ticks mark censored subjects."
        f"{_WEIGHTED.get(weighting, '')}{on_entry(summaries, groups)}"
        f"{_on_few(summaries, groups)}",
        f"Kaplan-Meier curves. {_said(summaries, groups)}",
        draw.spec(whole),
    )


def small_curves(steps: pd.DataFrame, milestones: tuple[int, ...] = ()) -> Figure:
    """Draw the curves of both arms small, a dotted line at each milestone month."""
    draw = Drawing()
    groups = [g for g in GROUPS if g in set(steps["group_name"])]
    names = {group: GROUPS[group] for group in groups}
    colours = series_colours(groups)
    curves = _curves(steps, groups, names)
    last = float(curves["month"].max())
    ticks = [tick for tick in range(0, int(last) + 1, 12)]
    x = alt.X(
        "month:Q",
        axis=alt.Axis(values=ticks, title=f"Months from {origin(steps)}", grid=False),
        scale=alt.Scale(domain=[0, last], nice=False),
    )
    y = alt.Y(
        "survival:Q",
        title=None,
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", values=[0, 0.5, 1]),
    )
    colour = alt.Color(
        "group:N",
        title=None,
        legend=alt.Legend(symbolType="stroke", symbolStrokeWidth=2.6),
        scale=alt.Scale(
            domain=list(names.values()), range=[colours[g] for g in groups]
        ),
    )
    layers = [
        draw.chart(curves[["month", "group", "survival"]])
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(x=x, y=y, color=colour)
    ]
    shown = [float(month) for month in milestones if month < last]
    if shown:
        rules = draw.chart(pd.DataFrame({"month": shown}))
        layers.insert(0, rules.mark_rule(strokeDash=[3, 3], color=MUTED).encode(x=x))
    spec = alt.layer(*layers).properties(width=230, height=120)
    return Figure(
        "brief",
        "",
        "Kaplan-Meier curves of treated and controls; the analysis below has them "
        "large.",
        draw.spec(spec),
    )


def _names(summaries: pd.DataFrame, groups: list[str]) -> dict[str, str]:
    """Name each group with the number of its subjects: no curve of few goes unsaid."""
    sizes = summaries.drop_duplicates("group_name").set_index("group_name")["n"]
    return {
        group: f"{name_words(group)} (n = {number(sizes[group])})"
        if group in sizes
        else name_words(group)
        for group in groups
    }


def _on_few(summaries: pd.DataFrame, groups: list[str]) -> str:
    sizes = summaries.drop_duplicates("group_name").set_index("group_name")["n"]
    few = [
        name_words(group)
        for group in groups
        if group in sizes
        and (isinstance(sizes[group], str) or sizes[group] < FEW_SUBJECTS)
    ]
    if not few:
        return ""
    return (
        f" Fewer than {FEW_SUBJECTS} subjects: {', '.join(few)}. Such a curve shows "
        "single courses and estimates nothing."
    )


def _weighting(steps: pd.DataFrame) -> str:
    kinds = set(steps["weighting"].dropna()) - {"none"} if "weighting" in steps else ()
    return sorted(kinds)[0] if kinds else "none"


def _curves(
    steps: pd.DataFrame, groups: list[str], names: dict[str, str]
) -> pd.DataFrame:
    curves = pd.concat(
        [_from_one(steps[steps["group_name"] == group]) for group in groups]
    )
    return curves.assign(
        month=curves["day"] / MONTH, group=curves["group_name"].map(names)
    )


def _from_one(steps: pd.DataFrame) -> pd.DataFrame:
    steps = steps.sort_values("day")
    first = steps.head(1).assign(
        day=0, n_event=0, n_censored=0, survival=1.0, ci_low=1.0, ci_high=1.0
    )
    return pd.concat([first, steps[steps["day"] > 0]]) if len(steps) else steps


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
        {
            "month": [ends[shortest]],
            "text": [f"follow-up ends: {name_words(shortest)}"],
        }
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
    curves: pd.DataFrame, last: float, small: int | None
) -> list[tuple[float, str, str]]:
    """Return month, group and number at risk just before the month."""
    column = "n_risk" if _weighting(curves) != "case weights" else "n_risk_weighted"
    rows: list[tuple[float, str, str]] = []
    for group, steps in curves.groupby("group", sort=False):
        days, risk = steps["day"].to_numpy(), steps[column].to_numpy()
        for tick in month_ticks(last):
            i = days.searchsorted(tick * MONTH, side="left")
            text = (
                number(round(float(risk[i])))
                if i < len(days)
                else f"<{small}"
                if small
                else "0"
            )
            rows.append((tick, group, text))
    return rows


def _cumulative(
    curves: pd.DataFrame, last: float, column: str
) -> list[tuple[float, str, str]]:
    """Return month, group and how many had left the curve up to and with the month."""
    rows: list[tuple[float, str, str]] = []
    for group, steps in curves.groupby("group", sort=False):
        counts = pd.to_numeric(steps[column], errors="coerce").astype("Float64")
        counts = counts.fillna(0)
        rows += [
            (tick, group, number(counts[steps["day"] <= tick * MONTH].sum()))
            for tick in month_ticks(last)
        ]
    return rows


def _numbers_below(
    draw: Drawing,
    rows: list[tuple[float, str, str]],
    names: dict[str, str],
    last: float,
    heading: str,
) -> alt.Chart:
    # The number of subjects is in the key already.
    short = {name: name.partition(" (n = ")[0] for name in names.values()}
    frame = pd.DataFrame(rows, columns=["month", "group", "text"])
    frame["group"] = frame["group"].map(short)
    return (
        draw.chart(frame, title=heading)
        .mark_text(fontSize=12, color=INK)
        .encode(
            x=alt.X(
                "month:Q",
                axis=None,
                scale=alt.Scale(domain=[0, last], nice=False),
            ),
            y=alt.Y(
                "group:N",
                sort=list(short.values()),
                title=None,
                axis=alt.Axis(
                    domain=False, ticks=False, labelColor=INK, labelPadding=24
                ),
            ),
            text=alt.Text("text:N"),
        )
    )


def _said(summaries: pd.DataFrame, groups: list[str]) -> str:
    said = []
    for row in summaries.to_dict("records"):
        if row["group_name"] in groups:
            said.append(
                f"{name_words(row['group_name'])}: {number(row['n_events'])} events in "
                f"{number(row['n'])}, median {months_text(row['median_days'])}"
            )
    return "; ".join(said) + "."
