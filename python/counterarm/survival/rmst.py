"""Restricted mean survival time, as R's `survmean` computes it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    columns_of,
    follow_up,
    numbers,
    positive_weights,
)
from counterarm.display import Printed, significant
from counterarm.survival._robust import Cluster, cluster_codes, outer_products
from counterarm.survival._weighted import (
    Spans,
    area_influence,
    spans,
    weighted_hazard,
)
from counterarm.survival.kaplan_meier import Variance, kaplan_meier

SMALLER_LAST_TIME = "smaller of the arms' last observed times"


@dataclass(frozen=True, repr=False)
class Rmst(Printed):
    """Mean of min(T, tau) and its standard error, both in the unit of the times."""

    estimate: float
    std_err: float
    tau: float
    variance: Variance

    def to_frame(self) -> pd.DataFrame:
        """Return one row: estimate, std_err, tau and variance."""
        return pd.DataFrame([vars(self)])

    def __str__(self) -> str:
        """Return the mean with its standard error, as `print(survfit, rmean = tau)`."""
        mean, se = significant([self.estimate, self.std_err], 3)
        words = "Greenwood" if self.variance == "greenwood" else "robust"
        return f"restricted mean {mean} (se {se}, {words}), upper limit {self.tau:g}"


@dataclass(frozen=True)
class Influence:
    """An estimate of one group, and each row's influence on it, in the given order.

    The sum of squares of influence, first added up within clusters, is its variance.
    """

    estimate: float
    rows: FloatArray


@dataclass(frozen=True)
class CommonTau:
    """The horizon that all arms share, and the rule that chose it."""

    tau: float
    tau_rule: str


def rmst(
    time: ArrayLike,
    event: ArrayLike,
    tau: float,
    *,
    data: pd.DataFrame | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: Cluster = None,
) -> Rmst:
    """Return the area under the Kaplan-Meier curve from 0 to `tau`.

    One element per subject, or names of columns of `data`; times at least 0. Beyond the
    last observed time the curve is carried flat, as R does; choose `tau` with
    `common_tau` to avoid that. The standard error is the Greenwood plug-in: the sum
    over event times of A(t)^2 d / (n (n - d)), A(t) being the area from t to tau; a
    time at which all remaining subjects die adds nothing. With case `weights` or
    `cluster` it is robust, as that of `kaplan_meier`: R
    `residuals(survfit, type = "rmst")`. `entry` is delayed entry, as in `kaplan_meier`.

    ValueError for negative times, a `tau` that is not positive and finite, and for
    whatever `kaplan_meier` refuses. Source: R `survival:::survmean`.
    """
    time, event, entry, weights, cluster = columns_of(
        data, time=time, event=event, entry=entry, weights=weights, cluster=cluster
    )
    if weights is not None or cluster is not None:
        influence = rmst_influence(time, event, tau, entry=entry, weights=weights)
        clusters = cluster_codes(cluster, len(influence.rows))
        variance = float(outer_products(influence.rows[:, None], clusters)[0, 0])
        return Rmst(influence.estimate, float(np.sqrt(variance)), float(tau), "robust")
    _check_horizon(tau)
    curve = kaplan_meier(time, event, entry=entry)
    if curve.time[0] < 0:
        raise ValueError("time: negative times have no restricted mean")
    rectangles, kept = _rectangles(curve.time, curve.survival, tau)
    n_risk, n_event = curve.n_risk[kept], curve.n_event[kept]
    survivors = n_risk - n_event
    greenwood = np.where(
        survivors == 0, 0.0, n_event / (n_risk * np.maximum(survivors, 1.0))
    )
    area_after = np.cumsum(rectangles[:0:-1])[::-1]
    return Rmst(
        estimate=float(rectangles.sum()),
        std_err=float(np.sqrt(np.sum(area_after**2 * greenwood))),
        tau=float(tau),
        variance="greenwood",
    )


def rmst_influence(
    time: ArrayLike,
    event: ArrayLike,
    tau: float,
    *,
    data: pd.DataFrame | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> Influence:
    """Return the RMST up to `tau` and each row's influence on it; see `rmst`."""
    _check_horizon(tau)
    curve = _weighted(time, event, data, entry, weights)
    times = curve.rows.times
    if times[0] < 0:
        raise ValueError("time: negative times have no restricted mean")
    rectangles, kept = _rectangles(times, np.cumprod(1.0 - curve.hazard), tau)
    area_after = np.zeros(len(times))
    area_after[kept] = np.cumsum(rectangles[:0:-1])[::-1]
    return Influence(float(rectangles.sum()), curve.influence(area_after))


def survival_influence(
    time: ArrayLike,
    event: ArrayLike,
    day: float,
    *,
    data: pd.DataFrame | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> Influence:
    """Return S(day) and each row's influence on it; 0 for all rows where S is 0.

    Arguments and errors as `kaplan_meier`; ValueError also for a day that is no finite
    number. Beyond the last observed time the curve is carried flat.
    """
    if not np.isfinite(day):
        raise ValueError(f"day: {day} is not a number of days")
    curve = _weighted(time, event, data, entry, weights)
    kept = curve.rows.times <= day
    estimate = float(np.prod(1.0 - curve.hazard[kept]))
    return Influence(estimate, curve.influence(np.where(kept, estimate, 0.0)))


@dataclass(frozen=True)
class _Weighted:
    """A weighted curve: its rows, and the hazard at every distinct time."""

    rows: Spans
    event: BoolArray
    weight: FloatArray
    at_risk: FloatArray
    hazard: FloatArray

    def influence(self, level: FloatArray) -> FloatArray:
        """Return each row's influence on the level after every distinct time."""
        return area_influence(
            self.rows, self.event, self.weight, self.at_risk, self.hazard, level
        )


def _weighted(
    time: ArrayLike,
    event: ArrayLike,
    data: pd.DataFrame | None,
    entry: ArrayLike | None,
    weights: ArrayLike | None,
) -> _Weighted:
    """Check the arrays, and sum the weights at risk; ValueErrors as `kaplan_meier`."""
    time, event, entry, weights = columns_of(
        data, time=time, event=event, entry=entry, weights=weights
    )
    times, events, entries = follow_up(time, event, entry)
    weight = positive_weights(weights, len(times))
    rows = spans(times, entries)
    return _Weighted(rows, events, weight, *weighted_hazard(rows, events, weight))


def common_tau(times_by_arm: Mapping[str, ArrayLike]) -> CommonTau:
    """Return the smaller of the last observed times (event or censoring) of the arms.

    `times_by_arm` maps an arm's name to its times. ValueError if there is no arm, or
    an arm without rows, which is named. Source: survRM2's default tau.
    """
    if not times_by_arm:
        raise ValueError("times_by_arm: no arms")
    last = {}
    for arm, values in times_by_arm.items():
        times = numbers(values, f"time of {arm}")
        if len(times) == 0:
            raise ValueError(f"time of {arm}: no rows")
        last[arm] = float(times.max())
    return CommonTau(tau=min(last.values()), tau_rule=SMALLER_LAST_TIME)


def _check_horizon(tau: float) -> None:
    if not (np.isfinite(tau) and tau > 0):
        raise ValueError(f"tau: {tau} is not a positive number")


def _rectangles(
    time: FloatArray, survival: FloatArray, tau: float
) -> tuple[FloatArray, np.ndarray]:
    """Areas of the steps of the curve up to `tau`, and which times are within it."""
    kept = time <= tau
    knots = np.concatenate([[0.0], time[kept], [tau]])
    steps = np.concatenate([[1.0], survival[kept]])
    return np.diff(knots) * steps, kept
