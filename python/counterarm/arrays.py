"""Checks of every array that a function of the library takes, in one place.

Errors are ValueErrors that begin with the name of the argument. An argument may be the
name of a column where a DataFrame is given as `data`.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from counterarm.ties import FloatArray, tied

IntArray = NDArray[np.integer[Any]]
BoolArray = NDArray[np.bool_]

# kinds of a pandas array that are text, or may hold some among other values
_TEXT = ("string", "mixed", "mixed-integer", "bytes", "categorical")


def columns_of(data: pd.DataFrame | None, **arguments: Any) -> list[Any]:
    """Return the arguments in their order, names of columns replaced by the columns.

    A text is the name of a column of `data`; in a tuple of two (clusters) each part may
    be one. Anything else is returned as it is.

    ValueError for a column that `data` does not have, and for a name without `data`.
    """
    return [_column_of(data, name, value) for name, value in arguments.items()]


def _column_of(data: pd.DataFrame | None, name: str, value: Any) -> Any:
    if isinstance(value, tuple) and len(value) == 2:
        return tuple(_column_of(data, name, part) for part in value)
    if not isinstance(value, str):
        return value
    if data is None:
        raise ValueError(f"{name}: {value!r} names a column, but no data are given")
    if value not in data.columns:
        raise ValueError(f"{name}: data have no column {value!r}")
    return data[value]


def numbers(
    values: ArrayLike,
    name: str,
    length: int | None = None,
    *,
    may_be_missing: bool = False,
) -> FloatArray:
    """Return one-dimensional finite floats, or raise a ValueError that names `name`.

    Booleans are 0 and 1; None, NaN and pd.NA are missing values, refused unless they
    may be missing, then NaN; text is not read as numbers.
    """
    n_dimensions = np.ndim(values)
    if n_dimensions != 1:
        raise ValueError(f"{name}: one dimension expected, not {n_dimensions}")
    array = _as_floats(values, name)
    _check_length(array, name, length)
    if not may_be_missing:
        refuse_missing(np.isnan(array), name)
    infinite = np.flatnonzero(np.isinf(array))
    if len(infinite):
        raise ValueError(f"{name}: infinite values, the first in row {infinite[0]}")
    return array


def _as_floats(values: ArrayLike, name: str) -> FloatArray:
    if isinstance(values, np.ndarray) and values.dtype.kind in "biuf":
        return values.astype(float)
    held: Any = values
    if pd.api.types.infer_dtype(held, skipna=True) in _TEXT and any(
        isinstance(value, str | bytes) for value in held
    ):
        raise ValueError(f"{name}: not numeric (it holds text)")
    try:
        array = pd.array(held, dtype="Float64")
        return array.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not numeric ({error})") from None


def flags(values: ArrayLike, name: str, length: int | None = None) -> BoolArray:
    """Return 0 and 1 as booleans; ValueError, naming `name`, for any other value."""
    array = numbers(values, name, length)
    other = array[(array != 0.0) & (array != 1.0)]
    if len(other):
        raise ValueError(f"{name}: only 0 and 1 are allowed, not {other[0]:g}")
    return array == 1.0


def codes(labels: ArrayLike, name: str, length: int) -> tuple[NDArray, IntArray]:
    """Return the sorted distinct labels, and each row's index among them.

    ValueError for another number of labels, and for missing ones: what is unknown is
    equal to nothing.
    """
    # of a list NumPy makes one type: of NaN among texts the text "nan", of 1 "1"
    array = np.asarray(labels, dtype=object if isinstance(labels, list) else None)
    if array.ndim != 1:
        raise ValueError(f"{name}: one dimension expected, not {array.ndim}")
    _check_length(array, name, length)
    refuse_missing(pd.isna(array), name)
    if array.dtype == object and pd.api.types.infer_dtype(array) == "string":
        # of texts only the distinct ones are sorted, which takes a tenth of the time
        index, distinct = pd.factorize(array, sort=True)
        return distinct, index.astype(np.int64)
    try:
        distinct, index = np.unique(array, return_inverse=True)
    except TypeError as error:
        raise ValueError(f"{name}: labels that cannot be sorted ({error})") from None
    return distinct, index.astype(np.int64)


def positive_weights(weights: ArrayLike | None, length: int) -> FloatArray:
    """Return case weights, ones where there are none; ValueError unless above 0."""
    if weights is None:
        return np.ones(length)
    weight = numbers(weights, "weights", length)
    if (weight <= 0).any():
        raise ValueError("weights: all must be above 0")
    return weight


def survival_times(time: ArrayLike, event: ArrayLike) -> tuple[FloatArray, BoolArray]:
    """Return times and event flags of the same length, at least one row.

    Times that differ only by rounding are tied (`counterarm.ties`).
    """
    times, events, _ = follow_up(time, event, None)
    return times, events


def follow_up(
    time: ArrayLike, event: ArrayLike, entry: ArrayLike | None
) -> tuple[FloatArray, BoolArray, FloatArray | None]:
    """Return times, event flags and entry times, all of the same length.

    Entry and exit times that differ only by rounding are tied to each other.
    ValueError where a row does not enter before it leaves.
    """
    times = numbers(time, "time")
    if len(times) == 0:
        raise ValueError("time: no rows")
    events = numbers(event, "event", len(times))
    if not np.isin(events, (0.0, 1.0)).all():
        raise ValueError("event: only 0 (censored) and 1 (event) are allowed")
    if entry is None:
        return tied(times), events == 1.0, None
    both = tied(np.concatenate([times, numbers(entry, "entry", len(times))]))
    times, entries = np.split(both, 2)
    if (entries >= times).any():
        raise ValueError(
            f"entry: not before time in {int((entries >= times).sum())} rows"
        )
    return times, events == 1.0, entries


def check_level(conf_level: float) -> None:
    """Raise a ValueError unless the confidence level is a share between 0 and 1."""
    if not 0 < conf_level < 1:
        raise ValueError(f"conf_level: {conf_level} is not between 0 and 1")


def _check_length(array: NDArray, name: str, length: int | None) -> None:
    if length is not None and len(array) != length:
        raise ValueError(f"{name}: {len(array)} values for {length} rows")


def refuse_missing(is_missing: NDArray, name: str) -> None:
    """Raise a ValueError that names the array and its first missing value, if any."""
    rows = np.flatnonzero(is_missing)
    if len(rows):
        values = "value" if len(rows) == 1 else "values"
        raise ValueError(
            f"{name}: {len(rows)} missing {values}, the first in row {rows[0]}"
        )
