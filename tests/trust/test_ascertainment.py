"""Deaths after the last visit against expected ones, and reverse Kaplan-Meier."""

import math

import numpy as np
import pytest
from scipy.stats import poisson

from counterarm.trust.ascertainment import (
    is_late_death,
    observed_over_expected,
    reading,
    reverse_median,
    reverse_medians,
)


def subjects(golden):
    rows = golden("ascertainment.json")["subjects"]
    return tuple(
        np.array([row[key] for row in rows], float)
        for key in ("last", "death", "spacing")
    )


def test_observed_over_expected_is_the_golden_one(golden):
    found = observed_over_expected(*subjects(golden), 182)
    wanted = golden("ascertainment.json")["oe_182"]
    assert found.rate == pytest.approx(wanted["rate"], abs=1e-9)
    assert found.observed == wanted["observed"]
    assert found.expected == pytest.approx(wanted["expected"], abs=1e-9)
    assert found.person_days == pytest.approx(wanted["person_days"], abs=1e-9)
    assert found.ratio == pytest.approx(wanted["ratio"], abs=1e-9)


def test_limits_are_the_poisson_means_that_just_allow_the_count(golden):
    found = observed_over_expected(*subjects(golden), 182)
    low, high = found.ci_low * found.expected, found.ci_high * found.expected
    assert poisson.sf(found.observed - 1, low) == pytest.approx(0.025)
    assert poisson.cdf(found.observed, high) == pytest.approx(0.025)


def test_without_a_late_death_the_lower_limit_is_zero():
    found = observed_over_expected([100, 100], [50, np.nan], 30, 91)
    assert (found.observed, found.ratio, found.ci_low) == (0, 0, 0)
    # 1 death in 180 days, 61 days of one subject; -log 0.025 is the limit of no event
    expected = 61 / 180
    assert found.expected == pytest.approx(expected)
    assert found.ci_high == pytest.approx(-math.log(0.025) / expected)


def test_a_gap_beyond_the_window_leaves_no_days():
    found = observed_over_expected([100, 100], [50, np.nan], 120, 91)
    assert found.person_days == 0
    assert math.isnan(found.ratio)
    assert "beyond the next visit" in found.note


def test_no_death_in_the_trial_has_a_note_and_no_ratio():
    found = observed_over_expected([100, 100], [np.nan, 180], 30, 182)
    assert found.observed == 1
    assert math.isnan(found.ratio)
    assert "no death during the trial" in found.note


@pytest.mark.parametrize("rule", ["as_recorded", "window_91"])
def test_reverse_median_is_that_of_survfit(golden, rule):
    case = golden("ascertainment.json")
    time, event = zip(*[(r["time"], r["event"]) for r in case[rule]], strict=True)
    wanted = case["reverse_km_median"][rule]
    assert reverse_median(time, event) == pytest.approx(wanted, abs=1e-9)
    by_row = reverse_medians(time, event, ["x"] * 8)
    assert by_row["median"].tolist() == [wanted]
    assert by_row["n"].tolist() == [8]


def test_reverse_medians_are_made_by_group():
    found = reverse_medians([5, 9, 7, 7], [0, 0, 1, 1], ["b", "b", "a", "a"])
    assert found["group_name"].tolist() == ["a", "b"]
    # nobody of a is censored; of b one of two at 5, and the other at 9: midpoint
    assert math.isnan(found["median"][0])
    assert found["median"][1] == 7
    with pytest.raises(ValueError, match="group"):
        reverse_medians([5], [0], [None])


def test_late_deaths_are_those_beyond_the_planned_visit(golden):
    last, death, gap = subjects(golden)
    late = is_late_death(last, death, gap)
    assert np.nansum(late) == golden("ascertainment.json")["late_deaths"]
    assert np.isnan(late).tolist() == np.isnan(death).tolist()


@pytest.mark.parametrize(
    ("ratio", "disagree", "wanted"),
    [
        (0.8, True, "ascertained"),
        (1.5, True, "ascertained"),
        (0.79, True, "short windows"),
        (1.51, True, "long windows"),
        (0.49, False, "short windows"),
        (0.49, True, "cannot be judged"),
        (0.5, True, "short windows"),
        (2.0, True, "long windows"),
        (2.01, True, "cannot be judged"),
        (math.nan, False, "cannot be judged"),
    ],
)
def test_ratio_is_read_at_its_limits(ratio, disagree, wanted):
    assert reading(ratio, rules_disagree=disagree) == wanted


def test_bad_input_names_the_argument():
    with pytest.raises(ValueError, match="window_days"):
        observed_over_expected([1], [2], 30, 0)
    with pytest.raises(ValueError, match="gap"):
        observed_over_expected([1], [2], -1, 91)
    with pytest.raises(ValueError, match="window_days"):
        is_late_death([10], [200], [math.nan])
