"""For each treated the controls that calipers allow, nearest first.

Both kinds answer `few(rows, k)`: for the treated at the places `rows` of `members`, the
places of up to `k` nearest allowed controls, shape (rows, k), and their distances. At
equal distance `tie` decides; by score, and in the rule `first`, that is data order.
Rows are looked at in chunks, so that memory is linear.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from counterarm.arrays import FloatArray, IntArray
from counterarm.matching._calipers import within

# Pairs that are looked at in one go, some 50 MB.
_CHUNK = 1_000_000
# Steps to either side before the search goes on in windows.
_STEPS = 200
# 1 for each control that is taken
Taken = NDArray[np.uint8]
Calipers = Sequence[tuple[FloatArray, float]]
# In the place of a control: there is no further one; nobody has looked further.
NONE, UNKNOWN = -1, -2
# (treated, controls), both indices of subjects and broadcast, to a key that sorts them
Tie = Callable[[IntArray, IntArray], IntArray]


def first_in_data(treated: IntArray, control: IntArray) -> IntArray:
    """Return the key of the rule `first`."""
    return np.broadcast_to(control, np.broadcast_shapes(treated.shape, control.shape))


class _Neighbours(ABC):
    """What both kinds share: widening the search until the nearest are certain."""

    def __init__(
        self, members: IntArray, controls: IntArray, calipers: Calipers, tie: Tie
    ) -> None:
        self.members = members
        self.controls = controls
        self.calipers = calipers
        self.tie = tie

    def few(
        self, rows: IntArray, k: int, at_least: int | None = None
    ) -> tuple[IntArray, FloatArray]:
        """Return places and distances of the `k` nearest allowed of each row.

        A row ends with NONE where it has no more. With `at_least` the search stops
        when so many are certain, and a row may end with UNKNOWN.
        """
        wanted = k if at_least is None else at_least
        node = np.full((len(rows), k), NONE, dtype=np.intp)
        distance = np.full((len(rows), k), np.inf)
        pending = np.arange(len(rows))
        n = len(self.controls)
        reach = min(n, k + 1 if not self.calipers else k + 4)
        while len(pending):
            again = []
            step = max(1, _CHUNK // (2 * reach))
            for start in range(0, len(pending), step):
                part = pending[start : start + step]
                found, d, certain_below = self._look(rows[part], reach)
                found, d = self._nearest_first(rows[part], found, d, k)
                is_last = np.isinf(certain_below)[:, None]
                found[np.isinf(d)] = UNKNOWN
                found = np.where(is_last & np.isinf(d), NONE, found)
                found = np.where(is_last | (d < certain_below[:, None]), found, UNKNOWN)
                is_done = is_last[:, 0] | (found[:, wanted - 1] >= 0)
                node[part[is_done]] = found[is_done]
                distance[part[is_done]] = d[is_done]
                again.append(part[~is_done])
            pending = np.concatenate(again)
            reach = min(n, 4 * reach)
        return node, distance

    def nearest(self, row: int, taken: Taken) -> tuple[int, float]:
        """Return place and distance of the nearest allowed control not taken, or NONE.

        `taken` has 1 for each control that is, 0 for the others.
        """
        rows = np.array([row])
        reach = min(len(self.controls), 64)
        while True:
            found, d, certain_below = self._look(rows, reach)
            d = np.where(taken[found], np.inf, d)
            found, d = self._nearest_first(rows, found, d, 1)
            if d[0, 0] < certain_below[0]:
                return int(found[0, 0]), float(d[0, 0])
            if np.isinf(certain_below[0]):
                return NONE, np.inf
            reach = min(len(self.controls), 4 * reach)

    @abstractmethod
    def _look(
        self, rows: IntArray, reach: int
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """Return controls, distances, and the distance from which others may be."""

    def _forbid(self, rows: IntArray, found: IntArray, d: FloatArray) -> FloatArray:
        """Return distances, infinite for those outside a caliper."""
        t, c = self.members[rows][:, None], self.controls[found]
        for values, width in self.calipers:
            d = np.where(within(values[t] - values[c], width), d, np.inf)
        return d

    def _nearest_first(
        self, rows: IntArray, found: IntArray, d: FloatArray, k: int
    ) -> tuple[IntArray, FloatArray]:
        """Return the first `k` by distance, then by the rule on ties."""
        order = np.argsort(d, axis=1)
        first = np.take_along_axis(d, order, axis=1)
        head = first[:, : k + 1]
        tied = ((head[:, 1:] == head[:, :-1]) & np.isfinite(head[:, 1:])).any(axis=1)
        if tied.any():
            t = self.members[rows[tied]][:, None]
            key = self.tie(t, self.controls[found[tied]])
            order[tied] = np.lexsort((key, d[tied]), axis=-1)
        order = order[:, :k]
        d = np.take_along_axis(d, order, axis=1)
        found = np.take_along_axis(found, order, axis=1)
        if found.shape[1] < k:
            more = ((0, 0), (0, k - found.shape[1]))
            d = np.pad(d, more, constant_values=np.inf)
            found = np.pad(found, more)
        return found, d


class _FreePlaces:
    """The way past places that are taken; a way once gone is remembered."""

    def __init__(self, n: int) -> None:
        self.to_left = list(range(-1, n - 1))
        self.to_right = list(range(1, n + 1))

    def before(self, place: int, taken: Taken) -> int:
        """Return the last free place up to this one, -1 for none."""
        return self._past(self.to_left, place, taken)

    def after(self, place: int, taken: Taken) -> int:
        """Return the first free place from this one on, n for none."""
        return self._past(self.to_right, place, taken)

    @staticmethod
    def _past(following: list[int], place: int, taken: Taken) -> int:
        free, n = place, len(following)
        while 0 <= free < n and taken[free]:
            free = following[free]
        while place != free:
            following[place], place = free, following[place]
        return free


class ScoreNeighbours(_Neighbours):
    """Controls near a score, which `controls` are sorted by.

    `width` is the caliper on the score: with a negative one the search begins at its
    far end.
    """

    def __init__(
        self,
        score: FloatArray,
        members: IntArray,
        controls: IntArray,
        width: float,
        calipers: Calipers,
    ) -> None:
        by_score = controls[np.argsort(score[controls], kind="stable")]
        limits = [*calipers]
        if np.isfinite(width):
            limits.append((score, width))
        super().__init__(members, by_score, limits, first_in_data)
        self.x = score[members]
        self.sorted_score = score[by_score]
        self.width = width
        # value + width is rounded: begin nearer, the differences are compared
        self._free: _FreePlaces | None = None
        inner = 0.0
        if width < 0 and len(by_score):
            largest = max(np.abs(self.x).max(), np.abs(self.sorted_score).max())
            inner = max(-width - 8.0 * np.finfo(float).eps * (largest - width), 0.0)
        self.left = np.searchsorted(self.sorted_score, self.x - inner, side="left")
        self.right = np.searchsorted(self.sorted_score, self.x + inner, side="left")
        if inner > 0:
            self.left = np.searchsorted(self.sorted_score, self.x - inner, side="right")

    def nearest(self, row: int, taken: Taken) -> tuple[int, float]:
        """Return place and distance of the nearest allowed control not taken, or NONE.

        A few steps to either side find it as a rule, past those that are taken; else
        the search goes on in wide windows.
        """
        if self._free is None:
            self._free = _FreePlaces(len(self.controls))
            self._values = [
                (_view(values), _view(values[self.controls]), width)
                for values, width in self.calipers
            ]
        free, treated, x = self._free, int(self.members[row]), float(self.x[row])
        scores = _view(self.sorted_score)
        left = free.before(int(self.left[row]) - 1, taken)
        right = free.after(int(self.right[row]), taken)
        best, found, first = np.inf, NONE, -1
        for _ in range(_STEPS):
            to_left = abs(x - scores[left]) if left >= 0 else np.inf
            to_right = abs(scores[right] - x) if right < len(scores) else np.inf
            place, distance = (
                (left, to_left) if to_left <= to_right else (right, to_right)
            )
            if distance > best or distance == np.inf:
                return found, best
            if 0 <= self.width < distance:
                return NONE, np.inf
            if all(
                abs(values[treated] - own[place]) <= width
                if width >= 0
                else abs(values[treated] - own[place]) > -width
                for values, own, width in self._values
            ):
                control = int(self.controls[place])
                if found < 0 or control < first:
                    best, found, first = distance, place, control
            if place == left:
                left = free.before(place - 1, taken)
            else:
                right = free.after(place + 1, taken)
        return super().nearest(row, taken)

    def _look(
        self, rows: IntArray, reach: int
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        n = len(self.controls)
        step = np.arange(reach)
        place = np.concatenate(
            [self.left[rows][:, None] - 1 - step, self.right[rows][:, None] + step],
            axis=1,
        )
        is_there = (place >= 0) & (place < n)
        place = np.clip(place, 0, n - 1)
        x = self.x[rows][:, None]
        d = np.where(is_there, np.abs(self.sorted_score[place] - x), np.inf)
        beyond = np.full(len(rows), np.inf)
        for outside in (self.left[rows] - 1 - reach, self.right[rows] + reach):
            inside = (outside >= 0) & (outside < n)
            far = np.abs(self.sorted_score[np.clip(outside, 0, n - 1)] - x[:, 0])
            beyond = np.where(inside, np.minimum(beyond, far), beyond)
        if self.width >= 0:
            beyond[beyond > self.width] = np.inf
        return place, self._forbid(rows, place, d), beyond


class MetricNeighbours(_Neighbours):
    """Controls near a point, shape (n, p), by the sum of squared differences.

    The tree only names those that come into question: distances are added up in the
    order of the columns, so that equal points are equally far.
    """

    def __init__(
        self,
        points: FloatArray,
        members: IntArray,
        controls: IntArray,
        calipers: Calipers,
        tie: Tie,
    ) -> None:
        super().__init__(members, controls, calipers, tie)
        self.points = points
        self.tree = KDTree(points[controls])

    def _look(
        self, rows: IntArray, reach: int
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        t = self.members[rows]
        far, place = self.tree.query(self.points[t], k=np.arange(1, reach + 1))
        d = squared_distance(self.points, t[:, None], self.controls[place])
        beyond = np.full(len(rows), np.inf)
        if reach < len(self.controls):
            # the tree rounds in its own way
            beyond = far[:, -1] ** 2 * (1.0 - 1e-9)
        return place, self._forbid(rows, place, d), beyond


def _view(values: Any) -> memoryview:
    """Return what gives single values faster than an array."""
    return memoryview(values)


def squared_distance(
    points: FloatArray, treated: IntArray, control: IntArray
) -> FloatArray:
    """Return the sums of squared differences, column by column."""
    total = np.zeros(np.broadcast_shapes(treated.shape, control.shape))
    for column in points.T:
        total += (column[treated] - column[control]) ** 2
    return total
