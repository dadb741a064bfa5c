"""Cumulative incidence of the causes of an endpoint with competing events."""

import altair as alt
import pandas as pd

from counterarm.report.figures.figure import Drawing, Figure, series_colours
from counterarm.report.figures.time_axis import month_ticks
from counterarm.report.words import GROUPS, MONTH, name_words

_DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4])


def cumulative_incidence(
    rows: pd.DataFrame, causes: dict[str, str], label: str, start: str
) -> Figure:
    """Draw the incidence of every cause in both arms: colour the arm, dash the cause.

    `rows` are those of analysis.cumulative_incidence of one endpoint and the arms;
    `causes` names each cause in words, that of interest first; `label` is the endpoint
    in words, `start` where time counts from.
    """
    draw = Drawing()
    groups = [group for group in GROUPS if group in set(rows["group_name"])]
    colours = series_colours(groups)
    curves = from_zero(rows)
    curves = curves.assign(
        group=curves["group_name"].map(GROUPS),
        what=curves["cause"].map(causes),
        month=curves["day"] / MONTH,
    )
    last = float(curves["month"].max())
    x = alt.X(
        "month:Q",
        axis=alt.Axis(
            values=month_ticks(last), title=f"Months from {start}", grid=False
        ),
        scale=alt.Scale(domain=[0, last], nice=False),
    )
    y = alt.Y(
        "incidence:Q",
        title="Cumulative incidence, %",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", tickCount=5),
    )
    key = alt.Legend(symbolType="stroke", symbolStrokeWidth=2.6)
    colour = alt.Color(
        "group:N",
        title=None,
        legend=key,
        scale=alt.Scale(
            domain=[GROUPS[group] for group in groups],
            range=[colours[group] for group in groups],
        ),
    )
    dash = alt.StrokeDash(
        "what:N",
        title=None,
        legend=key,
        scale=alt.Scale(
            domain=list(causes.values()),
            range=[_DASHES[i % len(_DASHES)] for i in range(len(causes))],
        ),
    )
    columns = ["month", "group", "what", "incidence", "ci_low", "ci_high"]
    base = draw.chart(curves[columns])
    band = (
        base.transform_filter(alt.datum.what == next(iter(causes.values())))
        .mark_area(interpolate="step-after", opacity=0.16)
        .encode(x=x, y=alt.Y("ci_low:Q"), y2=alt.Y2("ci_high:Q"), color=colour)
    )
    line = base.mark_line(interpolate="step-after", strokeWidth=2).encode(
        x=x, y=y, color=colour, strokeDash=dash
    )
    chart = alt.layer(band, line).properties(width=620, height=300)
    endpoint = rows["endpoint"].iloc[0]
    ends = curves.sort_values("day").groupby(["group", "what"], sort=False).tail(1)
    said = "; ".join(
        f"{row.group}, {row.what}: {row.incidence:.0%} by month {row.month:.0f}"
        for row in ends.itertuples()
    )
    others = ", ".join(list(causes.values())[1:])
    return Figure(
        f"incidence-{endpoint.lower()}".replace("_", "-"),
        f"{label}: cumulative incidence by Aalen and Johansen, {others} competing. "
        "Colours are arms, dashes are causes; the band is the 95% confidence interval "
        "of the endpoint itself.",
        f"Curves of cumulative incidence. {said}.",
        draw.spec(chart),
    )


def from_zero(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the curves with a first step of no incidence on day 0."""
    keys = ["group_name", "cause"]
    first = rows.drop_duplicates(keys).assign(
        day=0, incidence=0.0, ci_low=0.0, ci_high=0.0
    )
    whole = pd.concat([first, rows], ignore_index=True)
    return whole.sort_values([*keys, "day"], kind="stable").reset_index(drop=True)


def cause_words(endpoint: str, cause: str) -> str:
    """Say a cause: an event of the endpoint, or a competing one by its name."""
    if cause == endpoint:
        return f"Event of {endpoint}"
    return name_words(str(cause).lower())
