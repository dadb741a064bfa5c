"""Figures of how wrong a result may be."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from counterarm.report.figures.drawing import INK, MUTED
from counterarm.report.figures.figure import SERIES, Drawing, Figure, series_colours
from counterarm.report.words import estimate_text, name_words, ratio

_WIDTH = 560
# Covariates whose dots are labelled, the strongest ones: labels of all overlap.
LABELLED = 4
_LINE: dict[str, Any] = {"color": MUTED, "strokeDash": [4, 3]}
# Limits beyond these are drawn at the edge: they may be 0 or infinite.
_LOW, _HIGH = 0.02, 50.0
_TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)


def _on_log_scale(rows: pd.DataFrame) -> tuple[pd.DataFrame, alt.Y]:
    """Return rows of ratios with limits that a log scale can draw, and their axis."""
    columns = ["hazard_ratio", "ci_low", "ci_high"]
    drawn = rows.assign(**{c: rows[c].astype(float).clip(_LOW, _HIGH) for c in columns})
    low = float(min(drawn[columns].min().min() * 0.9, 0.8))
    high = float(max(drawn[columns].max().max() * 1.1, 1.25))
    return drawn, alt.Y(
        "hazard_ratio:Q",
        title="Hazard ratio, log scale",
        scale=alt.Scale(type="log", domain=[low, high], clamp=True, nice=False),
        axis=alt.Axis(values=[t for t in _TICKS if low <= t <= high], format="~g"),
    )


def observed_over_expected(rows: pd.DataFrame) -> Figure:
    """Draw observed over expected deaths after the last visit, by window and arm.

    `rows` have arm, window_days, value, ci_low and ci_high, of all pseudo-trials.
    """
    draw = Drawing()
    shown = rows.sort_values(["arm", "window_days"]).assign(
        window=lambda frame: [f"{int(days)} days" for days in frame["window_days"]],
        arm=lambda frame: frame["arm"].map(name_words),
    )
    shown["tip"] = [
        f"{row['arm']}, {row['window']}: "
        + estimate_text({**row, "hazard_ratio": row["value"]})
        for row in shown.to_dict("records")
    ]
    windows = [f"{int(days)} days" for days in sorted(rows["window_days"].unique())]
    arms = list(dict.fromkeys(shown["arm"]))
    colours = series_colours(["treated", "control"])
    names = {name_words(arm): colour for arm, colour in colours.items()}
    colour = alt.Color(
        "arm:N",
        title=None,
        scale=alt.Scale(domain=arms, range=[names.get(arm, INK) for arm in arms]),
    )
    values = rows["value"].astype(float)
    top = max([2.0, *(values[np.isfinite(values)] * 1.2)])
    x = alt.X(
        "value:Q",
        title="Observed / expected deaths after the last visit",
        scale=alt.Scale(domain=[0, top], clamp=True),
    )
    y = alt.Y("window:N", sort=windows, title="Window past the last visit")
    offset = alt.YOffset("arm:N", sort=arms)
    base = draw.chart(shown[["arm", "window", "value", "ci_low", "ci_high", "tip"]])
    bars = base.mark_rule(strokeWidth=1.8).encode(
        x=alt.X("ci_low:Q"), x2="ci_high:Q", y=y, yOffset=offset, color=colour
    )
    points = base.mark_point(filled=True, size=70, opacity=1, aria=True).encode(
        x=x,
        y=y,
        yOffset=offset,
        color=colour,
        description=alt.Description("tip:N"),
    )
    limits = draw.chart(pd.DataFrame({"value": [0.8, 1.5]}))
    spec = alt.layer(limits.mark_rule(**_LINE).encode(x=x), bars, points).properties(
        width=_WIDTH, height={"step": 44, "for": "position"}
    )
    listed = "; ".join(
        f"{row.arm}, {row.window}: {row.value:.2f}" for row in shown.itertuples()
    )
    return Figure(
        "observed-over-expected",
        "Deaths recorded after the last visit, over those expected at the rate during "
        "the trial, with 95% Poisson limits. Between the dashed lines (0.8 and 1.5) "
        "deaths are ascertained as expected; below, ascertainment declines; above, "
        "patients stop attending before they die.",
        f"Observed over expected deaths. {listed}.",
        draw.spec(spec),
    )


def bias_plot(rows: pd.DataFrame, needed: float) -> Figure:
    """Draw which confounders would move the limit to 1, and the measured covariates.

    `rows` have variable, rr_ud and rr_eu; `needed` is the bounding factor that moves
    the limit of the interval to 1. Source: Ding and VanderWeele 2016.
    """
    draw = Drawing()
    dots = rows[["variable", "rr_ud", "rr_eu", "bounding_factor"]].dropna()
    strongest = dots["bounding_factor"].rank(ascending=False, method="first")
    dots = dots.assign(
        variable=dots["variable"].map(name_words),
        label=dots["variable"].map(name_words).where(strongest <= LABELLED, ""),
    ).drop(columns="bounding_factor")
    dots["tip"] = [
        f"{row.variable}: risk ratio {ratio(row.rr_ud)} with death, "
        f"{ratio(row.rr_eu)} with treatment"
        for row in dots.itertuples()
    ]
    largest = max(
        4.0, needed * 2.5, *(float(dots[c].max()) * 1.15 for c in ("rr_ud", "rr_eu"))
    )
    ud = np.linspace(needed * 1.0001, largest, 120)
    curve = pd.DataFrame({"rr_ud": ud, "rr_eu": needed * (ud - 1) / (ud - needed)})
    curve = curve[curve["rr_eu"] <= largest]
    domain = alt.Scale(domain=[1, largest], nice=False)
    x = alt.X("rr_eu:Q", title="Risk ratio with treatment (RR EU)", scale=domain)
    y = alt.Y("rr_ud:Q", title="Risk ratio with death (RR UD)", scale=domain)
    line = draw.chart(curve).mark_line(color=SERIES[0], strokeWidth=2).encode(x=x, y=y)
    base = draw.chart(dots)
    points = base.mark_point(
        filled=True, size=60, color=SERIES[1], opacity=1, aria=True
    ).encode(x=x, y=y, description=alt.Description("tip:N"))
    labels = base.mark_text(align="left", dx=7, fontSize=11, color=INK).encode(
        x=x, y=y, text="label:N"
    )
    spec = alt.layer(line, points, labels).properties(width=420, height=340)
    listed = "; ".join(
        f"{row.variable} {row.rr_eu:.2f}, {row.rr_ud:.2f}" for row in dots.itertuples()
    )
    return Figure(
        "bias-plot",
        "Hidden confounders on or above the curve would move the limit of the interval "
        "under the corrected follow-up rule to 1. Dots are the measured covariates.",
        f"Bias plot. Bounding factor needed {needed:.2f}. Covariates: {listed}.",
        draw.spec(spec),
    )


def tipping_curve(rows: pd.DataFrame) -> Figure:
    """Draw the hazard ratio against the hazard after censoring, by arm.

    `rows` have arm, delta, coef, ci_low and ci_high, of the log hazard ratio.
    """
    draw = Drawing()
    shown = rows.dropna(subset=["coef"]).assign(
        hazard_ratio=lambda frame: _ratio(frame["coef"]),
        ci_low=lambda frame: _ratio(frame["ci_low"]),
        ci_high=lambda frame: _ratio(frame["ci_high"]),
        imputed=lambda frame: "Imputed: " + frame["arm"].map(name_words),
    )
    shown["tip"] = [
        f"{row['imputed']}, hazard times {row['delta']:g}: {estimate_text(row)}"
        for row in shown.to_dict("records")
    ]
    drawn, y = _on_log_scale(shown)
    x = alt.X("delta:Q", title="Hazard after censoring, relative to before")
    kinds = list(dict.fromkeys(shown["imputed"]))
    colour = alt.Color(
        "imputed:N",
        title=None,
        legend=None,
        scale=alt.Scale(domain=kinds, range=list(SERIES[: len(kinds)])),
    )
    charts = []
    columns = ["delta", "hazard_ratio", "ci_low", "ci_high", "imputed", "tip"]
    one = draw.chart(pd.DataFrame({"hazard_ratio": [1.0]}))
    for kind in kinds:
        base = draw.chart(drawn.loc[drawn["imputed"] == kind, columns])
        band = base.mark_area(opacity=0.18).encode(
            x=x, y=alt.Y("ci_low:Q"), y2="ci_high:Q", color=colour
        )
        line = base.mark_line().encode(x=x, y=y, color=colour)
        points = base.mark_point(filled=True, opacity=1, aria=True).encode(
            x=x, y=y, color=colour, description=alt.Description("tip:N")
        )
        layers = [one.mark_rule(**_LINE).encode(y=y), band, line, points]
        charts.append(alt.layer(*layers).properties(width=270, height=240, title=kind))
    return Figure(
        "tipping-points",
        "The hazard ratio if censored subjects go on to die at this multiple of the "
        "rate of the others of their arm. 1 is censoring at random; 0 is alive to "
        "the horizon.",
        "Tipping curve. "
        + "; ".join(
            f"{row.imputed} at {row.delta:g}: {row.hazard_ratio:.2f}"
            for row in shown.itertuples()
        )
        + ".",
        draw.spec(alt.hconcat(*charts, spacing=30)),
    )


def _ratio(coef: pd.Series) -> pd.Series:
    with np.errstate(over="ignore"):
        return np.exp(coef.astype(float))


def specification_curve(rows: pd.DataFrame, axes: list[str]) -> Figure:
    """Draw every specification in order of its hazard ratio, and its levels below.

    `rows` have hazard_ratio, ci_low, ci_high, is_valid, is_protocol and the columns of
    `axes`. Source: Simonsohn 2020.
    """
    draw = Drawing()
    shown = rows.dropna(subset=["hazard_ratio"]).sort_values("hazard_ratio")
    shown = shown.assign(
        rank=np.arange(1, len(shown) + 1),
        kind=np.select(
            [shown["is_protocol"].astype(bool), ~shown["is_valid"].astype(bool)],
            ["Protocol", "Invalid"],
            "Valid",
        ),
    )
    scale = alt.Scale(
        domain=["Protocol", "Valid", "Invalid"],
        range=[SERIES[1], SERIES[0], MUTED],
    )
    colour = alt.Color("kind:N", title=None, scale=scale)
    rank = alt.X(
        "rank:Q",
        title=None,
        axis=alt.Axis(labels=False, ticks=False, grid=False),
        scale=alt.Scale(domain=[0, len(shown) + 1], nice=False),
    )
    varied = [axis for axis in axes if len(set(shown[axis].astype(str))) > 1]
    shown["tip"] = [
        "; ".join(
            [
                f"{row['kind']}: {estimate_text(row)}",
                *(
                    f"{name_words(axis).lower()}: {name_words(str(row[axis])).lower()}"
                    for axis in varied
                ),
            ]
        )
        for row in shown.to_dict("records")
    ]
    drawn, y = _on_log_scale(shown)
    drawn = drawn[["rank", "kind", "hazard_ratio", "ci_low", "ci_high", "tip"]]
    base = draw.chart(drawn)
    # among hundreds of dots that of the protocol is found by its size
    own = draw.chart(drawn[drawn["kind"] == "Protocol"])
    one = draw.chart(pd.DataFrame({"hazard_ratio": [1.0]}))
    curve = alt.layer(
        one.mark_rule(**_LINE).encode(y=y),
        base.mark_rule(opacity=0.25).encode(
            x=rank, y=alt.Y("ci_low:Q"), y2="ci_high:Q", color=colour
        ),
        *(
            dots.mark_point(filled=True, size=size, opacity=1, aria=True).encode(
                x=rank, y=y, color=colour, description=alt.Description("tip:N")
            )
            for dots, size in ((base, 14), (own, 90))
        ),
    ).properties(width=_WIDTH, height=200)
    panels = [curve]
    for axis in varied:
        levels = shown[axis].astype(str)
        part = pd.DataFrame({"rank": shown["rank"], "level": levels.map(name_words)})
        panels.append(
            draw.chart(part)
            .mark_tick(thickness=1, size=9, color=INK)
            .encode(
                x=rank,
                y=alt.Y(
                    "level:N",
                    title=name_words(axis),
                    # as many pixels for labels in each panel put titles in line
                    axis=alt.Axis(grid=False, minExtent=165),
                ),
            )
            .properties(width=_WIDTH, height={"step": 13})
        )
    known = shown["ci_high"].dropna()
    below = f"{(known < 1).mean():.0%}" if len(known) else "an unknown share"
    return Figure(
        "specification-curve",
        f"All {len(shown)} specifications in order of their hazard ratio, with 95% "
        "intervals; below, the levels of each choice. It is neither a p value nor a "
        "vote.",
        f"Specification curve of {len(shown)} rows from "
        f"{shown['hazard_ratio'].min():.2f} to {shown['hazard_ratio'].max():.2f}; "
        f"{below} of intervals lie below 1.",
        draw.spec(alt.vconcat(*panels, spacing=6).resolve_scale(x="shared")),
    )
