"""Power of the log-rank test, against other ways to the same number."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from counterarm.survival import log_rank
from counterarm.survival.power import (
    expected_z_per_root_event,
    freedman_group_size,
    freedman_power,
    log_rank_z,
    proportional_hazard_ratio,
    simulated_power,
)


@pytest.mark.parametrize(
    ("s_first", "s_second", "power"),
    [(0.3, 0.4, 0.8), (0.7, 0.5, 0.9), (0.2, 0.6, 0.8)],
)
def test_group_sizes_are_freedmans_as_nquery_prints_the_formula(
    s_first, s_second, power
):
    # N = (z_alpha/2 + z_power)^2 (HR + 1)^2 / ((2 - p1 - p2) (HR - 1)^2)
    ratio = math.log(s_second) / math.log(s_first)
    z = 1.959963984540054 + {0.8: 0.8416212335729143, 0.9: 1.2815515655446004}[power]
    n = z**2 * (ratio + 1) ** 2 / ((2 - s_first - s_second) * (ratio - 1) ** 2)
    assert freedman_group_size(s_first, s_second, power) == math.ceil(n)


def test_without_survivors_a_ratio_of_one_half_needs_71_events():
    # (1.96 + 0.8416)^2 (1.5 / 0.5)^2 = 70.6 events, all subjects dying: 36 per group
    assert freedman_group_size(1e-6, 1e-12, 0.8) == 36


def test_size_and_power_answer_each_other():
    n = freedman_group_size(0.4, 0.2, 0.9)
    assert (
        freedman_power(0.4, 0.2, n, n) >= 0.9 > freedman_power(0.4, 0.2, n - 1, n - 1)
    )


def test_where_all_controls_die_each_event_adds_all_it_can():
    # theta at its limit: (theta - 1) / (theta + 1) is 1; 11 (0.6 + 1) = 17.6 events
    assert freedman_power(0.4, 0, 11, 11) == pytest.approx(
        norm.cdf(math.sqrt(17.6) - 1.959963984540054)
    )
    near = freedman_power(0.4, 1e-300, 11, 11)
    assert near == pytest.approx(freedman_power(0.4, 0, 11, 11), abs=1e-3)
    assert freedman_power(0, 0.4, 11, 11) == freedman_power(0.4, 0, 11, 11)


def test_the_limit_is_one_over_the_root_of_the_allocation():
    assert expected_z_per_root_event(math.inf, 4) == 0.5
    assert expected_z_per_root_event(1e12, 4) == pytest.approx(0.5)


def test_it_does_not_matter_which_group_is_first():
    assert freedman_power(0.4, 0.6, 30, 90) == pytest.approx(
        freedman_power(0.6, 0.4, 90, 30)
    )


@pytest.mark.parametrize(("n_first", "n_second"), [(150, 150), (100, 200)])
def test_simulation_agrees_with_the_formula_where_the_effect_is_moderate(
    n_first, n_second
):
    formula = freedman_power(0.5, 0.35, n_first, n_second)
    simulated = simulated_power(0.5, 0.35, n_first, n_second, runs=4000, seed=2)
    # Monte Carlo error 0.007; the formula itself is good to two or three hundredths
    assert simulated == pytest.approx(formula, abs=0.04)


@pytest.mark.parametrize("shape", ["exponential", "linear"])
def test_without_an_effect_the_test_rejects_as_often_as_its_level(shape):
    found = simulated_power(0.3, 0.3, 80, 80, shape=shape, runs=8000, seed=3)
    assert found == pytest.approx(0.05, abs=0.01)  # four Monte Carlo errors


def test_the_log_rank_of_many_trials_is_that_of_one():
    rng = np.random.default_rng(11)
    time = rng.exponential(size=(5, 30))
    is_first = np.arange(30) < 12
    z = log_rank_z(time, is_first)
    for i in range(5):
        one = log_rank(np.minimum(time[i], 1), time[i] <= 1, is_first)
        assert z[i] ** 2 == pytest.approx(one.statistic)


def test_a_trial_without_a_death_does_not_reject():
    assert log_rank_z(np.full((1, 4), 2.0) + np.arange(4), np.arange(4) < 2) == [0.0]
    assert simulated_power(1, 1, 5, 5, shape="linear", runs=10, seed=1) == 0


def test_the_seed_fixes_the_answer():
    answers = [simulated_power(0.4, 0.2, 20, 20, runs=3000, seed=s) for s in (5, 5, 6)]
    assert answers[0] == answers[1] != answers[2]


def test_hazard_ratio_of_proportions():
    assert proportional_hazard_ratio(0.25, 0.5) == pytest.approx(2)
    assert proportional_hazard_ratio(0.4, 0) == 0
    assert proportional_hazard_ratio(0, 0.4) == math.inf


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 0.5, 10, 10), "s_first: 1 is not from 0"),
        ((0.5, 0.5, 10, 10), "both are 0.5"),
        ((0.5, 0.4, 0, 10), "n_first: 0 is no group"),
    ],
)
def test_a_question_without_an_answer_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        freedman_power(*arguments)


def test_a_constant_hazard_leaves_somebody_alive():
    with pytest.raises(ValueError, match="under a constant hazard some survive"):
        simulated_power(0.4, 0, 11, 11, seed=1)
