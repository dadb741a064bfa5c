"""Checks that every function here makes of its arrays, with errors that name them."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from counterarm.ties import tied

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
    """Return times and event flags of the same length, at least one row.

    Times that differ only by rounding are tied (`counterarm.ties`).
    """
    times, flags, _ = follow_up(time, event, None)
    return times, flags


def follow_up(
    time: ArrayLike, event: ArrayLike, entry: ArrayLike | None
) -> tuple[FloatArray, NDArray[np.bool_], FloatArray | None]:
    """Return times, event flags and entry times, all of the same length.

    Entry and exit times that differ only by rounding are tied to each other.
    ValueError where a row does not enter before it leaves.
    """
    times = numbers(time, "time")
    if len(times) == 0:
        raise ValueError("time: no rows")
    flags = numbers(event, "event", len(times))
    if not np.isin(flags, (0.0, 1.0)).all():
        raise ValueError("event: only 0 (censored) and 1 (event) are allowed")
    if entry is None:
        return tied(times), flags == 1.0, None
    both = tied(np.concatenate([times, numbers(entry, "entry", len(times))]))
    times, entries = np.split(both, 2)
    if (entries >= times).any():
        raise ValueError(
            f"entry: not before time in {int((entries >= times).sum())} rows"
        )
    return times, flags == 1.0, entries


def codes(labels: ArrayLike, name: str, length: int) -> tuple[NDArray, IntArray]:
    """Return the sorted distinct labels, and each row's index among them."""
    array = np.asarray(labels)
    if array.ndim != 1:
        raise ValueError(f"{name}: one dimension expected, not {array.ndim}")
    if len(array) != length:
        raise ValueError(f"{name}: {len(array)} values for {length} rows")
    missing = pd.isna(array)
    if missing.any():
        raise ValueError(f"{name}: {int(missing.sum())} missing values")
    distinct, index = np.unique(array, return_inverse=True)
    return distinct, index.astype(np.int64)
