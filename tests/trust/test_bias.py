"""Priors on the bias and on a binary confounder."""

import math

import pytest

from counterarm.trust.bias import (
    bias_factor,
    binary_confounder,
    mean_that_moves_the_limit,
    normal_prior,
)

COEF, SE = math.log(0.4), 0.18


def test_normal_priors_are_the_golden_ones(golden):
    priors = golden("qba.json")["prior"]
    assert priors
    for wanted in priors.values():
        found = normal_prior(COEF, SE, wanted["mean"], wanted["sd"])
        assert found.coef == pytest.approx(wanted["log_hr"], abs=1e-9)
        assert found.se == pytest.approx(wanted["se"], abs=1e-9)
        assert found.hazard_ratio == pytest.approx(wanted["hr"], abs=1e-9)
        assert found.ci_low == pytest.approx(wanted["low"], abs=1e-9)
        assert found.ci_high == pytest.approx(wanted["high"], abs=1e-9)
        assert found.p_value == pytest.approx(wanted["p"], abs=1e-9)
        # the sign is plain here: one tail of the two
        assert found.p_above_1 == pytest.approx(wanted["p"] / 2, abs=1e-9)


def test_bias_factors_are_the_golden_ones(golden):
    case = golden("qba.json")
    assert (case["hr"], case["se"]) == (pytest.approx(math.exp(COEF)), SE)
    for row in case["grid"]:
        factor = bias_factor(row["rr"], row["p1"], row["p0"])
        assert factor == pytest.approx(row["bias_factor"], abs=1e-9)
        # a confounder of known strength is a bias without uncertainty
        found = normal_prior(COEF, SE, math.log(factor), 0.0)
        assert found.hazard_ratio == pytest.approx(row["hr"], abs=1e-9)
        assert found.ci_low == pytest.approx(row["low"], abs=1e-9)
        assert found.ci_high == pytest.approx(row["high"], abs=1e-9)


def test_binary_confounder_of_uncertain_strength_is_the_golden_one(golden):
    wanted = golden("qba.json")["probabilistic"]
    found = binary_confounder(
        COEF,
        SE,
        log_rr=(math.log(2), 0.25),
        share_treated=(30, 70),
        share_control=(50, 50),
    )
    assert found.bias_mean == pytest.approx(wanted["bias_mean"], abs=1e-9)
    assert found.bias_sd == pytest.approx(wanted["bias_sd"], abs=1e-9)
    assert found.hazard_ratio == pytest.approx(wanted["median"], abs=1e-9)
    assert found.ci_low == pytest.approx(wanted["low"], abs=1e-9)
    assert found.ci_high == pytest.approx(wanted["high"], abs=1e-9)
    assert found.p_above_1 == pytest.approx(wanted["p_above_1"], abs=1e-9)


def test_an_interval_too_wide_for_numbers_ends_at_infinity():
    found = normal_prior(60.0, 500.0, 0.0, 0.1)
    assert (found.ci_low, found.ci_high) == (pytest.approx(0), math.inf)
    wide = binary_confounder(
        60.0, 500.0, log_rr=(0.1, 0.1), share_treated=(2, 2), share_control=(2, 2)
    )
    assert wide.ci_high == math.inf


@pytest.mark.parametrize("coef", [COEF, -COEF])
@pytest.mark.parametrize("sd", [0.0, 0.115])
def test_the_mean_that_is_needed_moves_the_limit_to_one(coef, sd):
    mean = mean_that_moves_the_limit(coef, SE, sd)
    found = normal_prior(coef, SE, mean, sd)
    limit = found.ci_high if coef < 0 else found.ci_low
    assert limit == pytest.approx(1)


def test_no_mean_is_needed_where_the_interval_holds_one():
    assert mean_that_moves_the_limit(-0.1, 0.2) == 0


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: normal_prior(COEF, SE, 0, -0.1), "bias_sd"),
        (lambda: normal_prior(COEF, 0, 0, 0.1), "se"),
        (lambda: bias_factor(0, 0.2, 0.3), "rr"),
        (lambda: bias_factor(2, 1.2, 0.3), "share_treated"),
        (lambda: bias_factor(2, 0.2, -0.3), "share_control"),
    ],
)
def test_bad_priors_are_refused(call, word):
    with pytest.raises(ValueError, match=word):
        call()


def test_a_beta_without_a_parameter_is_refused():
    with pytest.raises(ValueError, match="share_control"):
        binary_confounder(
            COEF, SE, log_rr=(0, 1), share_treated=(1, 1), share_control=(0, 1)
        )
    with pytest.raises(ValueError, match="log_rr"):
        binary_confounder(
            COEF, SE, log_rr=(0, -1), share_treated=(1, 1), share_control=(1, 1)
        )
