import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterarm.survival import common_tau, kaplan_meier, rmst


def test_mean_and_standard_error_equal_survmean(sample):
    golden = sample.answers["rmst"]
    for i, (_, time, event) in enumerate(sample.arms()):
        found = rmst(time, event, golden["tau"])
        assert found.estimate == pytest.approx(golden["rmst"][i], rel=1e-6)
        assert found.std_err == pytest.approx(golden["se"][i], rel=1e-6)
        assert found.tau == golden["tau"]


def test_area_of_three_subjects_is_the_one_worked_by_hand():
    # S is 1 to 1, 2/3 to 2 (censored), 2/3 to 3: area to 2.5 is 1 + 1.5 * 2/3 = 2;
    # after the death at 1 the area is 1, so the variance is 1 * 1 / (3 * 2)
    found = rmst([1, 2, 3], [1, 0, 1], 2.5)
    assert found.estimate == pytest.approx(2)
    assert found.std_err == pytest.approx(np.sqrt(1 / 6))


def test_horizon_before_the_first_event_is_the_mean_with_no_error():
    found = rmst([5, 6], [1, 1], 3)
    assert (found.estimate, found.std_err) == (3, 0)


def test_curve_is_carried_flat_beyond_the_last_time_as_in_r():
    assert rmst([2, 4], [1, 0], 10).estimate == pytest.approx(2 + 8 / 2)


def test_a_last_death_of_all_adds_no_variance():
    found = rmst([1, 2], [1, 1], 2)
    assert found.estimate == pytest.approx(1.5)
    assert found.std_err == pytest.approx(np.sqrt(0.25 / 2))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(0, 1)), min_size=1),
    st.integers(1, 15),
)
def test_area_is_the_integral_of_the_curve(subjects, tau):
    time, event = np.array(subjects).T
    curve = kaplan_meier(time, event)
    levels = np.r_[1.0, curve.survival]
    middles = np.arange(tau) + 0.5
    area = levels[np.searchsorted(curve.time, middles, side="right")].sum()
    assert rmst(time, event, tau).estimate == pytest.approx(area)


def test_common_tau_is_the_smaller_of_the_last_times_and_says_so():
    found = common_tau({"treated": [3, 9], "control": [4, 7, 2]})
    assert found.tau == 7
    assert found.tau_rule == "smaller of the arms' last observed times"


def test_unusable_horizons_times_and_arms_are_refused():
    for tau in (0, -1, np.nan, np.inf):
        with pytest.raises(ValueError, match="tau"):
            rmst([1, 2], [1, 1], tau)
    with pytest.raises(ValueError, match="negative times"):
        rmst([-1, 2], [1, 1], 1)
    with pytest.raises(ValueError, match="time of control: no rows"):
        common_tau({"treated": [1], "control": []})
    with pytest.raises(ValueError, match="no arms"):
        common_tau({})
