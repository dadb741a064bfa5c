"""Coarsened exact matching: strata of covariates that were cut into bins."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import FloatArray, IntArray, columns_of, flags, numbers
from counterarm.design import NUMERIC, as_frame, covariate_matrix, kinds_of
from counterarm.matching.quantiles import quantiles

Cutpoints = int | str | Sequence[float]
CUTPOINTS_IN_WORDS = (
    "write a number of bins, sturges, fd, scott, q and a number of quantiles (q5), or "
    "points joined by | (60|70)"
)
RULES = ("sturges", "fd", "scott")


def coarsened_strata(
    covariates: Any,
    treated: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    cutpoints: Cutpoints | Mapping[str, Cutpoints] = "sturges",
) -> IntArray:
    """Return the stratum of each subject, -1 where it lacks an arm; shape (n,).

    `covariates` is rows x terms, a DataFrame, or a list of names of columns of `data`;
    `treated` (0/1) has shape (n,) or names a column. Numeric covariates are coarsened
    by `cut`, each by its own entry of `cutpoints` if they are a mapping by name (the
    others by Sturges' rule); text and categories stand as they are. Subjects of one
    stratum have equal bins and categories in all. Strata are numbered from 0 in order
    of their first treated. `set_weights` gives the weights.

    Raises ValueError for missing values, other lengths, cutpoints of no covariate or
    of a text, and those that `cut` refuses.

    Source: Iacus, King & Porro 2012; MatchIt 4.7.2, `matchit(method = "cem")`.
    """
    (treated,) = columns_of(data, treated=treated)
    frame = as_frame(covariates, data)
    if frame is None:
        matrix, names = covariate_matrix(covariates, None, data)
        frame = pd.DataFrame(matrix, columns=list(names))
    arms = flags(treated, "treated", len(frame))
    kinds = dict(kinds_of(frame))
    by_name = cutpoints if isinstance(cutpoints, Mapping) else {}
    for name in by_name:
        if name not in kinds:
            raise ValueError(f"cutpoints: {name!r} is no covariate")
        if kinds[name] != NUMERIC:
            raise ValueError(f"cutpoints: {name} is not numeric and cannot be cut")
    rest = "sturges" if isinstance(cutpoints, Mapping) else cutpoints
    bins = pd.DataFrame(
        {
            name: cut(frame[name], by_name.get(name, rest), name=name)
            if kind == NUMERIC
            else _codes(frame[name], name)
            for name, kind in kinds.items()
        }
    )
    codes = bins.groupby(list(bins), sort=False).ngroup().to_numpy()
    both = np.intersect1d(codes[arms], codes[~arms])
    of_treated = pd.unique(codes[arms])
    in_order = of_treated[np.isin(of_treated, both)]
    number = np.full(codes.max(initial=-1) + 1, -1, dtype=np.intp)
    number[in_order] = np.arange(len(in_order))
    return number[codes]


def cut(values: ArrayLike, cutpoints: Cutpoints, *, name: str = "values") -> FloatArray:
    """Return the bin of each value, shape (n,), counted from 1.

    `cutpoints` is a number of bins of equal width from the least to the largest value
    (0: not coarsened, the values themselves; 1: all in one bin); `sturges`, `fd` or
    `scott`, R's rules for that number; `qN`, N bins of equally many by quantiles; or
    the points between bins. A value at a point is in the bin above it.

    Raises ValueError for missing values and cutpoints of another kind.
    """
    x = numbers(values, name)
    if isinstance(cutpoints, str):
        if cutpoints[:1] == "q" and cutpoints[1:].isdigit() and int(cutpoints[1:]) > 0:
            bins = int(cutpoints[1:])
            step = 1.0 / bins
            shares = np.minimum(step + np.arange(bins - 1) * step, 1.0 - step)
            points = quantiles(x, shares)
            return np.searchsorted(np.unique(points), x, side="right") + 1.0
        if cutpoints not in RULES:
            raise ValueError(
                f"cutpoints, {name}: {cutpoints!r} is neither {', '.join(RULES)} "
                "nor q with a number of quantiles"
            )
        cutpoints = _number_of_bins(x, cutpoints)
    if np.ndim(cutpoints):
        points = np.unique(numbers(np.asarray(cutpoints), f"cutpoints, {name}"))
        return np.searchsorted(points, x, side="right") + 1.0
    if not float(cutpoints).is_integer() or cutpoints < 0:  # type: ignore[arg-type, operator]
        raise ValueError(f"cutpoints, {name}: {cutpoints} is not a number of bins")
    bins = int(cutpoints)  # type: ignore[arg-type]
    if bins == 0 or len(x) == 0:
        return x
    low, high = x.min(), x.max()
    points = low + np.arange(1, bins) * ((high - low) / bins)
    return np.searchsorted(points, x, side="right") + 1.0


def read_cutpoints(text: str) -> Cutpoints:
    """Return cutpoints that are written in one cell; ValueError if they are none."""
    if "|" in text:
        try:
            points = [float(part) for part in text.split("|")]
        except ValueError:
            raise ValueError("has a point that is not a number") from None
        if points != sorted(set(points)):
            raise ValueError("has points that are not increasing")
        return points
    if text.isdigit():
        return int(text)
    if text in RULES or (text[:1] == "q" and text[1:].isdigit() and int(text[1:]) > 0):
        return text
    raise ValueError("is not a rule for cutpoints")


def _number_of_bins(x: FloatArray, rule: str) -> int:
    """Return R's `nclass.Sturges`, `nclass.FD` or `nclass.scott`."""
    n = len(x)
    if rule == "sturges" or n < 2:
        return int(np.ceil(np.log2(max(n, 1)) + 1))
    if rule == "scott":
        width = 3.5 * np.sqrt(x.var(ddof=1)) * n ** (-1 / 3)
    else:
        rounded = np.array([float(f"{value:.5g}") for value in x])
        low, high = quantiles(rounded, np.array([0.25, 0.75]))
        width, at = 2.0 * (high - low), 0.25
        while width == 0 and at > 1 / 512:
            at /= 2
            low, high = quantiles(rounded, np.array([at, 1.0 - at]))
            width = (high - low) / (1.0 - 2.0 * at)
        if width == 0:
            width = 3.5 * np.sqrt(x.var(ddof=1))
        width *= n ** (-1 / 3)
    return max(1, int(np.ceil(np.ptp(x) / width))) if width > 0 else 1


def _codes(values: pd.Series, name: str) -> IntArray:
    if values.isna().any():
        raise ValueError(f"{name}: {int(values.isna().sum())} missing values")
    return pd.factorize(values.astype(str))[0]
