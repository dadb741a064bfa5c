"""Which treated get their nearest control whatever the order in which all are served.

Most treated compete with nobody: their nearest control is nobody else's, and nobody who
loses his own can come as far as theirs. Only the rest need be served one after another,
which is what takes time.

Controls lie side by side in groups (of equal scores, or single ones in order of rank).
Each treated claims the group at the smallest distance, and takes from another only when
all groups from there to the one he takes from are used up. Let a stretch of groups be
used up, and its ends be next to groups that are not: those who took from it all claimed
a group of it. So whoever leaves it crosses links only, where groups q and q + 1 are
linked if some stretch that ends at q, or begins at q + 1, has more claims than controls.
"""

import numpy as np

from counterarm.arrays import BoolArray, IntArray


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
