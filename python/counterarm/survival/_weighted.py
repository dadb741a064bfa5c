"""Weighted Kaplan-Meier sums, and the influence of each row on what follows from them.

A row's influence is the derivative with respect to its case weight, times that weight;
the sum of squares of influence, first added up within clusters, is the robust variance
(infinitesimal jackknife), R's `survfit(robust = TRUE)`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    codes,
)


@dataclass(frozen=True)
class Spans:
    """Rows as spans of the distinct observed times, at each of which one is at risk.

    `first` and `last` are the places, among `times`, of the first and the last time at
    which each row is at risk; `last` is the row's own.
    """

    times: FloatArray
    first: IntArray
    last: IntArray

    def at_risk(self, weight: FloatArray | None = None) -> NDArray:
        """Return the number of rows at risk at each time, or their sum of weights."""
        n_times = len(self.times)
        leaving = np.bincount(self.last, weight, minlength=n_times)
        total = np.cumsum(leaving[::-1])[::-1]
        if not self.first.any():
            return total
        entering = np.bincount(self.first, weight, minlength=n_times)
        not_before = np.cumsum(entering[::-1])[::-1]
        return total - np.append(not_before[1:], 0)


def spans(time: FloatArray, entry: FloatArray | None) -> Spans:
    """Return at which of the distinct times a row is at risk: `entry` < t <= `time`."""
    times, last = np.unique(time, return_inverse=True)
    first: IntArray = np.zeros(len(time), dtype=np.intp)
    if entry is not None:
        first = np.searchsorted(times, entry, side="right")
    return Spans(times, first, last)


def weighted_hazard(
    rows: Spans, event: BoolArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return weight at risk, and weight of events over it, at every distinct time."""
    at_risk = rows.at_risk(weight)
    dying = np.bincount(rows.last[event], weight[event], minlength=len(at_risk))
    # where all die the hazard is 1, whatever rounding makes of the sums of weights
    n_dying = np.bincount(rows.last[event], minlength=len(at_risk))
    return at_risk, np.where(n_dying == rows.at_risk(), 1.0, dying / at_risk)


def robust_log_std_err(
    rows: Spans,
    event: BoolArray,
    weight: FloatArray,
    cluster: ArrayLike | None,
    at_risk: FloatArray,
    hazard: FloatArray,
) -> FloatArray:
    """Robust standard error of log S after every distinct time; infinite where S is 0.

    The influence of a row on -log S is weight * (A - C + E): A = 1 / (n (1 - h)) from
    its event on, C the sum of h / (n (1 - h)) over all times up to now or to its last,
    E that sum before its first. C is common to all who are still at risk, so that the
    sum of squares over clusters changes only as rows enter and leave: the work grows
    with the rows, not with rows x times.
    """
    n_times = len(at_risk)
    end = n_times
    if (hazard == 1.0).any():
        end = int(np.argmax(hazard == 1.0))
    per_event, common = _cumulated(at_risk, hazard, np.ones(n_times))
    before = np.append(0.0, common)[rows.first]
    group: IntArray = np.arange(len(event))
    if cluster is not None:
        group = codes(cluster, "cluster", len(event))[1]

    # of a cluster: the influence that is fixed, and the weight of those still at risk
    leaves = np.flatnonzero(rows.last < end)
    leaves = leaves[np.argsort(rows.last[leaves], kind="stable")]
    enters = np.flatnonzero((rows.first > 0) & (rows.first < end))
    at = rows.last[leaves]
    left = weight[leaves] * (event[leaves] * per_event[at] - common[at])
    own = np.concatenate([group[leaves], group[enters]])
    times = np.concatenate([at, rows.first[enters]])
    fixed = np.concatenate([left, weight[enters] * before[enters]])
    waiting = np.concatenate([-weight[leaves], weight[enters]])
    order = np.lexsort((times, own))
    own, times, fixed, waiting = (x[order] for x in (own, times, fixed, waiting))

    starts = np.flatnonzero(np.r_[True, own[1:] != own[:-1]][: len(own)])
    at_start = np.bincount(group, np.where(rows.first == 0, weight, 0.0))
    fixed_after = _restarting(fixed, starts)
    waiting_after = at_start[own] + _restarting(waiting, starts)
    fixed_before = fixed_after - fixed
    waiting_before = waiting_after - waiting
    squares = _steps(times, fixed_after**2 - fixed_before**2, n_times)
    products = _steps(
        times, fixed_after * waiting_after - fixed_before * waiting_before, n_times
    )
    of_waiting = np.sum(at_start**2) + _steps(
        times, waiting_after**2 - waiting_before**2, n_times
    )
    variance = squares - 2 * common * products + common**2 * of_waiting
    result = np.sqrt(np.maximum(variance, 0.0))
    result[end:] = np.inf
    return result


def area_influence(
    rows: Spans,
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
    per_event, common = _cumulated(at_risk, hazard, area_after)
    before = np.append(0.0, common)[rows.first]
    return -weight * (event * per_event[rows.last] - common[rows.last] + before)


def _cumulated(
    at_risk: FloatArray, hazard: FloatArray, factor: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return factor / (n (1 - h)) at every time, 0 where all die, and its sum by h."""
    with np.errstate(divide="ignore", invalid="ignore"):
        per_event = np.where(hazard < 1, factor / (at_risk * (1 - hazard)), 0.0)
    return per_event, np.cumsum(hazard * per_event)


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
