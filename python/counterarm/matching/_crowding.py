"""Which treated get their nearest control whatever the order in which all are served.

Most treated compete with nobody: their nearest control is nobody else's, and nobody who
loses his own can come as far as theirs. Only the rest need be served one after another,
which is what takes time.

Controls lie side by side in groups (of equal scores, or single ones in order of rank).
Each treated claims the group at the smallest distance, and takes from another only when
all groups from there to the one he takes from are used up. Let a stretch of groups be
used up, and its ends be next to groups that are not: those who took from it all claimed
a group of it. So whoever leaves it crosses links only: groups q and q + 1 are linked if
some stretch that ends at q, or begins at q + 1, has more claims than controls.
"""

import numpy as np

from counterarm.arrays import BoolArray, FloatArray, IntArray
from counterarm.matching._orders import Found


def crowded_groups(
    first_claim: IntArray, second_claim: IntArray, sizes: IntArray, linked: BoolArray
) -> BoolArray:
    """Return which groups share their controls with another; shape (groups,).

    Each treated claims group `first_claim`; `second_claim` is another, next to it, at
    the same distance, or the same one again. `sizes` counts the controls of each group.
    `linked`, one shorter, says which neighbours a treated may find equally near.

    In a group that is not crowded there are at least as many controls as claims, and
    nobody else takes from it: its claimants are served by themselves.
    """
    n = len(sizes)
    is_tied = first_claim != second_claim
    claims = np.bincount(first_claim, minlength=n)
    claims += np.bincount(second_claim[is_tied], minlength=n)
    excess = np.concatenate([[0], np.cumsum(claims - sizes)])
    lowest = np.minimum.accumulate(excess)
    highest = np.maximum.accumulate(excess[::-1])[::-1]
    inner = excess[1:-1]
    link = linked | (inner > lowest[:-2]) | (highest[2:] > inner)
    link[np.minimum(first_claim, second_claim)[is_tied]] = True
    crowded = claims > sizes
    crowded[:-1] |= link
    crowded[1:] |= link
    return crowded


def mutually_nearest(
    score: FloatArray, served: IntArray, sorted_score: FloatArray, kept: IntArray
) -> tuple[list[Found], IntArray, IntArray]:
    """Pair those who are nearest to each other, nobody else as near, again and again.

    Whoever else is matched first, nobody comes between the two. Returns the pairs, who
    is left, in data order, and the controls that are left.
    """
    found: list[Found] = []
    left = served[np.argsort(score[served], kind="stable")]
    while len(left) and len(kept):
        x, values = score[left], sorted_score[kept]
        of_treated, distance = _only_nearest(x, values)
        of_control, _ = _only_nearest(values, x)
        row = np.flatnonzero(of_treated >= 0)
        row = row[of_control[of_treated[row]] == row]
        # the last few are faster one by one
        if len(row) < max(100, len(left) // 20):
            break
        place = of_treated[row]
        found.append((left[row], kept[place], distance[row]))
        left, kept = np.delete(left, row), np.delete(kept, place)
    return found, np.sort(left), kept


def _only_nearest(x: FloatArray, values: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the place of the nearest of sorted `values`, -1 if two are as near."""
    padded = np.concatenate([[-np.inf, -np.inf], values, [np.inf, np.inf]])
    at = np.searchsorted(values, x, side="left") + 2
    around = np.abs(padded[at[:, None] + np.array([-2, -1, 0, 1])] - x[:, None])
    is_left = around[:, 1] < around[:, 2]
    nearest = np.where(is_left, around[:, 1], around[:, 2])
    beyond = np.where(is_left, around[:, 0], around[:, 3])
    is_only = (around[:, 1] != around[:, 2]) & (beyond != nearest)
    return np.where(is_only, at - 2 - is_left, -1), nearest
