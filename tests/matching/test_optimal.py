from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from counterarm.matching import (
    CandidatePairs,
    candidate_pairs,
    match_greedy,
    match_optimal,
)
from counterarm.matching._assignment import whole_numbers, with_penalty

REPEATABLE = settings(derandomize=True, deadline=None)


def candidates(rows):
    """CandidatePairs from (treated, control, distance) rows."""
    t, c, d = (list(x) for x in zip(*rows, strict=True)) if rows else ([], [], [])
    return CandidatePairs(
        np.array(t, dtype=np.intp), np.array(c, dtype=np.intp), np.array(d, float)
    )


def as_pairs(matches):
    return list(
        zip(matches.treated_index.tolist(), matches.control_index.tolist(), strict=True)
    )


def brute_force(rows):
    """The best of all assignments: most pairs, least total, first in order."""
    treated = sorted({t for t, _, _ in rows})
    cost = {(t, c): d for t, c, d in rows}
    unmatched = 10**9
    choices = [[*sorted(c for t2, c in cost if t2 == t), unmatched] for t in treated]
    best = None
    for held in product(*choices):
        real = [c for c in held if c != unmatched]
        if len(real) != len(set(real)):
            continue
        pairs = [(t, c) for t, c in zip(treated, held, strict=True) if c != unmatched]
        key = (-len(pairs), sum(cost[pair] for pair in pairs), held)
        if best is None or key < best[0]:
            best = (key, pairs)
    return best[1] if best else []


@st.composite
def small_problems(draw):
    n_treated = draw(st.integers(1, 5))
    n_controls = draw(st.integers(1, 6))
    distances = st.none() | st.integers(0, draw(st.sampled_from([0, 1, 3, 20])))
    rows = []
    for t in range(n_treated):
        for c in range(n_controls):
            distance = draw(distances)
            if distance is not None:
                rows.append((t, 100 + c, distance))
    return rows


@REPEATABLE
@given(small_problems())
def test_optimal_pairs_are_the_first_of_all_best_ones(rows):
    assert as_pairs(match_optimal(candidates(rows))) == brute_force(rows)


@pytest.mark.parametrize("seed", range(300))
def test_many_ties_and_scarce_controls_still_give_the_first_of_the_best(seed):
    rng = np.random.default_rng(seed)
    n_treated, n_controls = rng.integers(2, 7), rng.integers(1, 6)
    rows = [
        (t, 50 + c, int(rng.integers(0, 3)))
        for t in range(n_treated)
        for c in range(n_controls)
        if rng.random() < 0.7
    ]
    assert as_pairs(match_optimal(candidates(rows))) == brute_force(rows)


@REPEATABLE
@given(small_problems(), st.randoms(use_true_random=False))
def test_the_order_of_candidate_pairs_does_not_change_the_pairs(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    expected = as_pairs(match_optimal(candidates(rows)))
    assert as_pairs(match_optimal(candidates(shuffled))) == expected


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("pairs_in_one_go", [1, 15, 10_000])
def test_components_solved_in_one_go_each_get_their_own_best_pairs(
    seed, pairs_in_one_go, monkeypatch
):
    monkeypatch.setattr("counterarm.matching._assignment._BATCH", pairs_in_one_go)
    random = np.random.default_rng(seed)
    rows = [
        (9 * i + t, 100 + 9 * i + c, int(random.integers(0, 3)))
        for i in range(5)
        for t in range(3)
        for c in range(4)
        if random.random() < 0.7
    ]
    expected = [
        pair
        for i in range(5)
        for pair in brute_force([row for row in rows if row[0] // 9 == i])
    ]

    assert as_pairs(match_optimal(candidates(rows))) == expected


@pytest.mark.parametrize("seed", range(40))
def test_totals_equal_on_paper_are_a_tie_whatever_floats_make_of_them(seed):
    # |rate|/0.1 + |age|/10 in tenths and whole years: in hundredths, an integer
    rng = np.random.default_rng(seed)
    n = 10
    treated = rng.permutation(np.arange(n) < 5)
    tenths, years = rng.integers(-20, 0, n), rng.integers(40, 60, n)
    pairs = candidate_pairs(
        treated,
        distance_terms=[(tenths / 10, 0.1), (years, 10)],
        variable_calipers=[(years, 15)],
    )
    rows = [
        (t, c, int(10 * abs(tenths[t] - tenths[c]) + abs(years[t] - years[c])))
        for t, c in as_pairs(pairs)
    ]
    assert as_pairs(match_optimal(pairs)) == brute_force(rows)


@pytest.mark.parametrize("seed", range(20))
def test_subjects_in_another_order_are_matched_as_often_and_as_well(seed):
    rng = np.random.default_rng(seed)
    n = 60
    treated, value = rng.random(n) < 0.4, rng.random(n)
    exact = rng.integers(0, 3, n)

    def matched(order):
        found = candidate_pairs(
            treated[order],
            exact=exact[order],
            variable_calipers=[(value[order], 0.3)],
            distance_terms=[(value[order], 0.1)],
        )
        return match_optimal(found).distance

    first, second = matched(np.arange(n)), matched(rng.permutation(n))
    assert len(first) == len(second)
    assert first.sum() == pytest.approx(second.sum(), rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_a_larger_problem_is_as_good_as_the_dense_solver_makes_it(seed):
    rng = np.random.default_rng(seed)
    n, missing = 120, 10**6
    cost = rng.integers(0, 1000, (n, n)).astype(float)
    cost[rng.random((n, n)) < 0.985] = missing
    held = linear_sum_assignment(cost)
    best = cost[held][cost[held] < missing]
    t, c = np.nonzero(cost < missing)
    matches = match_optimal(CandidatePairs(t, c, cost[t, c]))
    assert len(matches) == len(best)
    assert matches.distance.sum() == best.sum()


@pytest.mark.parametrize("seed", range(5))
def test_a_wide_tie_is_broken_by_index_alone(seed):
    # 30 x 40 equal distances: the first 30 controls in order, whatever the solver did
    rng = np.random.default_rng(seed)
    rows = [(t, 100 + c, 7.0) for t in range(30) for c in range(40)]
    rng.shuffle(rows)
    rows = [(int(t), int(c), d) for t, c, d in rows]
    expected = [(t, 100 + t) for t in range(30)]
    assert as_pairs(match_optimal(candidates(rows))) == expected


def test_more_pairs_come_before_less_distance():
    # Treated 0 and 1 both prefer hub 10. Treated 0 alone has another way out, a
    # thousand times as far; the short pair (0, 10) would leave treated 1 unmatched.
    rows = [(0, 10, 0.001), (0, 11, 1000.0), (1, 10, 0.5)]
    assert as_pairs(match_optimal(candidates(rows))) == [(0, 11), (1, 10)]


def test_a_hub_shared_by_all_does_not_cost_a_pair():
    # every treated k may take the hub 99 for nothing, or its own control at 50
    rows = [(k, 99, 0.0) for k in range(20)] + [(k, k + 30, 50.0) for k in range(19)]
    matches = match_optimal(candidates(rows))
    assert as_pairs(matches) == [*((k, k + 30) for k in range(19)), (19, 99)]


def test_with_one_control_for_equals_the_first_treated_gets_it():
    rows = [(0, 5, 1.0), (1, 5, 1.0), (2, 5, 1.0)]
    assert as_pairs(match_optimal(candidates(rows))) == [(0, 5)]


def test_decimal_distances_that_add_up_alike_are_a_tie():
    # 0.1 + 0.2 against 0.3 + 0.0: floats differ in the last bit, ten digits do not
    rows = [(0, 5, 0.3), (0, 6, 0.1), (1, 5, 0.2), (1, 6, 0.0)]
    assert 0.1 + 0.2 != 0.3
    assert as_pairs(match_optimal(candidates(rows))) == [(0, 5), (1, 6)]


def test_greedy_serves_treated_in_order_and_may_lose_a_pair():
    rows = [(0, 10, 0.001), (0, 11, 1000.0), (1, 10, 0.5)]
    assert as_pairs(match_greedy(candidates(rows))) == [(0, 10)]


def test_greedy_takes_the_smaller_index_among_equals():
    rows = [(0, 12, 1.0), (0, 11, 1.0), (1, 11, 0.0), (1, 12, 3.0)]
    assert as_pairs(match_greedy(candidates(rows))) == [(0, 11), (1, 12)]


def test_greedy_takes_distances_equal_on_paper_as_equal():
    # as floats 0.3 - 0.1 is nearer than 0.5 - 0.3 by one bit, or the reverse
    x = np.array([0.3, 0.5, 0.1])
    assert abs(x[0] - x[1]) != abs(x[0] - x[2])
    for values in (x, x[[0, 2, 1]]):
        pairs = candidate_pairs([1, 0, 0], distance_terms=[(values, 1)])
        assert as_pairs(match_greedy(pairs)) == [(0, 1)]


@pytest.mark.parametrize("match", [match_optimal, match_greedy])
def test_no_candidates_give_no_pairs(match):
    assert len(match(candidates([]))) == 0


@REPEATABLE
@given(
    st.lists(
        st.tuples(
            st.booleans(), st.integers(0, 2), st.integers(0, 8), st.integers(0, 8)
        ),
        min_size=1,
        max_size=25,
    )
)
def test_candidates_are_exactly_the_pairs_the_rules_allow(subjects):
    treated, exact, first, second = (np.array(x) for x in zip(*subjects, strict=True))
    first = first / 10
    pairs = candidate_pairs(
        treated,
        exact=exact,
        variable_calipers=[(first, 0.3), (second, 4)],
        distance_terms=[(first, 0.1), (second, 10)],
    )
    expected = [
        (t, c, abs(first[t] - first[c]) / 0.1 + abs(second[t] - second[c]) / 10)
        for t in np.flatnonzero(treated)
        for c in np.flatnonzero(~treated)
        if exact[t] == exact[c]
        and abs(first[t] - first[c]) <= 0.3
        and abs(second[t] - second[c]) <= 4
    ]
    ours = zip(pairs.treated_index, pairs.control_index, pairs.distance, strict=True)
    assert list(ours) == expected


def test_a_caliper_is_inclusive():
    pairs = candidate_pairs(
        [1, 0, 0],
        variable_calipers=[([1.0, 1.5, 1.75], 0.5)],
        distance_terms=[([1.0, 1.5, 1.75], 0.1)],
    )
    assert pairs.control_index.tolist() == [1]
    assert pairs.distance.tolist() == [5.0]


def test_candidates_cross_the_borders_of_chunks(monkeypatch):
    monkeypatch.setattr("counterarm.matching.optimal._CHUNK", 3)
    x = np.arange(20.0)
    pairs = candidate_pairs(x % 2 == 0, distance_terms=[(x, 1)])
    assert len(pairs) == 100


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"distance_terms": []}, "distance_terms: none"),
        ({"distance_terms": [([1, np.nan], 1)]}, r"distance_terms\[0\]: 1 missing"),
        ({"distance_terms": [([1, 2], 0)]}, r"distance_terms\[0\]: width 0"),
        ({"distance_terms": [([1, 2, 3], 1)]}, r"distance_terms\[0\]: 3 values"),
        (
            {"distance_terms": [([1, 2], 1)], "exact": ["a", None]},
            "exact: 1 missing value, the first in row 1",
        ),
        (
            {"distance_terms": [([1, 2], 1)], "variable_calipers": [([1, 2], np.nan)]},
            r"variable_calipers\[0\]: width nan",
        ),
    ],
)
def test_unusable_arguments_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        candidate_pairs([1, 0], **options)


def test_values_become_whole_steps_of_at_least_ten_digits():
    (steps,) = whole_numbers([np.array([0.3, 0.1, -0.25])])
    assert steps.tolist() == [3_000_000_000, 1_000_000_000, -2_500_000_000]
    first, second = whole_numbers([np.array([7.5]), np.array([0.5e-20])])
    assert (first.tolist(), second.tolist()) == ([7_500_000_000], [0])
    assert whole_numbers([np.array([4e300])])[0].tolist() == [4_000_000_000]
    assert whole_numbers([np.zeros(2)])[0].tolist() == [0, 0]


def test_the_penalty_exceeds_any_total_and_stays_exact_in_floats():
    cost, penalty = with_penalty(np.array([3, 10]), most=7)
    assert (cost.tolist(), penalty) == ([3, 10], 71)
    cost, penalty = with_penalty(np.array([10**12, 10**12 + 4]), most=10**5)
    assert penalty == 10**5 * cost.max() + 1
    assert penalty <= 2**50
    assert cost.tolist() == [10**10, 10**10]
