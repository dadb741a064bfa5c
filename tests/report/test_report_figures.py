"""Figures carry the numbers of their rows and survive odd ones."""

import math
import re

import pandas as pd
import pytest

from counterarm.report.figures.change import function_change
from counterarm.report.figures.cohort import love_plot, score_overlap
from counterarm.report.figures.course import function_course, mean_interval
from counterarm.report.figures.figure import Figure
from counterarm.report.figures.forest import forest
from counterarm.report.figures.participant_flow import flow_diagram
from counterarm.report.figures.survival import Labels, kaplan_meier

ROWS = pd.DataFrame(
    {
        "label": ["one", "two"],
        "variance": ["naive", "naive"],
        "hazard_ratio": [0.345, 3e9],
        "ci_low": [0.123, 1e-9],
        "ci_high": [0.987, 4e12],
    }
)


def steps(group: str, days: list[int], survival: list[float]) -> pd.DataFrame:
    n = len(days)
    return pd.DataFrame(
        {
            "endpoint": "OS",
            "endpoint_label": "Overall survival",
            "group_name": group,
            "day": days,
            "n_risk": list(range(n, 0, -1)),
            "n_event": 1,
            "n_censored": [0] * (n - 1) + [1],
            "survival": survival,
            "ci_low": survival,
            "ci_high": survival,
        }
    )


@pytest.fixture
def curves() -> pd.DataFrame:
    return pd.concat(
        [
            steps("treated", [100, 400, 900], [0.8, 0.6, 0.5]),
            steps("control", [50, 200, 300], [0.7, 0.4, 0.2]),
        ]
    )


@pytest.fixture
def summaries() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group_name": ["treated", "control"],
            "n": [3, 3],
            "n_events": [2, 3],
            "median_days": [None, 200.0],
        }
    )


def test_a_number_that_is_read_keeps_its_digits():
    svg = forest("f", "Caption.", ROWS, ["one", "two"], "variance").svg
    assert ">0.34 (0.12 to 0.99)<" in svg or ">0.35 (0.12 to 0.99)<" in svg


def test_an_estimate_beyond_the_axis_is_written_as_a_bound():
    svg = forest("f", "Caption.", ROWS, ["one", "two"], "variance").svg
    assert "&gt;1,000" in svg


def test_a_line_stands_where_the_shorter_follow_up_ends(curves, summaries):
    figure = kaplan_meier(curves, summaries, ["treated", "control"])
    assert "follow-up ends: Controls" in figure.svg


def test_no_line_stands_where_both_arms_are_followed_alike(curves, summaries):
    alike = curves[curves["day"] <= 300]
    alike = pd.concat([alike, steps("treated", [300], [0.7])])
    figure = kaplan_meier(alike, summaries, ["treated", "control"])
    assert "follow-up ends" not in figure.svg


def test_numbers_at_risk_are_those_just_before_the_tick(curves, summaries):
    figure = kaplan_meier(curves, summaries, ["treated", "control"])
    table = figure.svg.split("Number at risk")[1]
    # Treated at months 0, 6, 12, 18, 24: 3, 2, 2, 1, 1; controls 3, 2, 0, 0, 0.
    shown = [int(n) for n in re.findall(r">(\d+)</text>", figure.svg.split("OS")[-1])]
    counts = shown[-10:]
    assert sorted(counts[:5] + counts[5:]) == sorted([3, 2, 2, 1, 1, 3, 2, 0, 0, 0])
    assert table


def test_a_figure_says_what_it_shows_without_eyes(curves, summaries):
    figure = kaplan_meier(curves, summaries, ["treated", "control"])
    assert "Treated: 2 events in 3, median not reached;" in figure.alt


def test_in_the_page_a_figure_is_one_image_that_follows_the_colours(curves, summaries):
    inline = kaplan_meier(curves, summaries, ["treated", "control"]).inline("a-b")
    assert inline.count("role=") == 1
    assert "#0072b2" not in inline
    assert "var(--series-1)" in inline
    assert "data-tip=" in inline
    assert " aria-label=" not in inline[inline.index(">") :]


def test_a_flow_counts_those_who_are_not_evaluable_separately():
    flow = pd.DataFrame(
        {
            "arm": ["control"] * 3,
            "step": [0, 1, 2],
            "criterion": ["identified", "age", "matched"],
            "label": ["Identified", "Age < 80 & known", "Matched"],
            "n_before": [100, 100, 80],
            "n_failed": [0, 13, 50],
            "n_not_evaluable": [0, 7, 0],
            "n_after": [100, 80, 30],
        }
    )
    svg = flow_diagram(flow).svg
    assert "13 not met" in svg
    assert "7 not evaluable" in svg
    assert "Age &lt; 80 &amp; known" in svg


def test_figures_are_drawn_of_hidden_and_missing_values():
    bins = pd.DataFrame(
        {
            "sample": ["matched"] * 2,
            "arm": ["treated", "control"],
            "score_from": [0.1, 0.1],
            "score_to": [0.15, 0.15],
            "n_subjects": ["<5", 12],
        }
    )
    assert "12 subjects" in score_overlap(bins).svg
    means = pd.DataFrame(
        {
            "arm": ["treated", "control"],
            "day": [0, 0],
            "n_subjects": [1, 9],
            "mean_total": [40.0, 38.0],
            "sd_total": [float("nan"), 5.0],
        }
    )
    assert (
        "mean 40.0 points of 1"
        in function_course(
            pd.DataFrame(columns=["arm", "day", "line", "total"]), means
        ).svg
    )


def test_a_third_sample_of_balance_has_its_own_mark():
    rows = pd.DataFrame(
        {
            "label": "Age",
            "level": None,
            "sample": ["unmatched", "matched", "weighted"],
            "smd": [0.5, 0.05, 0.02],
            "mean_treated": 50.0,
            "mean_control": 51.0,
            "denominator": "sd",
        }
    )
    svg = love_plot(rows).svg
    for word in ("Before matching", "After matching", "Weighted"):
        assert word in svg


def test_ids_of_two_figures_do_not_meet():
    svg = '<svg viewBox="0 0 1 1"><clipPath id="c1"/><g clip-path="url(#c1)"/></svg>'
    figure = Figure("f", "c", "alt", svg)
    assert 'id="x_y_c1"' in figure.inline("x-y")
    assert "url(#x_y_c1)" in figure.inline("x-y")


def test_a_weighted_sample_is_not_drawn_as_if_everybody_counted_once():
    bins = pd.DataFrame(
        {
            "sample": ["unmatched", "matched"] * 2,
            "arm": ["treated"] * 2 + ["control"] * 2,
            "score_from": 0.1,
            "score_to": 0.15,
            "n_subjects": 12,
        }
    )
    assert "After matching" in score_overlap(bins).svg
    assert "After matching" not in score_overlap(bins, is_weighted=True).svg


def test_a_row_of_one_mark_has_what_stands_beside_it():
    rows = ROWS.assign(aside=["10, 5 events", "3, 1 events"])
    figure = forest("f", "Caption.", rows, ["one", "two"], "variance", "aside")
    assert "10, 5 events" in figure.svg


def test_changes_are_drawn_of_more_than_one_subject():
    rows = pd.DataFrame(
        {
            "comparison_set": "arms",
            "group_name": ["treated", "control", "control"],
            "window_id": ["month_3", "month_3", "month_6"],
            "n": 20,
            "n_assessed": [10, 9, 1],
            "mean": [-1.0, -3.0, -40.0],
            "ci_low": [-2.0, -4.0, None],
            "ci_high": [0.0, -2.0, None],
        }
    )
    svg = function_change(rows, ["arms"]).svg
    assert "month 3: -3.0 points (-4.0 to -2.0), 9 of 20 assessed" in svg
    assert "month 6" not in svg


def test_the_axis_of_a_forest_names_its_own_ends():
    rows = ROWS.assign(hazard_ratio=0.3, ci_low=0.06, ci_high=0.9)
    svg = forest("f", "Caption.", rows, ["one", "two"], "variance").svg
    assert ">0.05<" in svg
    assert ">2<" in svg
    assert ">0.02<" not in svg
    assert ">5<" not in svg


def test_an_interval_that_leaves_the_scale_of_the_main_rows_ends_in_an_arrow():
    rows = pd.DataFrame(
        {
            "label": ["All", "Few"],
            "variance": "naive",
            "hazard_ratio": [0.5, 3.0],
            "ci_low": [0.3, 0.1],
            "ci_high": [0.9, 40.0],
        }
    )
    right, left = (
        "\N{BLACK RIGHT-POINTING TRIANGLE}",
        "\N{BLACK LEFT-POINTING TRIANGLE}",
    )
    figure = forest("f", "C.", rows, ["All", "Few"], "variance", main=["All"])
    assert figure.svg.count(right) == figure.svg.count(left) == 1
    assert ">2<" in figure.svg
    assert ">5<" not in figure.svg
    assert ">3.00 (0.10 to 40.00)<" in figure.svg
    assert "Arrows" in figure.caption
    assert right not in forest("f", "C.", rows.head(1), ["All"], "variance").svg


def test_intervals_of_mean_totals_stay_between_0_and_48():
    mean, sd = pd.Series([24.0, 47.0, 1.0, 48.0]), pd.Series([8.0, 4.0, 4.0, 0.0])
    low, high = mean_interval(mean, sd, pd.Series([16, 4, 4, "<5"]))
    # logit of 1/2 is 0; SE 2 / 48 / (1/4) = 1/6; 1.96 / 6 = 0.326667
    assert low[0] == pytest.approx(48 / (1 + math.exp(0.3266667)))
    assert high[0] == pytest.approx(48 / (1 + math.exp(-0.3266667)))
    assert (low[:3] > 0).all()
    assert (high[:3] < 48).all()
    assert low[1:3].notna().all()
    assert pd.isna(low[3])


def test_weighted_curves_have_weighted_numbers_at_risk(curves, summaries):
    weighted = curves.assign(
        n_risk_weighted=curves["n_risk"] * 10.0, weighting="case weights"
    )
    figure = kaplan_meier(weighted, summaries, ["treated", "control"])
    assert "Weighted number at risk" in figure.svg
    assert figure.svg.count(">30<") == 2
    assert "sums of weights" in figure.caption


def test_curves_carry_their_numbers_and_few_subjects_are_named(curves, summaries):
    labels = Labels("Overall survival", ("Hazard ratio 0.50", "Log-rank p = 0.031"))
    figure = kaplan_meier(
        curves, summaries, ["treated", "control"], labels=labels, is_detailed=True
    )
    for text in ("Hazard ratio 0.50", "Log-rank p = 0.031", "Treated (n = 3)"):
        assert text in figure.svg
    assert "Cumulative events" in figure.svg
    assert "Fewer than 10 subjects: Treated, Controls" in figure.caption
    plain = kaplan_meier(curves, summaries.assign(n=30), ["treated", "control"])
    assert "Cumulative events" not in plain.svg
    assert "Fewer than" not in plain.caption


def test_a_figure_for_a_narrow_screen_stands_beside_the_wide_one():
    rows = pd.DataFrame(
        {
            "label": ["Age", "Age", "Race", "Race"],
            "level": [None, None, "ASIAN", "ASIAN"],
            "column_name": ["age", "age", "race", "race"],
            "is_matched_on": [True, True, False, False],
            "sample": ["unmatched", "matched"] * 2,
            "smd": [0.5, 0.05, 2.5, 2.6],
            "mean_treated": 50.0,
            "mean_control": 51.0,
            "denominator": "sd",
        }
    )
    figure = love_plot(rows)
    for svg in (figure.svg, figure.narrow_svg):
        assert "Not matched on" in svg
        assert "2.6 \N{RIGHTWARDS ARROW}" in svg
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', figure.narrow_svg)[1])
    assert width < 330
    inline = figure.inline("a-balance")
    assert inline.count('class="on-wide"') == inline.count('class="on-narrow"') == 1
    ids = re.findall(r' id="([^"]+)"', inline)
    assert len(ids) == len(set(ids))
