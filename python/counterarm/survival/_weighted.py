"""Weighted Kaplan-Meier sums, and the influence of each row on what follows from them.

A row's influence is the derivative with respect to its case weight, times that weight;
the sum of squares of influence, first added up within clusters, is the robust variance
(infinitesimal jackknife), R's `survfit(robust = TRUE)`.
"""

import numpy as np
from numpy.typing import ArrayLike

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    codes,
)

# a hazard this near to 1 is a time at which all that is left dies
ALL_DIE = 1e-12


def weighted_hazard(
    index: IntArray, event: BoolArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return weight at risk, and weight of events over it, at every distinct time.

    `index` is each row's place among the distinct times.
    """
    leaving = np.bincount(index, weight).astype(float)
    at_risk = np.cumsum(leaving[::-1])[::-1]
    dying = np.bincount(index[event], weight[event], minlength=len(leaving))
    hazard = dying / at_risk
    return at_risk, np.where(hazard > 1 - ALL_DIE, 1.0, hazard)


def robust_log_std_err(
    index: IntArray,
    event: BoolArray,
    weight: FloatArray,
    cluster: ArrayLike | None,
    at_risk: FloatArray,
    hazard: FloatArray,
) -> FloatArray:
    """Robust standard error of log S after every distinct time; infinite where S is 0.

    The influence of a row on -log S is weight * (A - C): A = 1 / (n (1 - h)) from its
    event on, C the sum of h / (n (1 - h)) over the times it was at risk. C is common to
    all who are still at risk, so that the sum of squares over clusters changes only as
    rows leave: the work grows with the rows, not with rows x times.
    """
    n_times = len(at_risk)
    last = n_times
    if hazard[-1] == 1.0:
        last = int(np.argmax(hazard == 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        per_event = np.where(hazard < 1, 1 / (at_risk * (1 - hazard)), 0.0)
    common = np.cumsum(hazard * per_event)
    rows = np.flatnonzero(index < last)
    rows = rows[np.argsort(index[rows], kind="stable")]
    group: IntArray = np.arange(len(index))
    if cluster is not None:
        group = codes(cluster, "cluster", len(index))[1]
    at = index[rows]
    left = weight[rows] * (event[rows] * per_event[at] - common[at])

    # by cluster, in the order of leaving: influence of who left, weight of the rest
    order = np.lexsort((at, group[rows]))
    owner = group[rows][order]
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]][: len(owner)])
    left_after = _restarting(left[order], starts)
    gone_after = _restarting(weight[rows][order], starts)
    whole = np.bincount(group, weight)[owner]
    left_before = left_after - left[order]
    waiting_before = whole - (gone_after - weight[rows][order])
    waiting_after = whole - gone_after
    times = at[order]
    squares = _steps(times, left_after**2 - left_before**2, n_times)
    products = _steps(
        times,
        left_after * waiting_after - left_before * waiting_before,
        n_times,
    )
    waiting = np.sum(np.bincount(group, weight) ** 2) + _steps(
        times, waiting_after**2 - waiting_before**2, n_times
    )
    variance = squares - 2 * common * products + common**2 * waiting
    result = np.sqrt(np.maximum(variance, 0.0))
    result[last:] = np.inf
    return result


def area_influence(
    index: IntArray,
    event: BoolArray,
    weight: FloatArray,
    at_risk: FloatArray,
    hazard: FloatArray,
    area_after: FloatArray,
) -> FloatArray:
    """Influence of each row on the area under S, one element per row.

    `area_after` is the area from each distinct time to the horizon, 0 beyond it; put S
    at the horizon in its place, up to the horizon, for the influence on S there.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        per_event = np.where(hazard < 1, area_after / (at_risk * (1 - hazard)), 0.0)
    common = np.cumsum(hazard * per_event)
    return -weight * (event * per_event[index] - common[index])


def _restarting(values: FloatArray, starts: IntArray) -> FloatArray:
    """Cumulative sum that starts anew at every element of `starts`."""
    if not len(values):
        return values
    total = np.cumsum(values)
    before = np.r_[0.0, total][starts]
    sizes = np.diff(np.r_[starts, len(values)])
    return total - np.repeat(before, sizes)


def _steps(times: IntArray, changes: FloatArray, n_times: int) -> FloatArray:
    return np.cumsum(np.bincount(times, changes, minlength=n_times))
