"""Full matching is the cheapest division into sets, by independent programs."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

from counterarm.matching import match_full


def cheapest_by_enumeration(score, arms, allowed=None) -> float:
    """Return the least total distance over every full matching of all subjects.

    Hansen's definition, tried out: every subject but the centres points at a centre
    of the other arm; each subject is either a centre that is pointed at, or points.
    """
    treated, controls = np.flatnonzero(arms), np.flatnonzero(~arms)
    best = np.inf
    n = len(score)
    for flags in itertools.product([False, True], repeat=n):
        centre = np.array(flags)
        choices = []
        for i in np.flatnonzero(~centre):
            others = controls if arms[i] else treated
            choices.append(
                [
                    (abs(score[i] - score[j]), j)
                    for j in others
                    if centre[j] and (allowed is None or allowed(i, j))
                ]
            )
        for ways in itertools.product(*choices):
            if {j for _, j in ways} >= set(np.flatnonzero(centre)):
                best = min(best, sum(d for d, _ in ways))
    return best


def cheapest_by_linear_program(score, arms) -> float:
    """Return the least weight of an edge cover: a linear program whose vertices are
    whole numbers, because the graph is bipartite."""
    treated, controls = np.flatnonzero(arms), np.flatnonzero(~arms)
    t, c = (side.ravel() for side in np.meshgrid(treated, controls, indexing="ij"))
    edge = np.arange(len(t))
    touches = coo_array(
        (np.ones(2 * len(t)), (np.concatenate([t, c]), np.concatenate([edge, edge])))
    )
    cost = np.abs(score[t] - score[c])
    answer = linprog(cost, A_ub=-touches.tocsr(), b_ub=-np.ones(len(score)))
    assert answer.status == 0
    return answer.fun


def assert_is_full_matching(found, score, arms):
    assert (found.sets >= 0).all()
    for number in range(found.sets.max() + 1):
        members = found.sets == number
        n_treated, n_control = (members & arms).sum(), (members & ~arms).sum()
        assert min(n_treated, n_control) == 1
        alone = members & (arms if n_treated == 1 else ~arms)
        from_centre = np.abs(score[members] - score[alone][0])
        assert found.distance[members].sum() == pytest.approx(from_centre.sum())


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("digits", [1, 6])
def test_no_full_matching_of_a_small_set_is_cheaper(seed, digits):
    rng = np.random.default_rng(seed)
    n_treated, n_control = rng.integers(1, 4), rng.integers(1, 5)
    arms = rng.permutation(np.arange(n_treated + n_control) < n_treated)
    score = rng.uniform(size=len(arms)).round(digits)
    found = match_full(score, arms)
    assert_is_full_matching(found, score, arms)
    assert found.distance.sum() == pytest.approx(
        cheapest_by_enumeration(score, arms), abs=1e-9
    )


@pytest.mark.parametrize(("n_treated", "n_control"), [(40, 60), (60, 40), (25, 300)])
@pytest.mark.parametrize("digits", [2, 8])
def test_the_total_distance_is_that_of_a_linear_program(n_treated, n_control, digits):
    rng = np.random.default_rng(n_treated)
    arms = rng.permutation(np.arange(n_treated + n_control) < n_treated)
    score = rng.normal(arms, 1.0).round(digits)
    found = match_full(score, arms)
    assert_is_full_matching(found, score, arms)
    assert found.distance.sum() == pytest.approx(
        cheapest_by_linear_program(score, arms), abs=1e-8
    )


def test_lalonde_is_divided_as_cheaply_as_can_be(pytestconfig):
    golden = pytestconfig.rootpath / "tests" / "golden"
    arms = pd.read_csv(golden / "data" / "lalonde.csv")["treat"].to_numpy() == 1
    score = pd.read_csv(golden / "lalonde_propensity_score.csv").iloc[:, -1]
    score = score.to_numpy(float)
    found = match_full(score, arms)
    assert_is_full_matching(found, score, arms)
    assert found.distance.sum() == pytest.approx(
        cheapest_by_linear_program(score, arms), abs=1e-7
    )


def test_a_caliper_forbids_pairs_and_leaves_out_who_has_none():
    arms = np.array([True, True, False, False, False])
    score = np.array([0.10, 0.90, 0.15, 0.20, 0.50])
    found = match_full(score, arms, score_caliper=0.1)
    assert found.sets.tolist() == [0, -1, 0, 0, -1]
    assert np.isnan(found.distance[[1, 4]]).all()
    # the widths are inclusive, as floats compare
    width = 0.90 - 0.50
    assert match_full(score, arms, score_caliper=width).sets.tolist() == [0, 1, 0, 0, 1]


@pytest.mark.parametrize("seed", range(20))
def test_no_full_matching_within_a_variable_caliper_is_cheaper(seed):
    rng = np.random.default_rng(seed)
    arms = rng.permutation([True, True, True, False, False, False])
    score, age = rng.uniform(size=6), rng.uniform(40, 60, 6)
    width = 12.0
    found = match_full(score, arms, variable_calipers=[(age, width)])

    def allowed(i, j):
        return abs(age[i] - age[j]) <= width

    meets = [
        any(allowed(i, j) for j in np.flatnonzero(arms != arms[i])) for i in range(6)
    ]
    assert (found.sets >= 0).tolist() == meets
    some = np.flatnonzero(meets)
    assert np.nansum(found.distance) == pytest.approx(
        cheapest_by_enumeration(
            score[some], arms[some], lambda i, j: allowed(some[i], some[j])
        )
        if len(some)
        else 0.0
    )


def test_exact_strata_are_matched_apart_and_one_without_an_arm_not_at_all():
    arms = np.array([True, False, True, False, False])
    score = np.array([0.1, 0.9, 0.9, 0.1, 0.5])
    found = match_full(score, arms, exact=list("ffmmx"))
    assert found.sets.tolist() == [0, 0, 1, 1, -1]


def test_equally_cheap_divisions_depend_on_the_order_of_subjects_alone():
    # Worked by hand: each treated is 0.1 from both controls; the first in order wins.
    arms = np.array([True, True, False, False])
    found = match_full([0.5, 0.5, 0.4, 0.6], arms)
    assert found.sets.tolist() == [0, 1, 0, 1]


def test_an_arm_that_is_empty_gives_no_sets():
    assert match_full([0.2, 0.3], [True, True]).sets.tolist() == [-1, -1]
