"""Matching without replacement on a score alone, ties to the first in data order."""

import heapq

import numpy as np

from counterarm.arrays import BoolArray, FloatArray, IntArray
from counterarm.matching._crowding import crowded_groups, mutually_nearest
from counterarm.matching._orders import (
    Found,
    PairLists,
    by_distance,
    nothing,
    served_by_score,
)
from counterarm.matching._pools import ScorePool, groups


def match_by_score(
    score: FloatArray,
    members: IntArray,
    controls: IntArray,
    width: float,
    order: str,
    ratio: int,
) -> list[tuple[IntArray, IntArray, FloatArray]]:
    """Return treated, control and distance of the pairs of each round.

    `members` and `controls` are the treated and the controls of a stratum, ascending;
    `width` is the caliper on the score, not negative.
    """
    index = controls[np.argsort(score[controls], kind="stable")]
    served = served_by_score(score, members, order)
    rounds = []
    for _ in range(ratio):
        t, node, distance = _one_round(score, served, index, width, order)
        rounds.append((t, index[node], distance))
        # Controls only become fewer: who found none now finds none later.
        served = served[np.isin(served, t)]
        free = np.ones(len(index), dtype=bool)
        free[node] = False
        index = index[free]
        if not len(served) or not len(index):
            break
    return rounds


def _one_round(
    score: FloatArray, served: IntArray, index: IntArray, width: float, order: str
) -> Found:
    """Return treated, place of the control in `index`, and distance of the pairs."""
    sorted_score = score[index]
    new, starts = groups(sorted_score)
    values = sorted_score[starts]
    x = score[served]
    at = np.searchsorted(values, x, side="left")
    to_left = np.where(at > 0, x - values[at - 1], np.inf)
    to_right = np.where(
        at < len(values), values[np.minimum(at, len(values) - 1)] - x, np.inf
    )
    distance = np.minimum(to_left, to_right)
    within = distance <= width
    served, at, distance = served[within], at[within], distance[within]
    to_left, to_right = to_left[within], to_right[within]
    if not len(served):
        return nothing()
    if order == "farthest":
        first = by_distance(served, -distance)
        served, at, distance = served[first], at[first], distance[first]
        to_left, to_right = to_left[first], to_right[first]

    claim = np.where(to_left < to_right, at - 1, at)
    other = np.where(to_left == to_right, at - 1, claim)
    sizes = np.diff(np.append(starts, len(index)))
    crowded = crowded_groups(claim, other, sizes, _hardly_differ(values, x))
    is_left = crowded[claim]
    t, g, d = served[~is_left], claim[~is_left], distance[~is_left]
    node = _each_in_turn(t, g, d, starts, order)
    if not is_left.any():
        return t, node, d

    kept: IntArray = np.flatnonzero(crowded[np.cumsum(new) - 1])
    served = served[is_left]
    found = [(t, node, d)]
    if order == "closest":
        pairs, served, kept = mutually_nearest(score, served, sorted_score, kept)
        found += pairs
    pool = ScorePool(index[kept], sorted_score[kept], width)
    serve = _closest_first if order == "closest" else _one_after_another
    t, place, d = serve(pool, served, score[served])
    found.append((t, kept[place], d))
    t, node, d = map(np.concatenate, zip(*found, strict=True))
    within = d <= width
    return t[within], node[within], d[within]


def _hardly_differ(values: FloatArray, x: FloatArray) -> BoolArray:
    """Return which neighbours may lie at the same rounded distance from a treated."""
    largest = max(np.abs(values).max(), np.abs(x).max())
    return np.diff(values) <= 8.0 * np.finfo(float).eps * largest


def _each_in_turn(
    t: IntArray, group: IntArray, distance: FloatArray, starts: IntArray, order: str
) -> IntArray:
    """Give the treated of a group its controls in order; return the places."""
    turn = np.arange(len(t))
    if order == "closest":
        turn[by_distance(t, distance)] = np.arange(len(t))
    by_group = np.lexsort((turn, group))
    sorted_group = group[by_group]
    first = np.searchsorted(sorted_group, sorted_group, side="left")
    node = np.empty(len(t), dtype=np.intp)
    node[by_group] = starts[sorted_group] + np.arange(len(t)) - first
    return node


def _one_after_another(pool: ScorePool, served: IntArray, x: FloatArray) -> Found:
    pairs = PairLists()
    for treated, value, place in zip(
        served.tolist(), x.tolist(), pool.first_groups(x), strict=True
    ):
        found = pool.nearest(value, place)
        if found is not None:
            distance, _, node = found
            pool.take(node)
            pairs.add(treated, node, distance)
    return pairs.arrays()


def _closest_first(pool: ScorePool, served: IntArray, x: FloatArray) -> Found:
    """Match the closest pair of all, again and again.

    Equal scores have equal neighbours: of them only the first in data order can win,
    so they wait in one queue. A heap holds each queue's best pair as it was when last
    looked at. Controls only become fewer, so a pair whose control has gone is a lower
    bound: it is looked up again when it comes to the top.
    """
    pairs = PairLists()
    place = dict(zip(x.tolist(), pool.first_groups(x), strict=True))
    queues: dict[float, list[int]] = {}
    for treated, value in zip(served[::-1].tolist(), x[::-1].tolist(), strict=True):
        queues.setdefault(value, []).append(treated)
    heap = []
    for value, queue in queues.items():
        found = pool.nearest(value, place[value])
        if found is not None:
            distance, index, node = found
            heap.append((distance, queue[-1], index, node, value))
    heapq.heapify(heap)
    while heap:
        distance, treated, index, node, value = heap[0]
        queue = queues[value]
        if pool.is_free(node):
            pool.take(node)
            pairs.add(treated, node, distance)
            queue.pop()
            if not queue:
                heapq.heappop(heap)
                continue
        found = pool.nearest(value, place[value])
        if found is None:
            heapq.heappop(heap)
        else:
            distance, index, node = found
            heapq.heapreplace(heap, (distance, queue[-1], index, node, value))
    return pairs.arrays()
