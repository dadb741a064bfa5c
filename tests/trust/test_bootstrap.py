"""Draws of sets and subjects, and summaries of their spread."""

import numpy as np
import pytest

from counterarm.trust import (
    draw_sets,
    draw_within_arms,
    random_stream,
    summarise_draws,
)


def test_the_summary_is_the_one_worked_by_hand():
    # 1 to 5: SD sqrt(2.5), mean 3; percentiles 2.5 and 97.5 by type 7: 1.1 and 4.9
    found = summarise_draws(2.5, [5, 1, np.nan, 4, 2, 3])
    assert (found.n_draws, found.n_failed) == (6, 1)
    assert found.se == pytest.approx(np.sqrt(2.5))
    assert found.bias == pytest.approx(0.5)
    assert (found.ci_low, found.ci_high) == pytest.approx((1.1, 4.9))
    half = 1.959963984540054 * np.sqrt(2.5)
    assert (found.normal_low, found.normal_high) == pytest.approx(
        (2.5 - half, 2.5 + half)
    )


def test_without_two_draws_there_is_no_spread():
    found = summarise_draws(1.0, [np.nan, 2.0])
    assert found.n_failed == 1
    assert np.isnan([found.se, found.bias, found.ci_low, found.normal_high]).all()


def test_sets_are_drawn_whole_and_a_set_drawn_twice_is_two():
    sets = np.array(["b", "a", "c", "a", "b", "b"])
    members = {"a": {1, 3}, "b": {0, 4, 5}, "c": {2}}
    seen = set()
    for number in range(50):
        rows, drawn = draw_sets(sets, random_stream(1, "x", number))
        assert len(np.unique(drawn)) == 3
        for one in range(3):
            own = rows[drawn == one]
            (name,) = set(sets[own])
            assert set(own) == members[name]
            assert len(own) == len(members[name])
        seen.add(tuple(sets[rows]))
    # 27 equally likely draws: the chance that two do not differ in 50 is nil
    assert len(seen) > 10


def test_arms_keep_their_sizes_and_rows_their_order():
    treated = np.array([1, 0, 0, 1, 0, 0, 0])
    for number in range(20):
        rows = draw_within_arms(treated, random_stream(2, "x", number))
        assert treated[rows].sum() == 2
        assert len(rows) == 7
        assert (np.diff(rows) >= 0).all()


def test_a_draw_is_fixed_by_seed_analysis_and_number():
    sets = np.arange(40)
    first, again, other = (
        draw_sets(sets, random_stream(3, "a", number))[0] for number in (0, 0, 1)
    )
    assert (first == again).all()
    assert (first != other).any()


def test_an_empty_arm_is_refused():
    with pytest.raises(ValueError, match=r"^treated: an arm is empty"):
        draw_within_arms([1, 1], random_stream(1, "a", 0))


def test_the_spread_of_drawn_means_is_the_standard_error_of_a_mean():
    """Of a mean the bootstrap's variance is known: sum (x - mean)^2 / n^2."""
    values = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0])
    draws = [
        values[draw_sets(np.arange(8), random_stream(4, "a", i))[0]].mean()
        for i in range(1000)
    ]
    exact = np.sqrt(((values - values.mean()) ** 2).sum()) / 8
    # 1,000 draws: a relative Monte Carlo error of 1 / sqrt(2,000), here four of them
    assert summarise_draws(values.mean(), draws).se == pytest.approx(exact, rel=0.09)
