"""Quantiles as R's `quantile` has them by default (type 7)."""

import numpy as np

from counterarm.arrays import FloatArray


def quantiles(values: FloatArray, shares: FloatArray) -> FloatArray:
    """Return the quantiles of `values` at `shares` between 0 and 1, bit by bit as R.

    NumPy interpolates in another way, which may differ in the last digit: too much
    where subjects lie at the very bounds.
    """
    x = np.sort(values)
    # counted from 1, as R counts, since the sum is rounded
    place = 1.0 + (len(x) - 1) * shares
    low, high = np.floor(place), np.ceil(place)
    below, above = x[low.astype(int) - 1], x[high.astype(int) - 1]
    part = place - low
    return np.where(below == above, below, (1.0 - part) * below + part * above)
