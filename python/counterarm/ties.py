"""Ties between numbers that differ only by floating-point rounding."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
# R's default, the square root of the machine epsilon
TOLERANCE = np.sqrt(np.finfo(float).eps)


def tied(values: FloatArray) -> FloatArray:
    """Return the values with those that differ only by rounding made equal.

    Neighbours in sorted order are tied where they differ by at most `TOLERANCE`, in
    absolute terms or relative to the mean absolute distinct value; each run of
    neighbours takes its smallest value. NaN and infinite values stay as they are.

    Source: R `survival::aeqSurv` (`timefix = TRUE`).
    """
    distinct = np.unique(values[np.isfinite(values)])
    if len(distinct) < 2:
        return values
    gaps = np.diff(distinct)
    is_tied = gaps <= TOLERANCE * max(1.0, np.abs(distinct).mean())
    if not is_tied.any():
        return values
    kept = distinct[np.r_[True, ~is_tied]]
    place = np.searchsorted(kept, values, side="right") - 1
    return np.where(np.isfinite(values), kept[np.maximum(place, 0)], values)


def tied_samples(
    samples: Sequence[FloatArray],
) -> list[FloatArray]:
    """Return samples that are ranked together, with rounding removed as by `tied`."""
    ends = np.cumsum([len(sample) for sample in samples])[:-1]
    return np.split(tied(np.concatenate(samples)), ends)
