"""Data frames at the border to DuckDB: fixed column types, nulls as nulls."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

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


def numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column as floats, null as NaN."""
    return pd.to_numeric(frame[column]).astype("Float64").to_numpy(float, np.nan)


def texts(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as text, null as None; whole numbers without a point."""
    values = frame[column].astype("string").astype(object)
    return values.where(frame[column].notna(), None)


def sorted_by_subject(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the order of `usubjid`, compared byte by byte."""
    return frame.sort_values("usubjid", kind="stable").reset_index(drop=True)
