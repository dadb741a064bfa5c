"""The free controls of one stratum, and the nearest of them to a treated.

A pool answers `nearest(treated)` with (distance, control index, node) of the free
allowed control at the smallest distance, the first in data order among those at exactly
that distance, or None; `take(node)` uses a control up.
"""

import numpy as np

from counterarm.arrays import BoolArray, FloatArray, IntArray

Found = tuple[float, int, int]


def find(pointer: list[int], node: int) -> int:
    """Follow pointers to the node that points at itself, shortening the way."""
    root = node
    while pointer[root] != root:
        root = pointer[root]
    while pointer[node] != root:
        pointer[node], node = root, pointer[node]
    return root


def groups(sorted_score: FloatArray) -> tuple[BoolArray, IntArray]:
    """Return which sorted scores are other than the one before, and their places."""
    new = np.ones(len(sorted_score), dtype=bool)
    new[1:] = sorted_score[1:] != sorted_score[:-1]
    return new, np.flatnonzero(new)


class ScorePool:
    """Controls under a score caliper only, in near-linear time.

    Controls are sorted by score, then data order; equal scores form a group. From a
    position `next_free` leads to the first free control at or right of it, from a
    group `left` leads to the first group at or left of it that has a free control.
    Time grows further only with the number of distinct scores that lie at exactly
    the same floating-point difference from one treated score.
    """

    def __init__(
        self, index: IntArray, sorted_score: FloatArray, caliper: float
    ) -> None:
        """Take controls by score, then data order, and their scores."""
        new, starts = groups(sorted_score)
        self.values = sorted_score[starts]
        self.caliper = caliper
        self.index = index.tolist()
        self.value = self.values.tolist()
        self.start = [*starts.tolist(), len(index)]
        self.group = (np.cumsum(new) - 1).tolist()
        self.next_free = list(range(len(index) + 1))
        # shifted by one, so that 0 stands for "no group"
        self.left = list(range(len(starts) + 1))

    def first_groups(self, x: FloatArray) -> list[int]:
        """Return the first group whose score is not below each of `x`."""
        return np.searchsorted(self.values, x, side="left").tolist()

    def nearest(self, value: float, at: int) -> Found | None:
        """Return the nearest free control within the caliper, or None.

        `at` is that of `first_groups`.
        """
        infinity = float("inf")
        left = find(self.left, at) - 1
        node = find(self.next_free, self.start[at])
        right = self.group[node] if node < len(self.index) else -1
        to_left = value - self.value[left] if left >= 0 else infinity
        to_right = self.value[right] - value if right >= 0 else infinity
        distance = min(to_left, to_right)
        if distance == infinity or distance > self.caliper:
            return None
        best = len(self.index)
        best_index = -1
        while left >= 0 and value - self.value[left] == distance:
            head = find(self.next_free, self.start[left])
            if best_index < 0 or self.index[head] < best_index:
                best, best_index = head, self.index[head]
            left = find(self.left, left) - 1
        while right >= 0 and self.value[right] - value == distance:
            if best_index < 0 or self.index[node] < best_index:
                best, best_index = node, self.index[node]
            node = find(self.next_free, self.start[right + 1])
            right = self.group[node] if node < len(self.index) else -1
        return distance, best_index, best

    def is_free(self, node: int) -> bool:
        """Say whether a control can still be taken."""
        return self.next_free[node] == node

    def take(self, node: int) -> None:
        """Use a control up."""
        self.next_free[node] = node + 1
        group = self.group[node]
        if find(self.next_free, self.start[group]) >= self.start[group + 1]:
            self.left[group + 1] = group
