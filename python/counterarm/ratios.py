"""Ratios from their logarithms, where an interval may be wider than floats reach."""

import math


def exp(log_ratio: float) -> float:
    """Return e to the power `log_ratio`, infinite where it is too large for a float.

    `math.exp` raises OverflowError above 709; NaN stays NaN.
    """
    try:
        return math.exp(log_ratio)
    except OverflowError:
        return math.inf
