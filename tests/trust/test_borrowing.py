"""Borrowing from external controls: worked out by hand, and against closed forms."""

import math

import numpy as np
import pytest
from scipy.stats import beta

from counterarm.survival import fit_cox
from counterarm.trust.borrowing import (
    EventRate,
    HybridMembers,
    control_difference,
    cox_power_prior,
    empirical_bayes_weight,
    exponential_power_prior,
    weight_after_test,
)

# 20 events in 100 patient-years, 15 in 50, 60 in 150
TREATED, INTERNAL, EXTERNAL = EventRate(20, 100), EventRate(15, 50), EventRate(60, 150)


@pytest.mark.parametrize(
    ("a0", "events", "time"), [(0, 15, 50), (0.5, 45, 125), (1, 75, 200)]
)
def test_a_fixed_weight_adds_events_and_time_of_the_external(a0, events, time):
    found = exponential_power_prior(TREATED, INTERNAL, EXTERNAL, a0)
    assert found.hazard_ratio == pytest.approx(0.2 / (events / time), abs=1e-12)
    assert found.coef == pytest.approx(math.log(found.hazard_ratio), abs=1e-12)
    assert found.se == pytest.approx(math.sqrt(1 / 20 + 1 / events), abs=1e-12)


def test_limits_are_those_of_two_gamma_hazards():
    """Gamma(20) / (Gamma(20) + Gamma(45)) is Beta(20, 45): the same limits from it."""
    found = exponential_power_prior(TREATED, INTERNAL, EXTERNAL, 0.5)
    for limit, level in ((found.ci_low, 0.025), (found.ci_high, 0.975)):
        share = beta.ppf(level, 20, 45)
        assert limit == pytest.approx(share / (1 - share) * 125 / 100, rel=1e-9)
    # the hazard ratio is above 1 where the share is above 100 / 225
    assert found.p_above_1 == pytest.approx(beta.sf(100 / 225, 20, 45), rel=1e-9)


def test_one_event_each_is_worked_out_by_hand():
    """F(2, 2) has the distribution x / (1 + x): its 0.025 quantile is 1 / 39."""
    found = exponential_power_prior(
        EventRate(1, 1), EventRate(1, 1), EventRate(1, 1), 0
    )
    assert (found.hazard_ratio, found.p_above_1) == (1.0, pytest.approx(0.5))
    assert found.ci_low == pytest.approx(1 / 39, rel=1e-9)
    assert found.ci_high == pytest.approx(39, rel=1e-9)


def test_the_calibrated_weight_is_worked_out_by_hand():
    """0.04 / max(d^2 - 0.1, 0.04): d^2 of 0.14 is the last that has the weight 1."""

    def weight(gap):
        return empirical_bayes_weight(
            EventRate(10, 10), EventRate(25, 25 * math.exp(gap))
        )

    assert weight(0) == weight(0.3) == 1
    assert weight(math.sqrt(0.14)) == pytest.approx(1, abs=1e-12)
    assert weight(math.sqrt(0.18)) == pytest.approx(0.5, abs=1e-12)
    assert weight(-math.sqrt(0.5)) == pytest.approx(0.1, abs=1e-12)


def test_the_calibrated_weight_has_the_greatest_marginal_likelihood():
    """N(difference; 0, v + v0 / a0) over a grid of a0, as the rule is defined."""
    internal, external = EventRate(8, 40), EventRate(30, 60)
    gap = math.log(8 / 40) - math.log(30 / 60)
    grid = np.linspace(1e-3, 1, 100_000)
    variance = 1 / 8 + 1 / 30 / grid
    log_likelihood = -0.5 * np.log(variance) - gap**2 / (2 * variance)
    best = grid[log_likelihood.argmax()]
    assert empirical_bayes_weight(internal, external) == pytest.approx(best, abs=2e-5)


def test_test_then_pool_takes_all_or_nothing():
    assert weight_after_test(0.051, 0.05) == 1
    assert weight_after_test(0.05, 0.05) == 0
    with pytest.raises(ValueError, match=r"alpha: 1\.5 is not between 0 and 1"):
        weight_after_test(0.2, 1.5)


@pytest.fixture
def members():
    rng = np.random.default_rng(3)
    group = np.repeat(["treated", "internal", "external"], [40, 30, 90])
    time = rng.exponential(np.where(group == "treated", 700, 500)).round() + 1
    end = rng.uniform(200, 1_500, len(group)).round()
    return HybridMembers.of(np.minimum(time, end), time <= end, group)


def test_the_whole_weight_is_a_cox_model_of_everybody(members):
    found = cox_power_prior(members, 1)
    fit = fit_cox(
        members.time,
        members.event,
        (members.group == "treated")[:, None],
        ties="breslow",
    )
    assert (found.coef, found.se) == (
        pytest.approx(fit.coef[0], abs=1e-12),
        pytest.approx(fit.naive_se[0], abs=1e-12),
    )


def test_no_weight_is_a_cox_model_without_the_external(members):
    found = cox_power_prior(members, 0)
    own = members.group != "external"
    fit = fit_cox(
        members.time[own],
        members.event[own],
        (members.group == "treated")[own, None],
        ties="breslow",
    )
    assert found.coef == pytest.approx(fit.coef[0], abs=1e-12)
    # a weight that is next to none comes to the same
    near = cox_power_prior(members, 1e-9)
    assert near.coef == pytest.approx(found.coef, abs=1e-6)
    assert near.se == pytest.approx(found.se, abs=1e-6)


def test_half_the_weight_is_every_other_subject_twice():
    """Two of each treated and internal control count as much as externals at 1/2."""
    time = [5.0, 9, 14, 3, 8, 20, 2, 6, 9, 17]
    event = [1, 1, 0, 1, 1, 0, 1, 1, 1, 0]
    group = ["treated"] * 3 + ["internal"] * 3 + ["external"] * 4
    half = cox_power_prior(HybridMembers.of(time, event, group), 0.5)
    twice = [i for i, name in enumerate(group) for _ in range(1 + (i < 6))]
    fit = fit_cox(
        [time[i] for i in twice],
        [event[i] for i in twice],
        np.array([[group[i] == "treated"] for i in twice], float),
        ties="breslow",
    )
    assert half.coef == pytest.approx(fit.coef[0], abs=1e-9)
    assert half.se == pytest.approx(fit.naive_se[0] * math.sqrt(2), abs=1e-9)


def test_external_and_internal_controls_are_compared_without_the_treated(members):
    found = control_difference(members)
    own = members.group != "treated"
    fit = fit_cox(
        members.time[own],
        members.event[own],
        (members.group == "external")[own, None],
        ties="breslow",
    )
    assert found.coef == pytest.approx(fit.coef[0], abs=1e-12)
    assert found.se == pytest.approx(fit.naive_se[0], abs=1e-12)


def test_the_test_has_the_variance_of_lees_example():
    """Lee's example (1980): chi-square 6.95402, as in R's survdiff."""
    time = [23, 16, 18, 20, 24, 15, 18, 19, 19, 20]
    event = [1, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    members = HybridMembers.of(
        [*time, 5], [*event, 1], ["internal"] * 5 + ["external"] * 5 + ["treated"]
    )
    p_value = math.erfc(math.sqrt(6.95402 / 2))
    assert control_difference(members).p_value == pytest.approx(p_value, rel=1e-5)


def test_groups_that_do_not_overlap_are_tested_without_a_hazard_ratio():
    """External deaths on days 1 to 5, internal on 6 to 10: O - E by hand."""
    group = ["treated"] + ["external"] * 5 + ["internal"] * 5
    members = HybridMembers.of([3, *range(1, 11)], [1] * 11, group)
    found = control_difference(members)
    assert math.isnan(found.coef)
    shares = [(5 - i) / (10 - i) for i in range(5)]
    score = 5 - sum(shares)
    information = sum(share * (1 - share) for share in shares)
    p_value = math.erfc(math.sqrt(score**2 / information / 2))
    assert found.p_value == pytest.approx(p_value, rel=1e-9)


def test_time_before_entry_is_no_time_at_risk():
    group = ["treated", "internal", "external", "external"]
    members = HybridMembers.of(
        [10, 10, 10, 20], [1, 1, 0, 1], group, entry=[0, 4, 0, 5]
    )
    assert members.rate("internal") == EventRate(1, 6)
    assert members.rate("external") == EventRate(1, 25)


def test_weights_of_matched_controls_count():
    group = ["treated", "internal", "external", "external"]
    members = HybridMembers.of(
        [10, 10, 10, 20], [1, 1, 0, 1], group, weight=[1, 2, 0.5, 3]
    )
    assert members.rate("internal") == EventRate(2, 20)
    assert members.rate("external") == EventRate(3, 65)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"group": ["treated", "internal", "other"]}, "'other' is none of treated"),
        ({"group": ["treated", "internal", "internal"]}, "nobody is external"),
        ({"weight": [1, 1, 0]}, "weight: 0.0 is not above 0"),
        ({"weight": [1, 1]}, "weight: 2 values for 3 rows"),
        ({"event": [1, math.nan, 1]}, "event: 1 missing"),
        ({"event": [1, 2, 1]}, "event: only 0 and 1 are allowed, not 2"),
        ({"entry": [0, 5, 0]}, "entry: 5 of row 1 is not before its time 5"),
    ],
)
def test_what_is_no_comparison_is_refused(changed, words):
    given = {
        "time": [5, 5, 5],
        "event": [1, 1, 1],
        "group": ["treated", "internal", "external"],
    } | changed
    with pytest.raises(ValueError, match=words):
        HybridMembers.of(**given)


@pytest.mark.parametrize("a0", [-0.1, 1.1, math.nan])
def test_a_weight_is_a_share(members, a0):
    with pytest.raises(ValueError, match=r"a0: .* is not between 0 and 1"):
        exponential_power_prior(TREATED, INTERNAL, EXTERNAL, a0)
    with pytest.raises(ValueError, match=r"a0: .* is not between 0 and 1"):
        cox_power_prior(members, a0)


def test_a_group_without_an_event_has_no_estimate():
    with pytest.raises(ValueError, match="treated: no event"):
        exponential_power_prior(EventRate(0, 9), INTERNAL, EXTERNAL, 1)
    with pytest.raises(ValueError, match="control: no event"):
        exponential_power_prior(TREATED, EventRate(0, 9), EXTERNAL, 0)
    with pytest.raises(ValueError, match="internal controls: no event"):
        empirical_bayes_weight(EventRate(0, 9), EXTERNAL)
