"""Matching on a score with the ties of MatchIt 4.7.2: to the nearest in rank.

All subjects, of both arms and all strata, are ranked by score, equal scores in data
order. On either side of a treated only the nearest in rank counts of the controls that
are free and allowed. The nearer of the two is taken; of two at the same distance the
one with fewer ranks between, and at the same number the one on the left. Ranks are
counted from the treated himself in the first round; from then on, on each side, from
the outermost of his controls so far, and of the control that he lost to another.

Source: MatchIt 4.7.2, `src/internal.cpp`, read for its rule; none of it is copied.
"""

import heapq

import numpy as np

from counterarm.arrays import BoolArray, FloatArray, IntArray
from counterarm.matching._crowding import crowded_groups, mutually_nearest
from counterarm.matching._neighbours import NONE, ScoreNeighbours
from counterarm.matching._orders import Found, PairLists, nothing, served_by_score
from counterarm.matching._partial_sort import first_sorted
from counterarm.matching._rank_pool import Calipers, RankPool, Who

Rounds = list[tuple[IntArray, IntArray, FloatArray]]


def ranks(score: FloatArray) -> IntArray:
    """Return the rank of each subject by score, equal scores in data order."""
    rank = np.empty(len(score), dtype=np.intp)
    rank[np.argsort(score, kind="stable")] = np.arange(len(score))
    return rank


def in_order_of_rank(rank: IntArray, chosen: IntArray) -> IntArray:
    """Return these subjects in order of rank."""
    if 4 * len(chosen) < len(rank):
        return chosen[np.argsort(rank[chosen])]
    # of most of the subjects without a sort: ranks are their places
    at_rank = np.full(len(rank), NONE, dtype=np.intp)
    at_rank[rank[chosen]] = chosen
    return at_rank[at_rank != NONE]


def match_by_rank(
    score: FloatArray,
    rank: IntArray,
    members: IntArray,
    controls: IntArray,
    width: float,
    calipers: Calipers,
    order: str,
    ratio: int,
) -> Rounds:
    """Match without replacement; return treated, control, distance of each round."""
    controls = in_order_of_rank(rank, controls)
    served = served_by_score(score, members, order)
    had: dict[int, list[int]] = {}
    rounds: Rounds = []
    for _ in range(ratio):
        if not len(served) or not len(controls):
            break
        t, place, distance = _one_round(
            score, rank, served, controls, width, calipers, order, had
        )
        rounds.append((t, controls[place], distance))
        if ratio > 1:
            for treated, control in zip(
                t.tolist(), rank[controls[place]].tolist(), strict=True
            ):
                had.setdefault(treated, []).append(control)
        served = served[np.isin(served, t)]
        free = np.ones(len(controls), dtype=bool)
        free[place] = False
        controls = controls[free]
    return rounds


def _one_round(
    score: FloatArray,
    rank: IntArray,
    served: IntArray,
    controls: IntArray,
    width: float,
    calipers: Calipers,
    order: str,
    had: dict[int, list[int]],
) -> tuple[IntArray, IntArray, FloatArray]:
    t, place, d = nothing()
    kept: IntArray = np.arange(len(controls))
    if not calipers and width >= 0:
        served, crowd, t, place, d = _uncrowded(score, rank, served, controls, width)
        kept = np.flatnonzero(crowd)
    if not len(served):
        return t, place, d
    if order == "closest" and not calipers and width >= 0:
        found = _closest_without_ties(score, rank, served, controls, kept, width, had)
        if found is not None:
            more_t, more, more_d = found
            return (
                np.concatenate([t, more_t]),
                np.concatenate([place, more]),
                np.concatenate([d, more_d]),
            )
    pool = RankPool(score, rank, controls[kept], width, calipers)
    if order in ("closest", "farthest"):
        pairs = _by_closeness(pool, score, rank, served, had, order)
    elif not had and not calipers and width >= 0:
        pairs = pool.serve(score, rank, served)
    else:
        pairs = PairLists()
        for who in pool.where(score, rank, served):
            treated = who[0]
            node, distance = pool.nearest(*who, had.get(treated, ()))
            if node >= 0:
                pool.take(node)
                pairs.add(treated, node, distance)
    more_t, more, more_d = pairs.arrays()
    return (
        np.concatenate([t, more_t]),
        np.concatenate([place, kept[more]]),
        np.concatenate([d, more_d]),
    )


def _uncrowded(
    score: FloatArray,
    rank: IntArray,
    served: IntArray,
    controls: IntArray,
    width: float,
) -> tuple[IntArray, BoolArray, IntArray, IntArray, FloatArray]:
    """Return who is left, which controls are crowded, and the pairs of the others."""
    n = len(controls)
    x, values = score[served], score[controls]
    at = np.searchsorted(rank[controls], rank[served])
    to_left = np.where(at > 0, x - values[at - 1], np.inf)
    to_right = np.where(at < n, values[np.minimum(at, n - 1)] - x, np.inf)
    distance = np.minimum(to_left, to_right)
    within = distance <= width
    served, at, distance = served[within], at[within], distance[within]
    to_left, to_right = to_left[within], to_right[within]
    claim = np.where(to_left < to_right, at - 1, at)
    other = np.where(to_left == to_right, at - 1, claim)
    crowded = crowded_groups(
        claim, other, np.ones(n, dtype=np.intp), np.zeros(n - 1, dtype=bool)
    )
    waits = crowded[claim]
    return served[waits], crowded, served[~waits], claim[~waits], distance[~waits]


def _closest_without_ties(
    score: FloatArray,
    rank: IntArray,
    served: IntArray,
    controls: IntArray,
    kept: IntArray,
    width: float,
    had: dict[int, list[int]],
) -> Found | None:
    """Pair those who are nearest to each other at once; None where ties come up.

    Who loses a control to another searches from there on: that decides ties, and
    ties only, and is not known of pairs that are made at once.
    """
    values = score[controls[kept]]
    if (values[1:] == values[:-1]).any():
        return None
    found, served, kept = mutually_nearest(score, served, score[controls], kept)
    pool = RankPool(score, rank, controls[kept], width, ())
    t, place, d = _by_closeness(pool, score, rank, served, had, "closest").arrays()
    if pool.met_tie:
        return None
    t, place, d = map(np.concatenate, zip(*found, (t, kept[place], d), strict=True))
    within = d <= width
    return t[within], place[within], d[within]


def _by_closeness(
    pool: RankPool,
    score: FloatArray,
    rank: IntArray,
    served: IntArray,
    had: dict[int, list[int]],
    order: str,
) -> PairLists:
    """Match by closeness: the closest pair first, or the farthest treated first.

    The distance that counts is that to the control nearest when last looked at. Who
    is looked at again goes before others at the same distance if the closest come
    first, and after them if the farthest do.
    """
    sign = 1.0 if order == "closest" else -1.0
    subjects: dict[int, Who] = {}
    heap: list[tuple[float, int, int, int, float]] = []
    in_order = pool.where(score, rank, np.sort(served))
    for turn, who in enumerate(in_order):
        treated = who[0]
        node, distance = pool.nearest(*who, had.get(treated, ()))
        if node >= 0:
            subjects[treated] = who
            heap.append((sign * distance, turn, treated, node, distance))
    heapq.heapify(heap)
    pairs = PairLists()
    turns = -1 if order == "closest" else len(served)
    while heap:
        _, _, treated, node, distance = heap[0]
        if pool.is_free(node):
            pool.take(node)
            pairs.add(treated, node, distance)
            heapq.heappop(heap)
            if heap and heap[0][0] == sign * distance:
                pool.met_tie = True
            continue
        starts = [*had.get(treated, ()), pool.rank[node]]
        node, distance = pool.nearest(*subjects[treated], starts)
        if node < 0:
            heapq.heappop(heap)
            continue
        if order == "closest" or sign * distance >= heap[0][0]:
            heapq.heapreplace(heap, (sign * distance, turns, treated, node, distance))
            turns += 1 if order == "farthest" else -1
        else:
            # farther than before: still the farthest of all
            heapq.heapreplace(heap, (sign * distance, -1, treated, node, distance))
    return pairs


def match_by_rank_with_replacement(
    score: FloatArray,
    rank: IntArray,
    members: IntArray,
    controls: IntArray,
    width: float,
    calipers: Calipers,
    ratio: int,
) -> Rounds:
    """Give each treated up to `ratio` controls, which others may have too.

    On each side up to `ratio` controls are looked at, in turns, the left one first; of
    these the nearest are taken by the partial sort of the C++ library, which leaves
    equal distances in a different order.
    """
    controls = in_order_of_rank(rank, controls)
    nearest = ScoreNeighbours(score, members, controls, width, calipers)
    node, d = nearest.few(np.arange(len(members)), ratio + 1)
    is_tied = ((d[:, 1:] == d[:, :-1]) & np.isfinite(d[:, 1:])).any(axis=1)
    node, d = node[:, :ratio], d[:, :ratio]
    rows = np.flatnonzero(is_tied)
    pool = RankPool(score, rank, controls if len(rows) else rows, width, calipers)
    in_order = pool.where(score, rank, members[rows])
    for row, where in zip(rows.tolist(), in_order, strict=True):
        looked_at = _in_turns(pool, *where, ratio)
        node[row], d[row] = NONE, np.inf
        for k, (place, distance) in enumerate(first_sorted(looked_at, ratio)):
            node[row, k], d[row, k] = place, distance
    return [
        (members[place >= 0], nearest.controls[place[place >= 0]], own[place >= 0])
        for place, own in zip(node.T, d.T, strict=True)
    ]


def _in_turns(
    pool: RankPool,
    treated: int,
    x: float,
    rank: int,
    place: tuple[int, int],
    ratio: int,
) -> list[tuple[int, float]]:
    """Return the controls that come into question, in the order they are seen."""
    left, right = pool.sides(place)
    found: list[tuple[int, float]] = []
    n = len(pool.rank)
    counts = [0, 0]
    nodes = [left, right if right >= 0 else n]
    steps = (-1, 1)
    while True:
        # who is fewer ranks away is seen first, the left one of two
        gaps = [
            rank - pool.rank[nodes[0]] if nodes[0] >= 0 else np.inf,
            pool.rank[nodes[1]] - rank if nodes[1] < n else np.inf,
        ]
        if gaps == [np.inf, np.inf]:
            return found
        side = 0 if gaps[0] <= gaps[1] else 1
        node = nodes[side]
        distance = abs(x - pool.value[node])
        nodes[side] += steps[side]
        is_last = pool.width >= 0 and distance > pool.width
        is_last |= sum(d < distance for _, d in found) >= ratio
        if not is_last and pool.allows(treated, node, distance):
            found.append((node, distance))
            counts[side] += 1
        if is_last or counts[side] == ratio:
            nodes[side] = -1 if side == 0 else n
