"""The result that every way of matching returns, and the weights that follow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Matches:
    """Pairs, one element per pair, sorted by treated index, then round.

    `treated_index` and `control_index` point into the arrays that were given,
    `match_round` counts from 1, `distance` is in the units of the score (nearest)
    or of the candidate pairs (optimal, greedy).
    """

    treated_index: NDArray[np.intp]
    control_index: NDArray[np.intp]
    match_round: NDArray[np.intp]
    distance: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.treated_index)


def make_matches(
    treated_index: ArrayLike,
    control_index: ArrayLike,
    match_round: ArrayLike,
    distance: ArrayLike,
) -> Matches:
    """Sort pairs by treated index, then round; four sequences of one length."""
    treated_index = np.asarray(treated_index, dtype=np.intp)
    match_round = np.asarray(match_round, dtype=np.intp)
    order = np.lexsort((match_round, treated_index))
    return Matches(
        treated_index=treated_index[order],
        control_index=np.asarray(control_index, dtype=np.intp)[order],
        match_round=match_round[order],
        distance=np.asarray(distance, dtype=float)[order],
    )


def matching_weights(matches: Matches, n: int) -> NDArray[np.float64]:
    """Return MatchIt's matching weights, shape (n,), 0 for the unmatched.

    A matched treated subject weighs 1. A control weighs the sum, over the sets it
    is in, of 1 / (number of controls in the set); control weights are then scaled
    to sum to the number of distinct matched controls (MatchIt 4.5.0, "Matching
    weights" in `?matchit`). Without replacement at ratio 1 every weight is 1.

    Raises ValueError where a pair points past the end of `n` subjects.
    """
    weights = np.zeros(n)
    if len(matches) == 0:
        return weights
    highest = max(matches.treated_index.max(), matches.control_index.max())
    if highest >= n:
        raise ValueError(f"matches hold index {highest}, but n is {n}")
    set_size = np.bincount(matches.treated_index, minlength=n)
    share = 1.0 / set_size[matches.treated_index]
    controls = np.bincount(matches.control_index, weights=share, minlength=n)
    weights = controls * (np.count_nonzero(controls) / controls.sum())
    weights[matches.treated_index] = 1.0
    return weights
