"""The rule of MatchIt 4.7.2 walked step by step, on samples full of ties."""

from bisect import bisect_left, bisect_right

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterarm.matching import match_nearest
from counterarm.matching._partial_sort import first_sorted

REPEATABLE = settings(derandomize=True, deadline=None, max_examples=200)


class Walk:
    """Search from the treated outwards by rank, left and right in turns."""

    def __init__(self, problem, by_points):
        score, points, treated, options = problem
        self.score, self.points, self.treated = score, points, treated
        self.options, self.by_points = options, by_points
        key = points[:, 0] if by_points else score
        self.ranks = {}
        n = len(score)
        strata = options["exact"] if by_points else np.zeros(n)
        for stratum in set(strata):
            members = [i for i in range(n) if strata[i] == stratum]
            order = sorted(members, key=lambda i: (key[i], i))
            for i in members:
                self.ranks[i] = order
        self.free = {i for i in range(n) if not treated[i]}

    def distance(self, t, c):
        if not self.by_points:
            return abs(self.score[t] - self.score[c])
        total = 0.0
        for a, b in zip(self.points[t], self.points[c], strict=True):
            total += (a - b) ** 2
        return total

    def allowed(self, t, c):
        options = self.options
        if options["exact"][t] != options["exact"][c]:
            return False
        limits = list(options["variable_calipers"])
        if options["score_caliper"] is not None:
            limits.append((self.score, options["score_caliper"]))
        for values, width in limits:
            difference = abs(values[t] - values[c])
            if difference > width if width >= 0 else difference <= -width:
                return False
        return True

    def seen(self, t, starts):
        """Yield the side and the free allowed controls in the order of the walk."""
        order = self.ranks[t]
        places = [order.index(i) for i in (t, *starts)]
        left, right = min(places) - 1, max(places) + 1
        while left >= 0 or right < len(order):
            for side, place in (("left", left), ("right", right)):
                if 0 <= place < len(order):
                    c = order[place]
                    if c in self.free and self.allowed(t, c):
                        yield side, c
            left, right = left - 1, right + 1

    def found(self, t, k, starts=()):
        items = []
        if self.by_points:
            for _, c in self.seen(t, ()):
                items.append((self.distance(t, c), -len(items), c))
            return [(c, d) for d, _, c in sorted(items)[:k]]
        count = {"left": 0, "right": 0}
        for side, c in self.seen(t, starts):
            d = self.distance(t, c)
            if sum(other < d for _, other in items) < k and count[side] < k:
                count[side] += 1
                items.append((c, d))
        return first_sorted(items, k)


def walked(problem, by_points):
    score, _, treated, options = problem
    walk = Walk(problem, by_points)
    members = [i for i in range(len(treated)) if treated[i]]
    pairs = []
    if options["replace"]:
        for t in members:
            for number, (c, _) in enumerate(walk.found(t, options["ratio"]), 1):
                pairs.append((t, c, number))
        return sorted(pairs)
    order = options["order"]
    key = {"largest": lambda t: -score[t], "smallest": lambda t: score[t]}
    had = {t: [] for t in members}
    serving = sorted(members, key=key.get(order, lambda t: t))
    for number in range(1, options["ratio"] + 1):
        if order in ("closest", "farthest"):
            queue = {t: walk.found(t, 1, had[t]) for t in serving}
            queue = {t: found[0] for t, found in queue.items() if found}
            sign = 1 if order == "closest" else -1
            keys = sorted((sign * d, t) for t, (_, d) in queue.items())
            line = [t for _, t in keys]
            while line:
                t = line.pop(0)
                c, _ = queue[t]
                if c in walk.free:
                    walk.free.remove(c)
                    pairs.append((t, c, number))
                    continue
                found = walk.found(t, 1, [*had[t], c])
                if not found:
                    continue
                queue[t] = found[0]
                waiting = [sign * queue[other][1] for other in line]
                put = bisect_left if order == "closest" else bisect_right
                line.insert(put(waiting, sign * found[0][1]), t)
        else:
            for t in serving:
                for c, _ in walk.found(t, 1, had[t]):
                    walk.free.remove(c)
                    pairs.append((t, c, number))
        matched = {t for t, _, n in pairs if n == number}
        serving = [t for t in serving if t in matched]
        for t, c, n in pairs:
            if n == number:
                had[t].append(c)
    return sorted(pairs)


@st.composite
def problems(draw):
    n = draw(st.integers(2, 26))

    def several(values):
        return np.array(draw(st.lists(st.sampled_from(values), min_size=n, max_size=n)))

    score = several([0.125 * k for k in range(9)])
    points = np.column_stack([several([0.0, 1.0, 2.0, 3.0]), several([0.0, 0.5, 1.5])])
    order = draw(
        st.sampled_from(["largest", "smallest", "data", "closest", "farthest"])
    )
    options = {
        "ratio": draw(st.integers(1, 4)),
        "replace": draw(st.booleans()),
        "order": order,
        "exact": several([0, 0, 0, 1]),
        "score_caliper": draw(st.sampled_from([None, None, 0.0, 0.25, -0.125])),
        "variable_calipers": draw(
            st.sampled_from(
                [[], [], [(several([0, 1, 2]), 1)], [(several([0, 1]), -0.5)]]
            )
        ),
    }
    return score, points, several([True, False]), options


def found(problem, **arguments):
    score, _, treated, options = problem
    matches = match_nearest(
        score, treated, tie_policy="matchit_4_7", **options, **arguments
    )
    columns = matches.treated_index, matches.control_index, matches.match_round
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


@REPEATABLE
@given(problems())
def test_pairs_by_score_are_those_of_the_walk(problem):
    assert found(problem) == walked(problem, by_points=False)


@REPEATABLE
@given(problems())
def test_pairs_by_covariates_are_those_of_the_walk(problem):
    arguments = {"covariates": problem[1], "distance": "euclidean"}
    if np.ptp(problem[1], axis=0).min() == 0:
        return  # a covariate that does not vary is left out
    assert found(problem, **arguments) == walked(problem, by_points=True)


@pytest.mark.parametrize("order", ["largest", "data", "closest", "farthest"])
def test_a_larger_sample_equals_the_walk(order):
    rng = np.random.default_rng(11)
    n = 220
    score = np.where(rng.random(n) < 0.3, rng.random(n), rng.integers(0, 40, n) / 40)
    options = {
        "ratio": 2,
        "replace": False,
        "order": order,
        "exact": rng.integers(0, 2, n),
        "score_caliper": None,
        "variable_calipers": [],
    }
    problem = (score, score[:, None], rng.random(n) < 0.45, options)
    assert found(problem) == walked(problem, by_points=False)


@pytest.mark.parametrize(
    ("distances", "k", "expected"),
    [
        ([1, 2, 2, 1, 2], 3, [0, 3, 1]),
        ([2, 1, 2, 1, 2, 2], 4, [1, 3, 0, 2]),
        ([0, 1, 2, 0, 1, 0, 2], 4, [5, 3, 0, 4]),
        ([1, 0, 1, 1, 0, 1, 1, 1], 4, [4, 1, 3, 0]),
    ],
)
def test_equal_distances_come_out_as_libstdcxx_sorts_them(distances, k, expected):
    # std::partial_sort of the places by distance, GCC 12.2
    items = [(place, float(d)) for place, d in enumerate(distances)]
    assert [node for node, _ in first_sorted(items, k)] == expected
