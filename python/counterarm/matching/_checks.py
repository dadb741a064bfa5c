"""What every matching function asks of its arguments before it computes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


def as_floats(values: ArrayLike, name: str, n: int | None = None) -> NDArray:
    """Return `values` as a float vector of length `n` without missing values.

    Raises ValueError, naming `name`, for another shape, for text, and for missing
    or infinite values.
    """
    expected = "one dimension" if n is None else f"shape ({n},)"
    if np.ndim(values) != 1 or (n is not None and len(values) != n):
        raise ValueError(f"{name} has shape {np.shape(values)}, expected {expected}")
    if pd.api.types.infer_dtype(values, skipna=True) in ("string", "mixed", "bytes"):
        raise ValueError(f"{name} is not numeric: it holds text")
    try:
        vector = pd.array(values, dtype="Float64").to_numpy(
            dtype=float, na_value=np.nan
        )
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is not numeric: {error}") from error
    unusable = np.flatnonzero(~np.isfinite(vector))
    if len(unusable):
        raise ValueError(
            f"{name} has {len(unusable)} missing or infinite values, "
            f"the first at row {unusable[0]}"
        )
    return vector


def as_arms(treated: ArrayLike, n: int | None = None) -> NDArray[np.bool_]:
    """Return `treated` as booleans; ValueError unless every value is 0 or 1."""
    arms = as_floats(treated, "treated", n)
    other = np.setdiff1d(arms, [0.0, 1.0])
    if len(other):
        raise ValueError(f"treated holds {other[0]:g}; only 0 and 1 are arms")
    return arms == 1.0


def as_strata(exact: ArrayLike | None, n: int) -> NDArray[np.intp]:
    """Return one integer per subject; equal integers mean the same exact stratum.

    `exact` is None (one stratum) or `n` codes of any kind. ValueError for another
    length and for a missing code: unknown is not a value that can be equal.
    """
    if exact is None:
        return np.zeros(n, dtype=np.intp)
    codes = pd.factorize(pd.Series(exact))[0]
    if len(codes) != n:
        raise ValueError(f"exact has {len(codes)} codes, expected {n}")
    missing = np.flatnonzero(codes < 0)
    if len(missing):
        raise ValueError(
            f"exact has {len(missing)} missing codes, the first at row {missing[0]}"
        )
    return codes


def as_widths(
    pairs: Sequence[tuple[ArrayLike, float]] | None,
    name: str,
    n: int,
    *,
    zero_allowed: bool,
) -> list[tuple[NDArray, float]]:
    """Return checked (values, width) pairs; errors say `name[position]`."""
    checked = []
    for position, (values, width) in enumerate(pairs or []):
        label = f"{name}[{position}]"
        if not np.isfinite(width) or width < 0 or (width == 0 and not zero_allowed):
            bound = "0 or more" if zero_allowed else "above 0"
            raise ValueError(f"{label} has width {width}, expected {bound}")
        checked.append((as_floats(values, label, n), float(width)))
    return checked


def split_by_stratum(
    treated: NDArray[np.bool_], strata: NDArray[np.intp]
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return (treated indices, control indices) of each stratum with both arms.

    Indices ascend; strata come in the order of their codes.
    """
    order = np.argsort(strata, kind="stable")
    starts = np.flatnonzero(np.diff(strata[order])) + 1
    parts = []
    for members in np.split(order, starts):
        arm = treated[members]
        if arm.any() and not arm.all():
            parts.append((members[arm], members[~arm]))
    return parts
