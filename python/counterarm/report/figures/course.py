"""Figures of function and response."""

import altair as alt
import numpy as np
import pandas as pd

from counterarm.report.figures.drawing import BLUE, SKY, VERMILLION
from counterarm.report.figures.figure import Drawing, Figure
from counterarm.report.words import MONTH, number

# Months by which the bars of both arms stand apart.
_DODGE = 0.35
_HIGHEST_TOTAL = 48
_ARMS = {"treated": "Treated", "control": "Controls"}
_ARM_COLOUR = alt.Color(
    "who:N",
    title=None,
    scale=alt.Scale(domain=list(_ARMS.values()), range=[BLUE, VERMILLION]),
)


def mean_interval(
    mean: pd.Series, sd: pd.Series, n: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Return the ends of 95% intervals of mean totals, which lie between 0 and 48.

    Delta method on the logit of mean / 48; missing where the mean is 0 or 48, or is of
    fewer than two.
    """
    share = mean.astype(float) / _HIGHEST_TOTAL
    inside = share.where(share.between(0, 1, inclusive="neither"))
    logit = np.log(inside / (1 - inside))
    se = sd.astype(float) / np.sqrt(pd.to_numeric(n, errors="coerce").astype(float))
    half = 1.96 * se / _HIGHEST_TOTAL / (inside * (1 - inside))
    return tuple(
        _HIGHEST_TOTAL / (1 + np.exp(-end)) for end in (logit - half, logit + half)
    )


def function_course(
    course: pd.DataFrame, means: pd.DataFrame, is_weighted: bool = False
) -> Figure:
    """Draw ALSFRS-R totals of both arms: means by quarter, single subjects faint."""
    draw = Drawing()
    last = float(min(means["day"].max() if len(means) else 0, 1095)) / MONTH + 1
    x = alt.X(
        "month:Q",
        title="Months from index",
        scale=alt.Scale(domain=[-2, last], nice=False, clamp=True),
        axis=alt.Axis(grid=False, values=list(range(0, int(last) + 1, 6))),
    )
    y = alt.Y(
        "total:Q",
        title="ALSFRS-R total",
        scale=alt.Scale(domain=[0, 48], nice=False),
        axis=alt.Axis(values=[0, 12, 24, 36, 48]),
    )
    layers = []
    for arm, colour in (("control", VERMILLION), ("treated", BLUE)):
        lines = _broken_lines(course[course["arm"] == arm], last)
        if len(lines):
            layers.append(
                draw.chart(lines)
                .mark_line(
                    strokeWidth=0.6,
                    opacity=0.22,
                    color=colour,
                    invalid="break-paths-filter-domains",
                )
                .encode(x=x, y=y, order=alt.Order("i:Q"))
                .properties(name=f"lines_{arm}")
            )
    rows = means.assign(
        month=means["day"] / MONTH,
        who=means["arm"].map(_ARMS),
        total=means["mean_total"],
    )
    low, high = mean_interval(rows["total"], rows["sd_total"], rows["n_subjects"])
    rows = rows.assign(
        low=low,
        high=high,
        # The bars of both arms are side by side.
        month=rows["month"] + rows["arm"].map({"treated": -_DODGE, "control": _DODGE}),
    )
    rows = rows[rows["month"] <= last].sort_values(["arm", "month"])
    rows["tip"] = [
        f"{row.who}, month {row.day / MONTH:.0f}: mean {row.total:.1f} points of "
        f"{number(row.n_subjects)} assessed"
        for row in rows.itertuples()
    ]
    base = draw.chart(rows[["month", "total", "low", "high", "who", "tip"]])
    layers += [
        base.mark_rule(strokeWidth=1.4).encode(
            x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), color=_ARM_COLOUR
        ),
        base.mark_line(strokeWidth=2.6).encode(x=x, y=y, color=_ARM_COLOUR),
        base.mark_point(filled=True, size=60, aria=True, opacity=1).encode(
            x=x, y=y, color=_ARM_COLOUR, description=alt.Description("tip:N")
        ),
    ]
    faint = "" if course.empty else " Faint lines are single subjects."
    faint += " Unweighted: each subject counts once." if is_weighted else ""
    return Figure(
        "function",
        "ALSFRS-R total of the matched subjects: mean of those assessed in "
        "each 91 days, with 95% confidence interval (on the logit of 0 to 48)."
        f"{faint} Subjects who died or were lost to follow-up no longer contribute.",
        "Course of the ALSFRS-R total. " + "; ".join(rows["tip"].iloc[::3]) + ".",
        draw.spec(alt.layer(*layers).properties(width=620, height=320)),
    )


def _broken_lines(course: pd.DataFrame, last: float) -> pd.DataFrame:
    """Put the lines of all subjects into one, broken between them: fewer bytes."""
    course = course[course["day"] / MONTH <= last].sort_values(["line", "day"])
    if course.empty:
        return pd.DataFrame()
    is_first = course["line"].diff().fillna(0).ne(0).to_numpy()
    i = np.arange(len(course)) + np.cumsum(is_first)
    lines = pd.DataFrame(
        {"i": i, "month": course["day"] / MONTH, "total": course["total"].astype(float)}
    )
    breaks = pd.DataFrame({"i": i[is_first] - 1, "month": np.nan, "total": np.nan})
    return pd.concat([lines, breaks]).sort_values("i").round(2)


def waterfall(differences: pd.DataFrame) -> Figure:
    """Draw the pairs' differences of change, from the least to the greatest."""
    draw = Drawing()
    rows = differences.sort_values("place").copy()
    colours = {"increased": VERMILLION, "no change": SKY, "decreased": BLUE}
    words = {
        "increased": "Treated progressed more",
        "no change": "No difference beyond 3 points",
        "decreased": "Treated progressed less",
    }
    rows["class"] = rows["response"].map(words).fillna(rows["response"])
    rows["tip"] = [
        f"Pair {row.place} of {len(rows)}: {row.difference:+.0f} points"
        for row in rows.itertuples()
    ]
    step = max(3.0, min(14.0, 600 / max(1, len(rows))))
    spec = (
        draw.chart(rows[["place", "difference", "class", "tip"]])
        .mark_bar(aria=True, width={"band": 0.85})
        .encode(
            x=alt.X(
                "place:O",
                title="Pairs, in order of the difference",
                axis=alt.Axis(labels=False, ticks=False),
            ),
            y=alt.Y(
                "difference:Q",
                title="Treated change \N{MINUS SIGN} control change, points",
            ),
            color=alt.Color(
                "class:N",
                title=None,
                scale=alt.Scale(
                    domain=list(words.values()), range=[colours[k] for k in words]
                ),
            ),
            description=alt.Description("tip:N"),
        )
        .properties(width={"step": step}, height=260)
    )
    counts = ", ".join(
        f"{(rows['response'] == key).sum()} {text.lower()}"
        for key, text in words.items()
    )
    return Figure(
        "response-waterfall",
        "Each bar is a pair: change of the treated subject minus that of its control.",
        f"Waterfall of {len(rows)} pairs: {counts}.",
        draw.spec(spec),
    )
