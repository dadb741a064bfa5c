import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterarm.matching import balance, match_nearest, matching_weights
from counterarm.matching.matches import make_matches

REPEATABLE = settings(derandomize=True, deadline=None)


def test_difference_is_divided_by_the_sd_of_the_treated():
    # treated 1, 2, 3: mean 2, SD 1; controls 0, 4: mean 2, variance 8
    result = balance([1, 2, 3, 0, 4], [1, 1, 1, 0, 0])
    assert (result.mean_treated, result.mean_control, result.smd) == (2, 2, 0)
    assert result.variance_ratio == pytest.approx(1 / 8)
    assert result.denominator == "sd of treated, unmatched sample"


def test_denominator_stays_that_of_the_unmatched_sample():
    # after matching treated 3 and control 4 are left: (3 - 4) / 1
    result = balance([1, 2, 3, 0, 4], [1, 1, 1, 0, 0], [0, 0, 1, 0, 1])
    assert result.smd == pytest.approx(-1.0)


def test_a_binary_variable_has_sd_of_p_times_1_minus_p():
    # treated 3 of 4, controls 1 of 2
    result = balance([1, 1, 1, 0, 1, 0], [1, 1, 1, 1, 0, 0])
    assert result.smd == pytest.approx(0.25 / np.sqrt(0.75 * 0.25))
    assert np.isnan(result.variance_ratio)


def test_binary_can_be_said_by_the_caller():
    result = balance([0, 1, 0, 1], [1, 1, 0, 0], binary=False)
    assert result.variance_ratio == pytest.approx(1.0)


def test_treated_who_are_all_equal_borrow_the_sd_of_all():
    # as MatchIt; treated p = 1, all p = 3/4
    result = balance([1, 1, 0, 1], [1, 1, 0, 0])
    assert result.smd == pytest.approx(0.5 / np.sqrt(0.75 * 0.25))
    assert result.denominator == "sd of all subjects, unmatched sample"


def test_a_constant_variable_is_balanced_and_says_it_has_no_sd():
    result = balance([2, 2, 2], [1, 0, 0])
    assert result.smd == 0
    assert result.denominator == "none: constant variable"


def test_a_given_sd_is_used_and_named():
    result = balance([1, 2, 3, 4], [1, 1, 0, 0], denominator_sd=4)
    assert result.smd == -0.5
    assert result.denominator == "sd given by the caller"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, np.nan], [1, 0]), "values: 1 missing value, the first in row 1"),
        (([1, 2], [1, 1]), "control arm has no subject"),
        (([1, 2], [1, 0], [0, 1]), "treated arm has no subject"),
        (([1, 2], [1, 0], [1, -1]), "weights: one is negative"),
        (([1, 2], [1, 0], [1]), "weights: 1 values for 2 rows"),
    ],
)
def test_unusable_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        balance(*arguments)


def test_controls_share_the_weight_of_their_treated():
    # sets {0: 2, 3} and {1: 4}: 1/2, 1/2, 1 sum to 2, scaled to 3 controls
    matches = make_matches([0, 0, 1], [2, 3, 4], [1, 2, 1], [0, 0, 0])
    weights = matching_weights(matches, 6)
    np.testing.assert_allclose(weights, [1, 1, 0.75, 0.75, 1.5, 0])


def test_a_control_used_twice_weighs_twice_as_much():
    # control 3 serves 0 and 1, control 4 serves 2: 2 and 1, scaled to 2 controls
    matches = make_matches([0, 1, 2], [3, 3, 4], [1, 1, 1], [0, 0, 0])
    np.testing.assert_allclose(matching_weights(matches, 5), [1, 1, 1, 4 / 3, 2 / 3])


def test_no_pairs_give_no_weight():
    assert matching_weights(make_matches([], [], [], []), 2).tolist() == [0, 0]


def test_pairs_beyond_the_subjects_are_refused():
    with pytest.raises(ValueError, match="index 5, but n is 3"):
        matching_weights(make_matches([0], [5], [1], [0]), 3)


@REPEATABLE
@given(st.integers(0, 10**6), st.integers(1, 4), st.booleans())
def test_weights_sum_to_the_matched_subjects_of_each_arm(seed, ratio, replace):
    rng = np.random.default_rng(seed)
    treated = rng.random(30) < 0.4
    matches = match_nearest(rng.random(30), treated, ratio=ratio, replace=replace)
    weights = matching_weights(matches, 30)
    assert weights[treated].sum() == len(set(matches.treated_index))
    controls = len(set(matches.control_index))
    assert weights[~treated].sum() == pytest.approx(controls)
    assert np.count_nonzero(weights[~treated]) == controls
