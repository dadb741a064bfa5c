import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterarm.matching import caliper_width, match_nearest

ORDERS = ["largest", "smallest", "data", "closest", "farthest"]
REPEATABLE = settings(derandomize=True, deadline=None)
REPEATABLE_LONG = settings(REPEATABLE, max_examples=600)


def reference(
    score, treated, *, ratio, replace, order, exact, score_caliper, variable_calipers
):
    """Every pair is looked at: the rules as they are written, O(n^2) per match."""
    members, controls = np.flatnonzero(treated), np.flatnonzero(~treated)

    limits = [*variable_calipers]
    if score_caliper is not None:
        limits.append((score, score_caliper))

    def keeps(difference, width):
        return difference <= width if width >= 0 else difference > -width

    def allowed(t, c):
        return (exact is None or exact[t] == exact[c]) and all(
            keeps(abs(v[t] - v[c]), width) for v, width in limits
        )

    def options(t, free):
        return [(abs(score[t] - score[c]), t, c) for c in free if allowed(t, c)]

    if replace:
        return [
            (t, c, r, d)
            for t in members
            for r, (d, _, c) in enumerate(sorted(options(t, controls))[:ratio], 1)
        ]
    key = {"largest": lambda t: -score[t], "smallest": lambda t: score[t]}
    served = sorted(members, key=key.get(order, lambda t: t))
    free, pairs = list(controls), []
    for match_round in range(1, ratio + 1):
        waiting = list(served)
        if order == "farthest":
            nearest = {t: min(options(t, free), default=(0,))[0] for t in waiting}
            waiting.sort(key=lambda t: (-nearest[t], t))
        while waiting:
            who = waiting if order == "closest" else waiting[:1]
            best = min((pair for t in who for pair in options(t, free)), default=None)
            if best is None:
                if order == "closest":
                    break
                waiting.pop(0)
                continue
            d, t, c = best
            pairs.append((t, c, match_round, d))
            free.remove(c)
            waiting.remove(t)
    return sorted(pairs, key=lambda pair: (pair[0], pair[2]))


def rows(matches):
    return list(
        zip(
            matches.treated_index.tolist(),
            matches.control_index.tolist(),
            matches.match_round.tolist(),
            matches.distance.tolist(),
            strict=True,
        )
    )


@st.composite
def problems(draw):
    n = draw(st.integers(1, 24))
    # few distinct scores, some so small that differences round to the same float
    scores = draw(
        st.sampled_from(
            [[0.1 * k for k in range(6)], [0.5, 0.7, 1e-20, 2e-20, 3e-20, 0.0]]
        )
    )
    score = np.array(draw(st.lists(st.sampled_from(scores), min_size=n, max_size=n)))
    treated = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    small = st.lists(st.integers(0, 3), min_size=n, max_size=n)
    exact = draw(st.none() | small)
    age = np.array(draw(small))
    return (
        score,
        treated,
        {
            "ratio": draw(st.integers(1, 3)),
            "replace": draw(st.booleans()),
            "order": draw(st.sampled_from(ORDERS)),
            "exact": exact,
            "score_caliper": draw(st.sampled_from([None, None, 0.0, 0.1, 0.3, -0.1])),
            "variable_calipers": draw(st.sampled_from([[], [(age, 1)], [(age, -1)]])),
        },
    )


@REPEATABLE_LONG
@given(problems())
def test_pairs_equal_those_of_the_rules_applied_to_every_pair(problem):
    score, treated, options = problem
    assert rows(match_nearest(score, treated, **options)) == reference(
        score, treated, **options
    )


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("caliper", [None, 0.2, -0.1])
@pytest.mark.parametrize("ages", [False, True])
def test_a_larger_sample_equals_the_rules_applied_to_every_pair(order, caliper, ages):
    # wide enough for the search window to grow, and more treated than controls
    rng = np.random.default_rng(7)
    n = 160
    score = np.where(rng.random(n) < 0.5, rng.random(n), rng.integers(0, 9, n) / 9)
    options = {
        "ratio": 2,
        "replace": False,
        "order": order,
        "exact": None,
        "score_caliper": caliper,
        "variable_calipers": [(rng.integers(0, 40, n), 3)] if ages else [],
    }
    treated = rng.random(n) < 0.55
    assert rows(match_nearest(score, treated, **options)) == reference(
        score, treated, **options
    )


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("policy", ["first", "matchit_4_7"])
@pytest.mark.parametrize("share_tied", [0.1, 0.0])
def test_those_served_at_once_get_what_they_would_get_one_by_one(
    order, policy, share_tied
):
    # a caliper that allows every pair is obeyed by other code, pair by pair
    rng = np.random.default_rng(3)
    n = 5000
    is_tied = rng.random(n) < share_tied
    score = np.where(is_tied, rng.integers(0, 90, n) / 90, rng.random(n))
    treated = rng.random(n) < 0.2 + 0.5 * score**3
    options = {"order": order, "ratio": 2, "tie_policy": policy}
    found = match_nearest(score, treated, **options)
    one_by_one = match_nearest(
        score, treated, variable_calipers=[(np.zeros(n), 1)], **options
    )
    assert len(found) > 1500
    assert rows(found) == rows(one_by_one)


@REPEATABLE
@given(problems())
def test_rules_are_kept_by_every_pair(problem):
    score, treated, options = problem
    matches = match_nearest(score, treated, **options)
    t, c = matches.treated_index, matches.control_index
    assert treated[t].all()
    assert not treated[c].any()
    if not options["replace"]:
        assert len(set(c)) == len(c)
    assert len(set(zip(t, c, strict=True))) == len(t)
    assert len(set(zip(t, matches.match_round, strict=True))) == len(t)
    assert (matches.match_round <= options["ratio"]).all()
    assert (matches.distance == np.abs(score[t] - score[c])).all()
    width = options["score_caliper"]
    if width is not None:
        d = matches.distance
        assert (d <= width if width >= 0 else d > -width).all()
    if options["exact"] is not None:
        exact = np.array(options["exact"])
        assert (exact[t] == exact[c]).all()
    for values, width in options["variable_calipers"]:
        d = np.abs(values[t] - values[c])
        assert (d <= width if width >= 0 else d > -width).all()


def test_a_tie_goes_to_the_first_control_in_data_order():
    # .25 and .75 are equally far from .5
    assert rows(match_nearest([0.5, 0.75, 0.25], [1, 0, 0])) == [(0, 1, 1, 0.25)]
    assert rows(match_nearest([0.5, 0.25, 0.75], [1, 0, 0])) == [(0, 1, 1, 0.25)]


def test_scores_that_differ_may_still_be_equally_far():
    # 0.7 - 1e-20 rounds to 0.7 - 0: the control of score 0 stands first
    assert rows(match_nearest([0.7, 0.0, 1e-20], [1, 0, 0])) == [(0, 1, 1, 0.7)]


def test_second_round_starts_when_every_treated_has_been_served():
    score = [0.9, 0.8, 0.81, 0.82, 0.1]
    matches = match_nearest(score, [1, 1, 0, 0, 0], ratio=2)
    # treated 0 takes .82, treated 1 takes .81; only .1 is left for round 2
    assert [row[:3] for row in rows(matches)] == [(0, 3, 1), (0, 4, 2), (1, 2, 1)]


def test_closest_serves_the_nearest_pair_first():
    score = [0.9, 0.5, 0.6]
    assert rows(match_nearest(score, [1, 1, 0]))[0][:2] == (0, 2)
    assert rows(match_nearest(score, [1, 1, 0], order="closest"))[0][:2] == (1, 2)


def test_a_caliper_includes_its_own_width():
    score = [0.5, 0.75]
    assert len(match_nearest(score, [1, 0], score_caliper=0.25)) == 1
    assert len(match_nearest(score, [1, 0], score_caliper=0.2499)) == 0


def test_a_stratum_without_one_arm_gives_no_pairs():
    matches = match_nearest([0.5, 0.5, 0.5], [1, 0, 0], exact=["x", "y", "y"])
    assert len(matches) == 0
    assert len(match_nearest([0.5, 0.5], [1, 1])) == 0


def test_a_negative_caliper_leaves_its_own_width_out():
    score = [0.5, 0.75, 1.0]
    assert rows(match_nearest(score, [1, 0, 0], score_caliper=-0.25))[0][1] == 2
    assert rows(match_nearest(score, [1, 0, 0], score_caliper=-0.2499))[0][1] == 1
    assert len(match_nearest(score, [1, 0, 0], score_caliper=-0.5)) == 0


def test_farthest_serves_first_who_has_the_farthest_nearest():
    # treated 0 is 0.2 from the only control, treated 1 is 0.3
    assert rows(match_nearest([0.4, 0.9, 0.6], [1, 1, 0], order="farthest"))[0][0] == 1


def test_who_is_discarded_has_no_part_in_pairs_and_widths():
    frame = {"score": [0.0, 0.5, 0.6, 1.0, 9.0], "treated": [1, 1, 0, 0, 0]}
    found = match_nearest(**frame, caliper=0.5, discard=[0, 0, 1, 0, 1])
    alone = match_nearest([0.0, 0.5, 1.0], [1, 1, 0], caliper=0.5)
    assert [row[:2] for row in rows(found)] == []
    assert len(alone) == 0
    # the SD of 0, .5 and 1 is .5
    assert rows(match_nearest(**frame, caliper=1, discard=[0, 0, 1, 0, 1])) == [
        (1, 3, 1, 0.5)
    ]


def test_nearest_in_covariates_is_found_among_all():
    rng = np.random.default_rng(5)
    points = np.round(rng.normal(size=(90, 3)), 1)
    treated = np.arange(90) % 3 == 0
    found = match_nearest(None, treated, covariates=points, distance="euclidean")
    free = np.flatnonzero(~treated)
    for t, c, _, d in rows(found):
        squared = [((points[t] - points[other]) ** 2).sum() for other in free]
        assert d == pytest.approx(np.sqrt(min(squared)), abs=1e-12)
        assert squared[list(free).index(c)] == pytest.approx(min(squared), abs=1e-12)
        free = free[free != c]


def test_caliper_width_is_in_sd_over_both_arms_with_n_minus_1():
    # 1, 2, 3, 4: variance 5/3
    assert caliper_width([1, 2, 3, 4], 0.2) == pytest.approx(0.2 * np.sqrt(5 / 3))
    assert caliper_width([1, 2, 3, 4], 0.5, "raw") == 0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"score": [0.1, np.nan]}, "score: 1 missing value, the first in row 1"),
        ({"treated": [1, None]}, "treated: 1 missing"),
        ({"treated": [1, 2]}, "treated: only 0 and 1 are allowed, not 2"),
        ({"treated": [1, 0, 0]}, "treated: 3 values for 2 rows"),
        ({"exact": ["a", None]}, "exact: 1 missing"),
        ({"exact": ["a"]}, "exact: 1 values for 2 rows"),
        ({"variable_calipers": [([1, 2], 1), ([1, np.nan], 1)]}, r"calipers\[1\]"),
        ({"order": "random"}, "order: 'random'"),
        ({"tie_policy": "left"}, "tie_policy: 'left'"),
        ({"ratio": 0}, "ratio: 0"),
        ({"score_caliper": np.nan}, "score_caliper: nan"),
        ({"distance": "cosine", "covariates": [[1], [2]]}, "distance: 'cosine'"),
        ({"distance": "mahalanobis"}, "covariates: none"),
        ({"covariates": [[1], [2]]}, "covariates: the distance score"),
        ({"score": None, "order": "largest"}, "order: largest needs a score"),
        ({"score": None, "score_caliper": 1}, "score_caliper: there is no score"),
        ({"score": None}, "score: none"),
        ({"discard": [0, 2]}, "discard: only 0 and 1"),
    ],
)
def test_unusable_arguments_are_named(options, message):
    arguments = {"score": [0.1, 0.2], "treated": [1, 0], **options}
    with pytest.raises(ValueError, match=message):
        match_nearest(arguments.pop("score"), arguments.pop("treated"), **arguments)


def test_caliper_width_names_what_it_refuses():
    for arguments in [([1, 2], np.inf), ([1, 2], 1, "mm"), ([1], 1), ([1, np.nan], 1)]:
        with pytest.raises(ValueError, match=r"width|unit|values"):
            caliper_width(*arguments)
