"""The free controls of one stratum by rank, and which of them a treated takes."""

from collections.abc import Iterator, Sequence

import numpy as np

from counterarm.arrays import FloatArray, IntArray
from counterarm.matching._orders import PairLists
from counterarm.matching._pools import find

INFINITY = float("inf")
Calipers = Sequence[tuple[FloatArray, float]]
# a treated, its score and rank, and where the search begins on either side
Who = tuple[int, float, int, tuple[int, int]]


class RankPool:
    """Free controls of one stratum by rank, from left to right."""

    def __init__(
        self,
        score: FloatArray,
        rank: IntArray,
        controls: IntArray,
        width: float,
        calipers: Calipers,
    ) -> None:
        """Take controls in order of rank, and the calipers that pairs must keep."""
        self.rank = rank[controls].tolist()
        self.value = score[controls].tolist()
        self.width = width
        # a negative caliper: nearer ones are skipped by their sorted scores
        self.inner = -width if width < 0 else 0.0
        self.sorted_value = score[controls]
        self.sorted_rank = rank[controls]
        self.calipers = [
            (values.tolist(), values[controls].tolist(), limit)
            for values, limit in calipers
        ]
        n = len(controls)
        self.right = list(range(n + 1))
        # shifted by one, so that 0 stands for "none"
        self.left = list(range(n + 1))
        # whether two controls, or two treated, have come to be equally near
        self.met_tie = False

    def take(self, node: int) -> None:
        """Use a control up."""
        self.right[node] = node + 1
        self.left[node + 1] = node

    def is_free(self, node: int) -> bool:
        """Say whether a control can still be taken."""
        return self.right[node] == node

    def places(self, x: FloatArray, rank: IntArray) -> list[tuple[int, int]]:
        """Return where the search to the left, and to the right, of each begins."""
        low = high = np.searchsorted(self.sorted_rank, rank)
        if self.inner > 0:
            slack = 8.0 * np.finfo(float).eps * (np.abs(x) + self.inner)
            values, inner = self.sorted_value, self.inner
            low = np.minimum(low, np.searchsorted(values, x - inner + slack, "right"))
            high = np.maximum(high, np.searchsorted(values, x + inner - slack, "left"))
        return list(zip(low.tolist(), high.tolist(), strict=True))

    def where(
        self, score: FloatArray, rank: IntArray, served: IntArray
    ) -> Iterator[Who]:
        """Yield each treated, its score, its rank and its place."""
        x, at = score[served], rank[served]
        places = self.places(x, at)
        yield from zip(served.tolist(), x.tolist(), at.tolist(), places, strict=True)

    def sides(self, place: tuple[int, int]) -> tuple[int, int]:
        """Return the first free control left and right of a place; -1 for none."""
        left = find(self.left, place[0]) - 1
        right = find(self.right, place[1])
        return left, right if right < len(self.rank) else -1

    def nearest(
        self,
        treated: int,
        x: float,
        rank: int,
        place: tuple[int, int],
        starts: Sequence[int] = (),
    ) -> tuple[int, float]:
        """Return place and distance of the control that is taken, -1 for none.

        `starts` are the ranks of the treated's controls so far, and of the control
        that he has just lost.
        """
        left, right = self.sides(place)
        if not self.calipers and self.inner == 0:
            to_left = x - self.value[left] if left >= 0 else np.inf
            to_right = self.value[right] - x if right >= 0 else np.inf
        else:
            left, to_left = self._first_allowed(treated, x, left, -1)
            right, to_right = self._first_allowed(treated, x, right, 1)
        if to_left == to_right and to_left < np.inf:
            self.met_tie = True
            most_left, most_right = min([rank, *starts]), max([rank, *starts])
            on_left = most_left - self.rank[left] <= self.rank[right] - most_right
        else:
            on_left = to_left < to_right
        node, distance = (left, to_left) if on_left else (right, to_right)
        if distance == np.inf or (self.width >= 0 and distance > self.width):
            return -1, np.inf
        return node, distance

    def _first_allowed(
        self, treated: int, x: float, place: int, step: int
    ) -> tuple[int, float]:
        while place >= 0:
            distance = abs(x - self.value[place])
            if self.width >= 0 and distance > self.width:
                break
            if self.allows(treated, place, distance):
                return place, distance
            if step < 0:
                place = find(self.left, place) - 1
            else:
                place = find(self.right, place + 1)
                place = place if place < len(self.rank) else -1
        return -1, np.inf

    def allows(self, treated: int, place: int, distance: float) -> bool:
        """Say whether the calipers allow a pair, save a positive one on the score."""
        if self.inner > 0 and distance <= self.inner:
            return False
        for values, own, limit in self.calipers:
            difference = abs(values[treated] - own[place])
            if difference > limit if limit >= 0 else difference <= -limit:
                return False
        return True

    def serve(self, score: FloatArray, rank: IntArray, served: IntArray) -> PairLists:
        """Match the treated one after another, whom no caliper but `width` binds.

        It is `nearest` and `take` for each of them, none of whom has a control yet,
        without a call: all that rounded scores cost is the time of this loop.
        """
        x, at = score[served], rank[served]
        places = np.searchsorted(self.sorted_rank, at)
        before, after = [-INFINITY, *self.value], [*self.value, INFINITY]
        rank_before, rank_after = [0, *self.rank], [*self.rank, 0]
        left, right, width = self.left, self.right, self.width
        pairs = PairLists()
        add_treated, add_node = pairs.treated.append, pairs.node.append
        add_distance = pairs.distance.append
        for treated, value, own, place in zip(
            served.tolist(), x.tolist(), at.tolist(), places.tolist(), strict=True
        ):
            low, high = left[place], right[place]
            if left[low] != low:
                low = find(left, place)
            if right[high] != high:
                high = find(right, place)
            to_left, to_right = value - before[low], after[high] - value
            if to_left < to_right or (
                to_left == to_right and own - rank_before[low] <= rank_after[high] - own
            ):
                node, distance = low - 1, to_left
            else:
                node, distance = high, to_right
            if distance == INFINITY or distance > width:
                continue
            right[node] = node + 1
            left[node + 1] = node
            add_treated(treated)
            add_node(node)
            add_distance(distance)
        return pairs
