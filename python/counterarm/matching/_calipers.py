"""Calipers as callers give them, in SDs or in units, as widths in units.

A width from 0 is the largest difference of a pair, ends included. A negative width is
MatchIt's: the two of a pair must differ by more than its absolute value.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import BoolArray, FloatArray, numbers
from counterarm.matching._checks import as_widths

# what the score is called among calipers and in balance tables, as in MatchIt
DISTANCE = "distance"
Caliper = float | Mapping[str, float] | None
StdCaliper = bool | Mapping[str, bool]
VariableCalipers = Sequence[tuple[ArrayLike, float]] | None


def within(difference: FloatArray, width: float) -> BoolArray:
    """Return which differences a caliper allows."""
    if width < 0:
        return np.abs(difference) > -width
    return np.abs(difference) <= width


def caliper_width(values: ArrayLike, width: float, unit: str = "sd") -> float:
    """Return a caliper as an absolute width in the units of `values`.

    `unit` is `sd`: `width` standard deviations of `values`, shape (n,), over all
    subjects of both arms pooled, divisor n-1 (MatchIt, `std.caliper = TRUE`); or
    `raw`: `width` itself. Pass the score on the scale that is matched on. A negative
    width stays negative: the two of a pair must differ by more than that.

    Raises ValueError for another unit, a width that is not finite, missing values, and
    an SD of fewer than two subjects.
    """
    x = numbers(values, "values")
    if not np.isfinite(width):
        raise ValueError(f"width: {width} is not finite")
    if unit == "raw":
        return float(width)
    if unit != "sd":
        raise ValueError(f"unit: {unit!r} is not sd or raw")
    if len(x) < 2:
        raise ValueError("values: fewer than two subjects have no SD")
    return float(width * x.std(ddof=1))


def widths_of(
    score: FloatArray | None,
    n: int,
    *,
    caliper: Caliper,
    std_caliper: StdCaliper,
    score_caliper: float | None,
    variable_calipers: VariableCalipers,
    data: pd.DataFrame | None,
    kept: BoolArray | None = None,
) -> tuple[float, list[tuple[FloatArray, float]]]:
    """Return the width on the score, infinite without one, and those on variables.

    `caliper` is a width on the score, or maps `distance` (the score) and columns of
    `data` to widths; they are in SDs where `std_caliper` is true, of all or by name.
    `score_caliper` and `variable_calipers` are widths in units.

    ValueError for a caliper on the score given in both ways, one on a score where there
    is none, a column that `data` lack, a unit of no caliper, and a width that is not
    finite. `kept` are the subjects whose SD is taken, by default all.
    """
    named = _by_name(caliper)
    if isinstance(std_caliper, Mapping):
        for name in std_caliper:
            if name not in named:
                raise ValueError(f"std_caliper: there is no caliper on {name!r}")
    widths = as_widths(variable_calipers, "variable_calipers", n, is_caliper=True)
    among: Any = slice(None) if kept is None else kept
    width = np.inf
    if score_caliper is not None:
        if DISTANCE in named:
            raise ValueError("score_caliper: caliper has one on the score, too")
        if score is None:
            raise ValueError("score_caliper: there is no score")
        if np.isnan(score_caliper):
            raise ValueError(f"score_caliper: {score_caliper} is not a number")
        width = float(score_caliper)
    for name, own in named.items():
        values: Any = score
        if name != DISTANCE:
            if data is None or name not in data.columns:
                raise ValueError(f"caliper: data have no column {name!r}")
            values = data[name]
        elif score is None:
            raise ValueError("caliper: there is no score; name a column")
        x = numbers(values, f"caliper, {name}", n)
        if not np.isfinite(own):
            raise ValueError(f"caliper, {name}: {own} is not finite")
        unit = "sd" if _in_sd(std_caliper, name) else "raw"
        absolute = caliper_width(x[among], own, unit)
        if name == DISTANCE:
            width = absolute
        else:
            widths.append((x, absolute))
    return width, widths


def _by_name(caliper: Caliper) -> Mapping[str, float]:
    if caliper is None:
        return {}
    return caliper if isinstance(caliper, Mapping) else {DISTANCE: caliper}


def _in_sd(std_caliper: StdCaliper, name: str) -> bool:
    if isinstance(std_caliper, Mapping):
        return bool(std_caliper.get(name, True))
    return bool(std_caliper)
