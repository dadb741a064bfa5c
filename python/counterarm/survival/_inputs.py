"""Checks that every function here makes of its arrays, with errors that name them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def numbers(values: ArrayLike, name: str, length: int | None = None) -> FloatArray:
    """Return one-dimensional finite floats, or raise a ValueError that names `name`."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: missing or not numeric ({error})") from None
    if array.ndim != 1:
        raise ValueError(f"{name}: one dimension expected, not {array.ndim}")
    if length is not None and len(array) != length:
        raise ValueError(f"{name}: {len(array)} values for {length} rows")
    if np.isnan(array).any():
        raise ValueError(f"{name}: {int(np.isnan(array).sum())} missing values")
    if np.isinf(array).any():
        raise ValueError(f"{name}: infinite values")
    return array


def survival_times(
    time: ArrayLike, event: ArrayLike
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return times and event flags of the same length, at least one row."""
    times = numbers(time, "time")
    if len(times) == 0:
        raise ValueError("time: no rows")
    flags = numbers(event, "event", len(times))
    if not np.isin(flags, (0.0, 1.0)).all():
        raise ValueError("event: only 0 (censored) and 1 (event) are allowed")
    return times, flags == 1.0


def codes(labels: ArrayLike, name: str, length: int) -> tuple[NDArray, IntArray]:
    """Return the sorted distinct labels, and each row's index among them."""
    array = np.asarray(labels)
    if array.ndim != 1:
        raise ValueError(f"{name}: one dimension expected, not {array.ndim}")
    if len(array) != length:
        raise ValueError(f"{name}: {len(array)} values for {length} rows")
    if array.dtype == object:
        missing = np.array([x is None or bool(x != x) for x in array.tolist()], bool)
    elif array.dtype.kind == "f":
        missing = np.isnan(array)
    else:
        missing = np.zeros(length, bool)
    if missing.any():
        raise ValueError(f"{name}: {int(missing.sum())} missing values")
    distinct, index = np.unique(array, return_inverse=True)
    return distinct, index.astype(np.int64)
