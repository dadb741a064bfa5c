"""The free controls of one stratum, and the nearest of them to a score.

Both pools answer `nearest(treated)` with (distance, control index, node) of the free
control at the smallest |score difference|, the first in data order among those at
exactly that difference, or None; `take(node)` uses a control up.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from counterarm.arrays import IntArray

Found = tuple[float, int, int]


def _find(pointer: list[int], node: int) -> int:
    """Follow pointers to the node that points at itself, shortening the way."""
    root = node
    while pointer[root] != root:
        root = pointer[root]
    while pointer[node] != root:
        pointer[node], node = root, pointer[node]
    return root


class ScorePool:
    """Controls under a score caliper only, in near-linear time.

    Controls are sorted by score, then data order; equal scores form a group. From a
    position `next_free` leads to the first free control at or right of it, from a
    group `left` leads to the first group at or left of it that has a free control.
    Time grows further only with the number of distinct scores that lie at exactly
    the same floating-point difference from one treated score.
    """

    def __init__(
        self,
        score: NDArray,
        treated: IntArray,
        controls: IntArray,
        caliper: float,
    ) -> None:
        order = controls[np.lexsort((controls, score[controls]))]
        sorted_score = score[order]
        new = np.concatenate([[True], sorted_score[1:] != sorted_score[:-1]])
        starts = np.flatnonzero(new)
        values = sorted_score[starts]
        self.caliper = caliper
        self.index = order.tolist()
        self.value = values.tolist()
        self.start = [*starts.tolist(), len(order)]
        self.group = (np.cumsum(new) - 1).tolist()
        self.next_free = list(range(len(order) + 1))
        # shifted by one, so that 0 stands for "no group"
        self.left = list(range(len(starts) + 1))
        self.score = dict(zip(treated.tolist(), score[treated].tolist(), strict=True))
        at = np.searchsorted(values, score[treated], side="left")
        self.at = dict(zip(treated.tolist(), at.tolist(), strict=True))

    def nearest(self, treated: int) -> Found | None:
        """Return the nearest free control within the caliper, or None."""
        value, at = self.score[treated], self.at[treated]
        infinity = float("inf")
        left = _find(self.left, at) - 1
        node = _find(self.next_free, self.start[at])
        right = self.group[node] if node < len(self.index) else -1
        to_left = value - self.value[left] if left >= 0 else infinity
        to_right = self.value[right] - value if right >= 0 else infinity
        distance = min(to_left, to_right)
        if distance == infinity or distance > self.caliper:
            return None
        best = len(self.index)
        best_index = -1
        while left >= 0 and value - self.value[left] == distance:
            head = _find(self.next_free, self.start[left])
            if best_index < 0 or self.index[head] < best_index:
                best, best_index = head, self.index[head]
            left = _find(self.left, left) - 1
        while right >= 0 and self.value[right] - value == distance:
            if best_index < 0 or self.index[node] < best_index:
                best, best_index = node, self.index[node]
            node = _find(self.next_free, self.start[right + 1])
            right = self.group[node] if node < len(self.index) else -1
        return distance, best_index, best

    def is_free(self, node: int) -> bool:
        """Say whether a control can still be taken."""
        return self.next_free[node] == node

    def take(self, node: int) -> None:
        """Use a control up."""
        self.next_free[node] = node + 1
        group = self.group[node]
        if _find(self.next_free, self.start[group]) >= self.start[group + 1]:
            self.left[group + 1] = group


class CaliperPool:
    """Controls under a score caliper and calipers on variables.

    A window around the treated score doubles until no control outside it can be as
    near as the best allowed one inside: time grows with the number of controls
    nearer than the one that is taken.
    """

    def __init__(
        self,
        score: NDArray,
        treated: IntArray,
        controls: IntArray,
        caliper: float,
        variable_calipers: Sequence[tuple[NDArray, float]],
    ) -> None:
        self.index = controls[np.lexsort((controls, score[controls]))]
        self.sorted_score = score[self.index]
        self.score = score
        self.caliper = caliper
        self.variables = [
            (values, values[self.index], width) for values, width in variable_calipers
        ]
        self.free = np.ones(len(controls), dtype=bool)
        at = np.searchsorted(self.sorted_score, score[treated], side="left")
        self.at = dict(zip(treated.tolist(), at.tolist(), strict=True))

    def nearest_few(self, treated: int, k: int) -> list[Found]:
        """Return up to `k` free allowed controls by distance, then data order."""
        value = self.score[treated]
        n = len(self.index)
        low = high = self.at[treated]
        width = 16 + 4 * k
        nodes = np.empty(0, dtype=np.intp)
        distance = np.empty(0)
        while True:
            new_low, new_high = max(low - width, 0), min(high + width, n)
            for part in (slice(new_low, low), slice(high, new_high)):
                allowed = self._allowed(treated, value, part)
                nodes = np.concatenate([nodes, allowed])
            distance = np.abs(self.sorted_score[nodes] - value)
            low, high = new_low, new_high
            beyond_left = value - self.sorted_score[low - 1] if low > 0 else np.inf
            beyond_right = self.sorted_score[high] - value if high < n else np.inf
            beyond = min(beyond_left, beyond_right)
            # At equality a control outside may come first in data order.
            enough = len(nodes) >= k and np.partition(distance, k - 1)[k - 1] < beyond
            if enough or beyond == np.inf or beyond > self.caliper:
                break
            width *= 2
        chosen = np.lexsort((self.index[nodes], distance))[:k]
        return [
            (float(distance[j]), int(self.index[nodes[j]]), int(nodes[j]))
            for j in chosen
        ]

    def nearest(self, treated: int) -> Found | None:
        """Return the nearest free allowed control, or None."""
        found = self.nearest_few(treated, 1)
        return found[0] if found else None

    def is_free(self, node: int) -> bool:
        """Say whether a control can still be taken."""
        return bool(self.free[node])

    def take(self, node: int) -> None:
        """Use a control up."""
        self.free[node] = False

    def _allowed(self, treated: int, value: float, part: slice) -> IntArray:
        allowed = self.free[part].copy()
        allowed &= np.abs(self.sorted_score[part] - value) <= self.caliper
        for values, sorted_values, width in self.variables:
            allowed &= np.abs(sorted_values[part] - values[treated]) <= width
        return np.flatnonzero(allowed) + part.start
