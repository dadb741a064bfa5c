"""The order in which the treated are served, and the pairs that come of it."""

import numpy as np

from counterarm.arrays import FloatArray, IntArray

# The first three are known beforehand; the others follow from distances.
ORDERS = ("largest", "smallest", "data", "closest", "farthest")
# treated, node of the control, distance, one element per pair
Found = tuple[IntArray, IntArray, FloatArray]


def served_by_score(
    score: FloatArray | None, members: IntArray, order: str
) -> IntArray:
    """Return the treated in the order they are served; equal scores as they stand."""
    if order == "largest" and score is not None:
        return members[np.argsort(-score[members], kind="stable")]
    if order == "smallest" and score is not None:
        return members[np.argsort(score[members], kind="stable")]
    return members


def by_distance(treated: IntArray, distance: FloatArray) -> IntArray:
    """Return the order by distance, then by data order."""
    return np.lexsort((treated, distance))


def nothing() -> Found:
    """Return no pairs."""
    return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0)


class PairLists:
    """Pairs found one after another: three lists, faster than one of tuples."""

    def __init__(self) -> None:
        self.treated: list[int] = []
        self.node: list[int] = []
        self.distance: list[float] = []

    def add(self, treated: int, node: int, distance: float) -> None:
        """Add a pair."""
        self.treated.append(treated)
        self.node.append(node)
        self.distance.append(distance)

    def arrays(self) -> Found:
        """Return the pairs so far."""
        return (
            np.array(self.treated, dtype=np.intp),
            np.array(self.node, dtype=np.intp),
            np.array(self.distance, dtype=float),
        )
