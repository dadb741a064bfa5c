"""The result that every way of matching pairs returns, and the weights that follow."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
)
from counterarm.display import Printed
from counterarm.matching.sample_sizes import sample_sizes


@dataclass(frozen=True, eq=False, repr=False)
class Matches(Printed):
    """Pairs, one element per pair, sorted by treated index, then round.

    `treated_index` and `control_index` point into the arrays that were given,
    `match_round` counts from 1, `distance` is in the units of the score (nearest)
    or of the candidate pairs (optimal, greedy). `arms`, where known, is who of those
    that were to be matched is treated.
    """

    treated_index: IntArray
    control_index: IntArray
    match_round: IntArray
    distance: FloatArray
    arms: BoolArray | None = None

    def __len__(self) -> int:
        return len(self.treated_index)

    def __str__(self) -> str:
        """Return the number of pairs, and the sample sizes as MatchIt's summary."""
        pairs = f"{len(self)} matched pairs"
        if self.arms is None:
            return pairs
        sizes = sample_sizes(self.arms, self.weights)
        return f"{pairs}\n\nSample sizes:\n{sizes}"

    @property
    def weights(self) -> FloatArray:
        """Return MatchIt's weight of each subject; see `matching_weights`."""
        return matching_weights(self)

    def to_frame(self, data: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return one row per pair: treated, control, match_round and distance.

        Subjects are places from 0, or the labels of the index of `data`.
        """
        treated, control = self.treated_index, self.control_index
        labels = np.arange(self._n_subjects()) if data is None else data.index
        return pd.DataFrame(
            {
                "treated": np.asarray(labels)[treated],
                "control": np.asarray(labels)[control],
                "match_round": self.match_round,
                "distance": self.distance,
            }
        )

    def matched_rows(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of `data` that are matched, with `set_id` and `weight`.

        One row per matched set and subject, the treated of a set first: a control that
        serves in several sets, matched with replacement, has a row in each. A treated
        weighs 1, a control 1 / (number of controls in the set). `set_id` counts from 1.

        ValueError for data of another number of rows, or with a column of that name.
        Source: MatchIt `get_matches`, which at ratio 1 without replacement has the rows
        of `match.data`.
        """
        if self.arms is not None and len(data) != len(self.arms):
            raise ValueError(f"data: {len(data)} rows for {len(self.arms)} subjects")
        for name in ("set_id", "weight"):
            if name in data.columns:
                raise ValueError(f"data: a column is called {name!r} already")
        treated, size = np.unique(self.treated_index, return_counts=True)
        set_of_pair = np.repeat(np.arange(len(treated)), size)
        rows = np.concatenate([treated, self.control_index])
        sets = np.concatenate([np.arange(len(treated)), set_of_pair])
        weight = np.concatenate([np.ones(len(treated)), 1.0 / size[set_of_pair]])
        order = np.argsort(sets, kind="stable")
        return data.iloc[rows[order]].assign(
            set_id=sets[order] + 1, weight=weight[order]
        )

    def _n_subjects(self) -> int:
        if self.arms is not None:
            return len(self.arms)
        if not len(self):
            return 0
        return int(max(self.treated_index.max(), self.control_index.max())) + 1


def make_matches(
    treated_index: ArrayLike,
    control_index: ArrayLike,
    match_round: ArrayLike,
    distance: ArrayLike,
    arms: BoolArray | None = None,
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
        arms=arms,
    )


def matching_weights(matches: Matches, n: int | None = None) -> FloatArray:
    """Return MatchIt's matching weights, shape (n,), 0 for the unmatched.

    A matched treated subject weighs 1. A control weighs the sum, over the sets it
    is in, of 1 / (number of controls in the set); control weights are then scaled
    to sum to the number of distinct matched controls (MatchIt 4.5.0, "Matching
    weights" in `?matchit`). Without replacement at ratio 1 every weight is 1. `n` is
    the number of subjects, by default that of the matches' arms.

    Raises ValueError where a pair points past the end of `n` subjects, and without `n`
    where the matches do not know their arms.
    """
    if n is None:
        if matches.arms is None:
            raise ValueError("n: the matches do not say how many subjects there are")
        n = len(matches.arms)
    weights = np.zeros(n)
    if len(matches) == 0:
        return weights
    highest = max(matches.treated_index.max(), matches.control_index.max())
    if highest >= n:
        raise ValueError(f"n: matches hold index {highest}, but n is {n}")
    set_size = np.bincount(matches.treated_index, minlength=n)
    share = 1.0 / set_size[matches.treated_index]
    controls = np.bincount(matches.control_index, weights=share, minlength=n)
    weights = controls * (np.count_nonzero(controls) / controls.sum())
    weights[matches.treated_index] = 1.0
    return weights
