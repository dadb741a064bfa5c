"""Who lies outside the range of scores that both arms share."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import (
    BoolArray,
    columns_of,
    flags,
    numbers,
)

DISCARDS = ("none", "treated", "control", "both")


def outside_support(
    score: ArrayLike,
    treated: ArrayLike,
    discard: str,
    *,
    data: pd.DataFrame | None = None,
) -> BoolArray:
    """Return which subjects to discard before matching, shape (n,).

    `treated`: the treated whose score is below the lowest or above the highest score
    of the controls. `control`: the controls outside the range of the treated. `both`:
    everybody outside the range that the arms share. `none`: nobody. A score at the end
    of a range is inside it. The scale of the score (probability or linear) changes
    nothing.

    `score` and `treated` (0/1) have shape (n,), or are names of columns of `data`.

    Raises ValueError for missing values, other lengths, an empty arm and an unknown
    `discard`.

    Source: MatchIt, `matchit(discard = )`; the score is not estimated again
    (`reestimate = FALSE`).
    """
    score, treated = columns_of(data, score=score, treated=treated)
    x = numbers(score, "score")
    arms = flags(treated, "treated", len(x))
    if discard not in DISCARDS:
        raise ValueError(f"discard: {discard!r} is not one of {', '.join(DISCARDS)}")
    if discard == "none":
        return np.zeros(len(x), dtype=bool)
    if arms.all() or not arms.any():
        raise ValueError("treated: discard needs subjects in both arms")
    beyond_controls = (x < x[~arms].min()) | (x > x[~arms].max())
    beyond_treated = (x < x[arms].min()) | (x > x[arms].max())
    if discard == "treated":
        return beyond_controls
    if discard == "control":
        return beyond_treated
    return beyond_controls | beyond_treated
