"""Checks of the arguments of matching functions."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from counterarm.arrays import (
    BoolArray,
    IntArray,
    codes,
    numbers,
)
from counterarm.design import codes_of_combinations


def as_strata(
    exact: ArrayLike | Sequence[str] | None, n: int, data: pd.DataFrame | None = None
) -> IntArray:
    """Return one integer per subject; equal integers mean the same exact stratum.

    `exact` is None (one stratum), `n` codes of any kind, a DataFrame, or the name or
    names of columns of `data`: all of several columns must be equal. ValueError for
    another length and for a missing code: unknown is not a value that can be equal.
    """
    if exact is None:
        return np.zeros(n, dtype=np.intp)
    return codes(codes_of_combinations(exact, data), "exact", n)[1]


def as_widths(
    pairs: Sequence[tuple[ArrayLike, float]] | None,
    name: str,
    n: int,
    *,
    is_caliper: bool = False,
) -> list[tuple[NDArray, float]]:
    """Return checked (values, width) pairs; errors say `name[position]`.

    The width of a caliper may be 0 or negative, a scale is above 0.
    """
    checked = []
    for position, (values, width) in enumerate(pairs or []):
        label = f"{name}[{position}]"
        if not np.isfinite(width) or (width <= 0 and not is_caliper):
            bound = "a finite one" if is_caliper else "above 0"
            raise ValueError(f"{label}: width {width}, expected {bound}")
        checked.append((numbers(values, label, n), float(width)))
    return checked


def split_by_stratum(
    treated: BoolArray, strata: IntArray
) -> list[tuple[IntArray, IntArray]]:
    """Return (treated indices, control indices) of each stratum with both arms.

    Indices ascend; strata come in the order of their codes.
    """
    order = np.argsort(strata, kind="stable")
    starts = np.flatnonzero(np.diff(strata[order])) + 1
    parts: list[tuple[IntArray, IntArray]] = []
    for members in np.split(order, starts):
        arm = treated[members]
        if arm.any() and not arm.all():
            parts.append((members[arm], members[~arm]))
    return parts
