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
    """Hide small counts among cells whose sum is known, so that none can be derived.

    A single hidden cell is the sum less the others; the next smallest goes with it, and
    more where the bounds of the hidden cells leave one possibility. Cells of 0 are
    shown; missing ones stay as they are.
    """
    counts = [None if is_text(value) else float(value) for value in values]
    hidden = {i for i, n in enumerate(counts) if n is not None and 0 < n < below}
    shown = [i for i, n in enumerate(counts) if n and i not in hidden]
    primary = set(hidden)
    for i in sorted(shown, key=lambda i: (counts[i], i)):
        if not primary or not _is_told(counts, primary, hidden, below):
            break
        hidden.add(i)
    return [
        f"<{below}" if i in primary else HIDDEN if i in hidden else value
        for i, value in enumerate(values)
    ]


def _is_told(counts: list, small: set[int], hidden: set[int], below: int) -> bool:
    """Tell whether the sum of the hidden cells tells the small ones among them.

    Small ones are known to be from 1 to `below` - 1, the others to be at least `below`.
    """
    if len(hidden) == 1:
        return True
    # of 1 to 1 nothing can be kept secret
    if below == 2:
        return False
    total = sum(counts[i] for i in hidden)
    rest = total - below * (len(hidden) - len(small))
    is_lowest = rest == len(small)
    is_highest = len(hidden) == len(small) and total == len(small) * (below - 1)
    return is_lowest or is_highest
