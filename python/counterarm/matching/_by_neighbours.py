"""Matching on the nearest allowed: under calipers, on distances, with replacement."""

import heapq
from collections.abc import Callable

import numpy as np

from counterarm.arrays import FloatArray, IntArray
from counterarm.matching._neighbours import (
    UNKNOWN,
    MetricNeighbours,
    ScoreNeighbours,
)
from counterarm.matching._orders import PairLists, by_distance, served_by_score

Neighbours = ScoreNeighbours | MetricNeighbours
# How many nearest controls of each treated are found beforehand, all in one go.
_BEFOREHAND = 4
Rounds = list[tuple[IntArray, IntArray, FloatArray]]


def match_with_replacement(neighbours: Neighbours, ratio: int) -> Rounds:
    """Return treated, control and distance of the pairs of each round."""
    members = neighbours.members
    node, distance = neighbours.few(np.arange(len(members)), ratio)
    rounds = []
    for place, d in zip(node.T, distance.T, strict=True):
        has = place >= 0
        rounds.append((members[has], neighbours.controls[place[has]], d[has]))
    return rounds


def match_in_rounds(
    build: Callable[[IntArray, IntArray], Neighbours],
    members: IntArray,
    controls: IntArray,
    score: FloatArray | None,
    order: str,
    ratio: int,
    *,
    as_matchit: bool = False,
    units: IntArray | None = None,
) -> Rounds:
    """Match without replacement; return the pairs of each round.

    `build` finds neighbours among the controls that it is given. `as_matchit`: see
    `_by_closeness`. Of the controls with the same code in `units`, which has one for
    every subject, only one is matched.
    """
    rounds: Rounds = []
    for _ in range(ratio):
        if not len(members) or not len(controls):
            break
        neighbours = build(members, controls)
        node, d = neighbours.few(np.arange(len(members)), _BEFOREHAND, 1)
        has = np.flatnonzero(node[:, 0] >= 0)
        of_unit = None if units is None else units[neighbours.controls]
        taken = _Taken(of_unit, neighbours)
        if order == "closest" or (order == "farthest" and as_matchit):
            found = _by_closeness(neighbours, has, node, d, order, as_matchit, taken)
        else:
            if order == "farthest":
                rows = has[by_distance(members[has], -d[has, 0])]
            else:
                place = np.full(members.max() + 1, -1, dtype=np.intp)
                place[members[has]] = has
                rows = place[served_by_score(score, members[has], order)]
            found = _one_after_another(neighbours, rows, node, d, taken)
        row, place, distance = found
        by_row = np.argsort(row, kind="stable")
        row, place, distance = row[by_row], place[by_row], distance[by_row]
        rounds.append((members[row], neighbours.controls[place], distance))
        members, controls = members[row], np.sort(neighbours.controls[taken.seen == 0])
    return rounds


class _Taken:
    """Which of the controls are no longer free.

    `flags` has a byte for each, and `seen` is the same memory as an array.
    """

    def __init__(self, units: IntArray | None, neighbours: Neighbours) -> None:
        self.flags = bytearray(len(neighbours.controls))
        self.seen = np.frombuffer(self.flags, dtype=np.uint8)
        self.mates: dict[int, list[int]] = {}
        if units is not None:
            by_unit: dict[int, list[int]] = {}
            for place, unit in enumerate(units.tolist()):
                by_unit.setdefault(unit, []).append(place)
            for places in by_unit.values():
                if len(places) > 1:
                    self.mates.update(dict.fromkeys(places, places))

    def take(self, place: int) -> None:
        """Take a control, and with it those of the same unit."""
        for one in self.mates.get(place, (place,)):
            self.flags[one] = 1


def _one_after_another(
    neighbours: Neighbours,
    rows: IntArray,
    node: IntArray,
    d: FloatArray,
    among: _Taken,
) -> tuple[IntArray, IntArray, FloatArray]:
    taken, seen = among.flags, among.seen
    pairs = PairLists()
    beforehand = zip(rows.tolist(), node[rows].tolist(), d[rows].tolist(), strict=True)
    for row, places, distances in beforehand:
        place, distance = UNKNOWN, np.inf
        for k, place in enumerate(places):
            if place < 0 or not taken[place]:
                distance = distances[k]
                break
        else:
            place = UNKNOWN
        if place == UNKNOWN:
            place, distance = neighbours.nearest(row, seen)
        if place >= 0:
            among.take(place)
            pairs.add(row, place, distance)
    return pairs.arrays()


def _by_closeness(
    neighbours: Neighbours,
    rows: IntArray,
    node: IntArray,
    d: FloatArray,
    order: str,
    as_matchit: bool,
    among: _Taken,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Match the closest pair of all first, or the farthest treated, again and again.

    A heap holds each treated's best pair as it was when last looked at, a lower bound
    of what is left to him. At equal distance the first treated in data order is
    served. `as_matchit`, as in MatchIt 4.7.2, who is looked at again goes before
    others at the same distance if the closest come first, and after them if the
    farthest do.
    """
    taken, seen = among.flags, among.seen
    places, distances = node.tolist(), d.tolist()
    sign = -1.0 if order == "farthest" else 1.0
    heap = [
        (sign * distances[row][0], row, row, places[row][0]) for row in rows.tolist()
    ]
    heapq.heapify(heap)
    place_in_row = dict.fromkeys(rows.tolist(), 0)
    pairs = PairLists()
    before, after = 0, len(node)
    while heap:
        key, turn, row, place = heap[0]
        if not taken[place]:
            among.take(place)
            pairs.add(row, place, sign * key)
            heapq.heappop(heap)
            continue
        own = places[row]
        k = place_in_row[row]
        while k < len(own) and own[k] >= 0 and taken[own[k]]:
            k += 1
        place_in_row[row] = k
        if k == len(own) or own[k] == UNKNOWN:
            place, distance = neighbours.nearest(row, seen)
        else:
            place, distance = own[k], distances[row][k]
        if place < 0:
            heapq.heappop(heap)
            continue
        if as_matchit and (order == "closest" or sign * distance < key):
            before -= 1
            turn = before
        elif as_matchit:
            after += 1
            turn = after
        heapq.heapreplace(heap, (sign * distance, turn, row, place))
    return pairs.arrays()
