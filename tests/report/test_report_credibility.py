"""Figures and page of how far a result is to be believed, on odd rows."""

import math
import re

import pandas as pd
import pytest

from counterarm.report.figures.credibility import (
    bias_plot,
    observed_over_expected,
    specification_curve,
    tipping_curve,
)
from counterarm.report.reading import Results
from counterarm.report.sections.verdict import checked_analysis, verdict_section

INF, NAN = math.inf, math.nan


def points(svg: str) -> int:
    assert "NaN" not in svg
    assert "Infinity" not in svg
    drawn = re.findall(r'class="mark-symbol role-mark[^>]*>(.*?)</g>', svg)
    return sum(group.count("<path") for group in drawn)


def specified(*limits: tuple[float, float, float]) -> pd.DataFrame:
    rows = pd.DataFrame(limits, columns=["ci_low", "hazard_ratio", "ci_high"])
    return rows.assign(
        is_valid=True,
        is_protocol=[i == 0 for i in range(len(rows))],
        pool=["all", *["recording"] * (len(rows) - 1)],
    )


@pytest.mark.parametrize(
    "limits",
    [
        [(0.0, 0.5, 2.0), (0.2, 0.6, 1.5)],
        [(0.2, 0.5, INF), (0.2, 0.6, 1.5)],
        [(NAN, 0.5, NAN), (0.2, 0.6, 1.5)],
        [(NAN, 0.5, NAN), (NAN, 0.6, NAN)],
        [(0.2, 0.5, 1.5)],
    ],
)
def test_specifications_are_drawn_whatever_their_limits(limits):
    figure = specification_curve(specified(*limits), ["pool"])
    svg = figure.svg
    assert points(svg) == len(limits) + 1  # the protocol's twice, small and large
    # the axis is not stretched until nothing can be read on it
    ticks = [float(t) for t in re.findall(r">(\d+\.?\d*(?:e[-+]\d+)?)</text>", svg)]
    assert ticks
    assert min(ticks) >= 0.001
    assert max(ticks) <= 1000


def test_intervals_of_unknown_limits_are_in_no_share():
    figure = specification_curve(
        specified((0.2, 0.5, 0.9), (NAN, 0.6, NAN), (0.3, 0.7, 1.4)), ["pool"]
    )
    assert "50% of intervals lie below 1" in figure.alt


def tipped(*limits: tuple[float, float, float, float]) -> pd.DataFrame:
    rows = pd.DataFrame(limits, columns=["delta", "ci_low", "coef", "ci_high"])
    return rows.assign(arm="control")


@pytest.mark.parametrize(
    "limits",
    [
        [(0, -1.0, -0.5, 0.0)],
        [(0, -1.0, -0.5, 0.0), (1, -0.9, -0.4, INF)],
        [(0, -INF, -0.5, 0.0), (1, -0.9, -0.4, 0.1)],
        [(0, NAN, -0.5, NAN), (1, NAN, -0.4, NAN)],
        [(0, -900.0, -0.5, 900.0), (1, -0.9, -0.4, 0.1)],
    ],
)
def test_a_sweep_is_drawn_whatever_its_limits(limits):
    assert points(tipping_curve(tipped(*limits)).svg) >= len(limits)


def ratios(*rows: tuple) -> pd.DataFrame:
    names = ["window_days", "value", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=names).assign(arm="control")


def test_each_ratio_stands_at_its_window_in_whatever_order_they_come():
    figure = observed_over_expected(ratios((182, 0.5, 0.3, 0.9), (91, 1.2, 0.8, 1.9)))
    assert "Controls, 91 days: 1.20; Controls, 182 days: 0.50" in figure.alt


@pytest.mark.parametrize("value", [NAN, INF, 0.0, 30.0])
def test_a_ratio_without_a_number_leaves_the_axis_finite(value):
    figure = observed_over_expected(ratios((91, value, NAN, INF)))
    points(figure.svg)


def test_a_confounder_is_drawn_of_one_covariate():
    rows = pd.DataFrame(
        [{"variable": "sex=F", "rr_ud": 1.2, "rr_eu": 1.4, "bounding_factor": 1.05}]
    )
    assert points(bias_plot(rows, 1.0001).svg) == 1
    assert points(bias_plot(rows, 40.0).svg) == 1


EMPTY = {
    name: pd.DataFrame(columns=["analysis_id", *columns.split()])
    for name, columns in {
        "ascertainment": "measure arm pseudo_trial_id window_days value",
        "calibrated": "calibrated_coef",
        "covariate_strength": "rr_ud rr_eu",
        "follow_up_estimates": "position is_checked hazard_ratio follow_up_rule "
        "n_events rule_analysis_id",
        "specifications": "hazard_ratio",
        "tipping_points": "coef delta",
        "verdict": "position challenge needed sentence",
    }.items()
}


def verdict_of(**tables: list[dict]) -> Results:
    summary = [{"analysis_id": "a", "headline": "Synthetic data. Fragile."}]
    made = {"verdict_summary": summary, **tables}
    return Results(EMPTY | {name: pd.DataFrame(rows) for name, rows in made.items()})


def ruled(n_events: object, *, is_checked: bool = False) -> dict:
    return {
        "analysis_id": "a",
        "position": 1 + is_checked,
        "follow_up_rule": "as_recorded",
        "is_checked": is_checked,
        "rule_analysis_id": "a_window_91" if is_checked else "a",
        "n": 40,
        "n_events": n_events,
        "hazard_ratio": 0.5,
        "ci_low": 0.3,
        "ci_high": 0.9,
        "variance": "cluster",
        "note": None,
    }


def test_a_verdict_is_shown_where_all_tables_beside_it_are_empty():
    section = verdict_section(verdict_of(), "a")
    assert section.figures == []
    # the headline stands beside the hazard ratio, above the section
    assert section.lead == ""
    assert verdict_section(verdict_of(), "b") is None


def test_an_analysis_without_a_checked_rule_is_checked_itself():
    results = verdict_of(follow_up_estimates=[ruled(20)])
    assert checked_analysis(results, "a") == "a"
    assert checked_analysis(verdict_of(), "a") == "a"
    both = verdict_of(follow_up_estimates=[ruled(20), ruled(18, is_checked=True)])
    assert checked_analysis(both, "a") == "a_window_91"
    assert [figure.name for figure in verdict_section(results, "a").figures] == [
        "follow-up-rules"
    ]


@pytest.mark.parametrize(
    ("events", "said"),
    [("<5", "<5 events"), ("hidden", "hidden events"), (1, "1 event")],
)
def test_hidden_events_stand_beside_their_rule(events, said):
    section = verdict_section(verdict_of(follow_up_estimates=[ruled(events)]), "a")
    assert said.replace("<", "&lt;") in section.figures[0].svg


def tips(figure) -> list[str]:
    """Return what the marks of a figure show where one points at them."""
    return re.findall(r'data-tip="([^"]*)"', figure.inline("x"))


def test_every_mark_of_the_figures_shows_its_value():
    rows = pd.DataFrame(
        {
            "arm": ["control"],
            "window_days": [91.0],
            "value": [0.82],
            "ci_low": [0.5],
            "ci_high": [1.25],
        }
    )
    assert tips(observed_over_expected(rows)) == [
        "Controls, 91 days: 0.82 (0.50 to 1.25)"
    ]
    strengths = pd.DataFrame(
        {
            "variable": ["age"],
            "rr_ud": [1.5],
            "rr_eu": [1.25],
            "bounding_factor": [1.07],
        }
    )
    assert tips(bias_plot(strengths, 1.9)) == [
        "Age: risk ratio 1.50 with death, 1.25 with treatment"
    ]
    sweep = tipped((0.5, math.log(0.5), math.log(0.8), math.log(1.25)))
    assert tips(tipping_curve(sweep)) == [
        "Imputed: Controls, hazard times 0.5: 0.80 (0.50 to 1.25)"
    ]
    grid = specified((0.2, 0.5, 1.5), (0.3, 0.6, 1.2))
    assert tips(specification_curve(grid, ["pool"])) == [
        "Protocol: 0.50 (0.20 to 1.50); pool: all",
        "Valid: 0.60 (0.30 to 1.20); pool: recording",
        "Protocol: 0.50 (0.20 to 1.50); pool: all",
    ]
