"""The empirical null is an exact maximum; the draw is fixed by its seed."""

import math

import numpy as np
import pytest

from counterarm.trust.calibration import (
    calibrate,
    draw_keys,
    draw_pseudo_treated,
    fit_null,
    n_pseudo_treated,
)


@pytest.mark.parametrize("name", ["wide", "sccs", "ten"])
def test_null_and_calibrated_estimate_are_the_golden_ones(golden, name):
    case = golden("calibration.json")["cases"][name]
    null = fit_null(case["log_rr"], case["se"])
    assert null.mu == pytest.approx(case["mean"], abs=1e-8)
    assert null.sigma == pytest.approx(case["sd"], abs=1e-8)
    assert null.ease == pytest.approx(case["ease"], abs=1e-8)
    # the package's optimiser stops before the maximum
    assert null.mu == pytest.approx(case["package_mean"], abs=1e-3)
    assert null.sigma == pytest.approx(case["package_sd"], abs=2e-3)
    found = calibrate(case["estimate"], case["estimate_se"], null)
    assert found.p_value == pytest.approx(case["p"], abs=1e-8)
    assert found.coef == pytest.approx(case["log_hr"], abs=1e-8)
    assert found.ci_low == pytest.approx(case["log_low"], abs=1e-8)
    assert found.ci_high == pytest.approx(case["log_high"], abs=1e-8)


def test_sigma_is_exactly_zero_where_the_errors_explain_the_spread(golden):
    case = golden("calibration.json")["cases"]["ten"]
    assert fit_null(case["log_rr"], case["se"]).sigma == 0


def test_draws_without_estimate_or_beyond_log_100_are_counted_and_left_out():
    coef = [0.1, -0.2, 0.3, 0.0, 0.2, math.nan, 4.7, math.log(100) - 0.01]
    se = [0.2] * 8
    found = fit_null(coef, se)
    assert (found.n_draws, found.n_used) == (8, 6)
    assert (found.n_failed, found.n_extreme) == (1, 1)
    assert not found.note


@pytest.mark.parametrize(("n", "has_null"), [(4, False), (5, True)])
def test_fewer_than_five_usable_draws_have_a_note_and_no_null(n, has_null):
    found = fit_null([0.1] * n + [math.nan] * 3, [0.2] * (n + 3))
    assert math.isnan(found.mu) is not has_null
    assert math.isnan(found.ease) is not has_null
    assert bool(found.note) is not has_null
    assert math.isnan(calibrate(-0.5, 0.1, found).ci_low) is not has_null


@pytest.mark.parametrize(("n", "has_null"), [(19, False), (20, True)])
def test_fewer_than_twenty_pseudo_treated_have_no_null(n, has_null):
    found = fit_null([0.1, 0.2, 0.0, -0.1, 0.3], [0.2] * 5, n_pseudo_treated=n)
    assert math.isnan(found.mu) is not has_null


def test_keys_and_the_subjects_drawn_are_the_golden_ones(golden):
    case = golden("ascertainment.json")["draw"]
    keys = draw_keys(case["score"], case["u"])
    assert keys == pytest.approx(case["key"], abs=1e-9)
    n = n_pseudo_treated(3, 6)
    assert n == case["n_draw"]
    assert sorted(np.argsort(keys)[:n].tolist()) == case["drawn"]


def draw(order, **changes):
    subjects = np.array([f"S-{i:03}" for i in range(60)])
    score = np.linspace(0.05, 0.9, 60)
    arguments = {"seed": 7, "analysis_id": "nam_2023", "draw": 3} | changes
    taken = draw_pseudo_treated(subjects[order], score[order], 30, **arguments)
    return set(subjects[order][taken])


def test_a_draw_does_not_depend_on_the_order_of_rows():
    rows = np.arange(60)
    first = draw(rows)
    assert len(first) == 60 * 30 // 90
    assert draw(rows[::-1]) == first


@pytest.mark.parametrize(
    "change", [{"seed": 8}, {"analysis_id": "nam_2023_window_91"}, {"draw": 4}]
)
def test_seed_analysis_and_number_each_give_another_draw(change):
    assert draw(np.arange(60), **change) != draw(np.arange(60))


def test_subjects_like_the_treated_are_drawn_more_often():
    counts = np.zeros(60)
    subjects = np.array([f"S-{i:03}" for i in range(60)])
    score = np.r_[np.full(30, 0.2), np.full(30, 0.6)]
    for number in range(200):
        counts += draw_pseudo_treated(
            subjects, score, 30, seed=1, analysis_id="a", draw=number
        )
    # weights 1/4 and 3/2; six to one as long as neither runs out
    assert counts[30:].sum() > 3 * counts[:30].sum()


@pytest.mark.parametrize(
    ("score", "u", "word"),
    [
        ([0.0, 0.5], [0.1, 0.2], "score"),
        ([0.5, 1.0], [0.1, 0.2], "score"),
        ([0.5], [1.0], "u"),
        ([0.5, 0.5], [0.1], "u"),
    ],
)
def test_scores_and_uniforms_outside_their_range_are_refused(score, u, word):
    with pytest.raises(ValueError, match=word):
        draw_keys(score, u)


def test_nothing_to_draw_from_and_doubled_subjects_are_refused():
    with pytest.raises(ValueError, match="none to draw"):
        n_pseudo_treated(0, 5)
    with pytest.raises(ValueError, match="twice"):
        draw_pseudo_treated(["a", "a"], [0.5, 0.5], 2, seed=1, analysis_id="a", draw=0)
    with pytest.raises(ValueError, match="se"):
        calibrate(0.1, 0.0, fit_null([0.1] * 5, [0.2] * 5))
