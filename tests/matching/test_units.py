"""Several rows of one unit among the controls, of which one is matched at most."""

from itertools import permutations

import numpy as np
import pytest

from counterarm.matching import (
    candidate_pairs,
    match_greedy,
    match_nearest,
    match_optimal,
)

# Treated .50 and .40. Unit A at .49 and .405, unit B at .30.
SCORE = [0.50, 0.40, 0.49, 0.405, 0.30]
TREATED = [1, 1, 0, 0, 0]
UNIT = ["T1", "T2", "A", "A", "B"]
AGE_BY_SCORE = {"covariates": np.array(SCORE)[:, None], "distance": "scaled_euclidean"}


def pairs(found) -> list[tuple[int, int]]:
    return sorted(zip(found.treated_index, found.control_index, strict=True))


@pytest.mark.parametrize("order", ["largest", "data"])
def test_the_other_days_of_a_matched_unit_are_no_longer_free(order):
    free = match_nearest(SCORE, TREATED, order=order)
    assert pairs(free) == [(0, 2), (1, 3)]
    once = match_nearest(SCORE, TREATED, order=order, unit_id=UNIT)
    assert pairs(once) == [(0, 2), (1, 4)]


@pytest.mark.parametrize("order", ["smallest", "closest"])
def test_the_first_to_be_served_decides_which_day_is_used(order):
    found = match_nearest(SCORE, TREATED, order=order, unit_id=UNIT)
    assert pairs(found) == [(0, 4), (1, 3)]


def test_a_second_control_is_of_another_unit():
    found = match_nearest(SCORE[:1] + SCORE[2:], TREATED[1:], ratio=2, unit_id=UNIT[1:])
    assert pairs(found) == [(0, 1), (0, 3)]


def test_a_caliper_leaves_a_treated_without_a_unit():
    found = match_nearest(SCORE, TREATED, score_caliper=0.05, unit_id=UNIT)
    assert pairs(found) == [(0, 2)]


def test_by_covariates_as_by_score():
    found = match_nearest(None, TREATED, unit_id=UNIT, **AGE_BY_SCORE)
    assert pairs(found) == [(0, 2), (1, 4)]


@pytest.mark.parametrize("seed", range(6))
def test_many_units_equal_the_rule_applied_one_by_one(seed):
    draw = np.random.default_rng(seed)
    treated = np.r_[np.ones(12, int), np.zeros(60, int)]
    # rounded, so that there are ties
    score = draw.random(72).round(2)
    unit = np.r_[np.arange(12), 100 + draw.integers(0, 20, 60)]
    found = match_nearest(score, treated, order="data", unit_id=unit)
    used: set[int] = set()
    wanted = []
    for t in range(12):
        free = [c for c in range(12, 72) if unit[c] not in used]
        best = min(free, key=lambda c: (abs(score[t] - score[c]), c))
        used.add(int(unit[best]))
        wanted.append((t, best))
    assert pairs(found) == wanted


@pytest.mark.parametrize("seed", range(6))
def test_the_best_choice_of_units_and_days_equals_that_of_all_choices(seed):
    draw = np.random.default_rng(seed)
    treated = np.r_[np.ones(3, int), np.zeros(9, int)]
    age = draw.integers(40, 70, 12).astype(float)
    unit = np.r_[[0, 1, 2], np.repeat([3, 4, 5, 6], [3, 3, 2, 1])]
    listed = candidate_pairs(treated, distance_terms=[(age, 10)])
    found = match_optimal(listed, unit_id=unit)
    chosen = unit[found.control_index]
    assert len(found) == len(set(chosen)) == 3
    least = min(
        sum(
            min(abs(age[t] - age[c]) for c in range(3, 12) if unit[c] == one)
            for t, one in enumerate(units)
        )
        for units in permutations([3, 4, 5, 6], 3)
    )
    assert found.distance.sum() == pytest.approx(least / 10)


def test_greedy_serves_in_order_and_a_unit_once():
    age = np.array([50.0, 40, 49, 41, 30])
    listed = candidate_pairs(TREATED, distance_terms=[(age, 1)])
    assert pairs(match_greedy(listed, unit_id=UNIT)) == [(0, 2), (1, 4)]
    assert pairs(match_optimal(listed, unit_id=UNIT)) in (
        [(0, 2), (1, 4)],
        [(0, 4), (1, 3)],
    )


def test_nobody_can_be_matched_without_a_candidate():
    listed = candidate_pairs([1, 0], distance_terms=[([1, 2], 1)], exact=["a", "b"])
    assert len(match_optimal(listed, unit_id=["x", "y"])) == 0


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"replace": True}, "unit_id: has no meaning with replacement"),
        ({"tie_policy": "matchit_4_7"}, "not implemented with the tie_policy"),
        ({"unit_id": UNIT[1:]}, "unit_id"),
    ],
)
def test_units_that_cannot_be_kept_are_refused(options, error):
    with pytest.raises(ValueError, match=error):
        match_nearest(SCORE, TREATED, **({"unit_id": UNIT} | options))
