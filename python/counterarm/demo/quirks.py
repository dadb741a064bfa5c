"""Columns as text, and the ways in which raw files go wrong (proact.md section 2)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# a table of text: heading -> column; a heading left out is an empty column
Rows = dict[str, pa.Array]

# share of subjects whose rows do not stand in order of time (#28)
UNSORTED = 0.12
# share of rows that stand twice (#3)
REPEATED = 0.004


def number(values: np.ndarray) -> pa.Array:
    """Write numbers as text, shortest form; NaN becomes a missing value."""
    # adding zero turns -0 into 0
    values = np.asarray(values, dtype=float) + 0.0
    return pa.array(values, from_pandas=True).cast(pa.string())


def pick(words: Sequence[str], code: np.ndarray) -> pa.Array:
    """Write words by code; a negative code is a missing value."""
    code = np.asarray(code, dtype=np.int64)
    index = pa.array(code, mask=code < 0)
    return pa.array(list(words), pa.string()).take(index)


def identifiers(subject_id: np.ndarray) -> pa.Array:
    """Write subject ids: integers without padding."""
    return pa.array(subject_id, pa.int64()).cast(pa.string())


def blank(
    rng: np.random.Generator, values: np.ndarray, share: float | np.ndarray
) -> np.ndarray:
    """Set a share of the values to NaN."""
    return np.where(rng.random(len(values)) < share, np.nan, values)


def spoil(
    rng: np.random.Generator, column: pa.Array, share: float, junk: Sequence[str]
) -> pa.Array:
    """Replace a share of the filled values by junk (#22)."""
    hit = pa.array(rng.random(len(column)) < share)
    word = pick(junk, rng.integers(0, len(junk), len(column)))
    return pc.if_else(pc.and_(hit, pc.is_valid(column)), word, column)


def file_order(
    rng: np.random.Generator, who: np.ndarray, day: np.ndarray
) -> np.ndarray:
    """Order rows by subject, then by day, save for subjects left unsorted (#28)."""
    subjects = int(who.max(initial=-1)) + 1
    unsorted = (rng.random(subjects) < UNSORTED)[who]
    key = np.where(unsorted, rng.random(len(who)), np.nan_to_num(day))
    return np.lexsort((key, who))


def repeat_some(
    rng: np.random.Generator, index: np.ndarray, share: float
) -> np.ndarray:
    """Let a share of the rows stand twice in succession."""
    return np.repeat(index, 1 + (rng.random(len(index)) < share))


def take_rows(rows: Rows, index: np.ndarray) -> Rows:
    """Pick rows by number, in that order."""
    chosen = pa.array(index, pa.int64())
    return {name: column.take(chosen) for name, column in rows.items()}


def n_rows(rows: Mapping[str, Any]) -> int:
    """Count the rows of a table."""
    return len(next(iter(rows.values()))) if rows else 0


def stack_rows(first: Rows, second: Rows) -> Rows:
    """Put the rows of one table below those of another, column by name."""
    missing = [pa.nulls(n_rows(part), pa.string()) for part in (first, second)]
    return {
        name: pa.concat_arrays(
            [first.get(name, missing[0]), second.get(name, missing[1])]
        )
        for name in dict.fromkeys([*first, *second])
    }
