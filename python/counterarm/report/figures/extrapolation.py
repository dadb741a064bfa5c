"""Fitted distributions over the Kaplan-Meier curve, and beyond its end."""

import altair as alt
import pandas as pd

from counterarm.report.figures.drawing import INK, MUTED
from counterarm.report.figures.figure import SERIES, Drawing, Figure
from counterarm.report.words import MONTH, distribution_words, name_words, number

_WIDTH, _HEIGHT = 620, 200
_DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3])


def extrapolated(
    curves: pd.DataFrame, steps: pd.DataFrame, fits: pd.DataFrame
) -> Figure:
    """Draw a panel for each group: its curve, each distribution, and where it ends.

    `curves` are rows of analysis.extrapolation_curves, `steps` of
    results.survival_steps of one kind of interval, `fits` of analysis.extrapolation;
    all of one analysis, endpoint and set of groups.
    """
    draw = Drawing()
    names = list(dict.fromkeys(fits.sort_values("aic_rank")["distribution"]))
    endpoint = str(fits["endpoint"].iloc[0])
    last = float(curves["day"].max()) / MONTH
    x = alt.X(
        "month:Q",
        title="Months from index",
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(grid=False, tickCount=8),
    )
    y = alt.Y(
        "survival:Q",
        title=f"{endpoint}, %",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", tickCount=5),
    )
    said = [distribution_words(name) for name in names]
    key = alt.Legend(symbolType="stroke", symbolStrokeWidth=2.4, columns=4)
    colours = [SERIES[i % len(SERIES)] for i in range(len(names))]
    dashes = [_DASHES[i // len(SERIES) % len(_DASHES)] for i in range(len(names))]
    colour = alt.Color(
        "name:N", title=None, legend=key, scale=alt.Scale(domain=said, range=colours)
    )
    dash = alt.StrokeDash(
        "name:N", title=None, legend=key, scale=alt.Scale(domain=said, range=dashes)
    )
    panels = []
    for group in sorted(set(fits["group_name"]), key=_place):
        own = curves[curves["group_name"] == group]
        own = own.assign(
            month=own["day"] / MONTH, name=own["distribution"].map(distribution_words)
        )
        observed = _observed(steps[steps["group_name"] == group])
        end = float(fits.loc[fits["group_name"] == group, "last_day"].iloc[0]) / MONTH
        at = pd.DataFrame({"month": [end], "text": ["follow-up ends"]})
        lines = (
            draw.chart(own[["month", "survival", "name"]])
            .mark_line(strokeWidth=1.6)
            .encode(x=x, y=y, color=colour, strokeDash=dash)
        )
        curve = (
            draw.chart(observed)
            .mark_line(interpolate="step-after", strokeWidth=2.6, color=INK)
            .encode(x=x, y=y)
        )
        rule = draw.chart(at).mark_rule(strokeDash=[3, 3], color=MUTED).encode(x=x)
        text = (
            draw.chart(at)
            .mark_text(align="left", dx=6, baseline="top", color=MUTED)
            .encode(x=x, y=alt.value(2), text=alt.Text("text:N"))
        )
        panels.append(
            alt.layer(lines, curve, rule, text).properties(
                width=_WIDTH, height=_HEIGHT, title=name_words(group)
            )
        )
    groups = ", ".join(
        f"{name_words(group)}: means {_range(fits[fits['group_name'] == group])} months"
        for group in sorted(set(fits["group_name"]), key=_place)
    )
    return Figure(
        f"extrapolation-{endpoint.lower()}".replace("_", "-"),
        "Parametric distributions fitted to each group alone, over the Kaplan-Meier "
        "curve (thick). Right of the dotted line nobody was followed: the curves are "
        "extrapolation, and no observation can distinguish them there.",
        f"Extrapolated survival by {', '.join(said)}. {groups}.",
        draw.spec(alt.vconcat(*panels, spacing=18)),
    )


def _place(group: str) -> tuple[int, str]:
    order = {"treated": 0, "control": 1}
    return order.get(group, 2), group


def _observed(steps: pd.DataFrame) -> pd.DataFrame:
    steps = steps.sort_values("day")
    start = pd.DataFrame({"month": [0.0], "survival": [1.0]})
    rows = pd.DataFrame(
        {
            "month": steps["day"].astype(float) / MONTH,
            "survival": steps["survival"].astype(float),
        }
    )
    return pd.concat([start, rows], ignore_index=True)


def _range(fits: pd.DataFrame) -> str:
    means = fits["mean_days"].dropna().astype(float) / MONTH
    if means.empty:
        return "that are not finite"
    return f"{number(round(means.min(), 1))} to {number(round(means.max(), 1))}"
