"""Data frames at the border to DuckDB: fixed column types, nulls as nulls."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype

TEXT, NUMBER, COUNT, FLAG = "string", "Float64", "Int64", "boolean"


def typed_frame(rows: Iterable[Mapping], types: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows as a frame with exactly these columns and types.

    An empty frame keeps its types, so that DuckDB makes the same table of it; NaN
    becomes null.
    """
    frame = pd.DataFrame(list(rows), columns=list(types))
    for column, dtype in types.items():
        values = frame[column]
        if dtype == NUMBER:
            values = pd.to_numeric(values).astype(float)
            frame[column] = values.astype(NUMBER).mask(values.isna())
        else:
            frame[column] = values.astype(dtype)
    return frame


def stacked_frame(
    parts: Sequence[Mapping[str, Any]], types: Mapping[str, str]
) -> pd.DataFrame:
    """Return parts of many rows, one under the other, as `typed_frame` does rows.

    A part maps each column to an array, or to one value for all its rows; at least one
    is an array. Tens of thousands of rows cost no more than their arrays.
    """
    if not parts:
        return typed_frame([], types)
    sizes = [
        next(len(values) for values in part.values() if isinstance(values, np.ndarray))
        for part in parts
    ]
    columns = {}
    for column, dtype in types.items():
        values: list[np.ndarray] = [
            part[column]
            if isinstance(part[column], np.ndarray)
            else np.full(size, part[column], dtype=object)
            for part, size in zip(parts, sizes, strict=True)
        ]
        stacked = np.concatenate(values)
        if dtype == NUMBER:
            stacked = stacked.astype(float)
            columns[column] = pd.Series(stacked).astype(NUMBER).mask(np.isnan(stacked))
        else:
            columns[column] = pd.Series(stacked).astype(dtype)
    return pd.DataFrame(columns, columns=list(types))


def numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column as floats, null as NaN."""
    values = frame[column]
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "fiub":
        return values.to_numpy(float, copy=True)
    return pd.to_numeric(values).astype("Float64").to_numpy(float, np.nan)


def texts(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as text, null as None; whole numbers without a point."""
    values = frame[column]
    if values.dtype != object or infer_dtype(values, skipna=True) != "string":
        values = values.astype("string").astype(object)
    return values.where(values.notna(), None)


def sorted_by_subject(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the order of `usubjid`, compared byte by byte."""
    return frame.sort_values("usubjid", kind="stable").reset_index(drop=True)
