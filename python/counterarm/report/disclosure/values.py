"""What a hidden count is written as, and how to tell one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

HIDDEN = "hidden"


def is_text(value: object) -> bool:
    """Tell whether a value is no number: hidden already, or missing."""
    return isinstance(value, str) or pd.isna(value)


def is_small(value: Any, below: int) -> bool:
    """Tell whether a value is a count of 1 to `below` - 1."""
    return not is_text(value) and 0 < float(value) < below


def objects(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose cells may hold words, None for missing ones."""
    return frame.astype(object).where(frame.notna(), None)


def blank(frame: pd.DataFrame, rows: np.ndarray | list, columns: Sequence[str]) -> None:
    """Empty those of the columns that the frame has, in some rows."""
    frame.loc[rows, [column for column in columns if column in frame]] = None


def hide_in_sum(values: Sequence, below: int) -> list:
    """Hide small counts among cells whose sum is known, so that none can be told.

    A single hidden cell is the sum less the others; the next smallest goes with it.
    Cells of 0 are shown; missing ones stay as they are.
    """
    counts = [None if is_text(value) else float(value) for value in values]
    hidden = {i for i, n in enumerate(counts) if n is not None and 0 < n < below}
    shown = [i for i, n in enumerate(counts) if n and i not in hidden]
    primary = set(hidden)
    if len(hidden) == 1 and shown:
        hidden.add(min(shown, key=lambda i: (counts[i], i)))
    return [
        f"<{below}" if i in primary else HIDDEN if i in hidden else value
        for i, value in enumerate(values)
    ]
