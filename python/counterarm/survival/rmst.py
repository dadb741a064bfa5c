"""Restricted mean survival time, as R's `survmean` computes it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from counterarm.survival._inputs import numbers
from counterarm.survival.kaplan_meier import kaplan_meier

SMALLER_LAST_TIME = "smaller of the arms' last observed times"


@dataclass(frozen=True)
class Rmst:
    """Mean of min(T, tau) and its standard error, both in the unit of the times."""

    estimate: float
    std_err: float
    tau: float


@dataclass(frozen=True)
class CommonTau:
    """The horizon that all arms share, and the rule that chose it."""

    tau: float
    tau_rule: str


def rmst(time: ArrayLike, event: ArrayLike, tau: float) -> Rmst:
    """Area under the Kaplan-Meier curve from 0 to `tau`.

    One element per subject; times at least 0. Beyond the last observed time the curve
    is carried flat, as R does; choose `tau` with `common_tau` to avoid that. The
    standard error is the Greenwood plug-in: the sum over event times of
    A(t)^2 d / (n (n - d)), A(t) being the area from t to tau; a time at which all
    remaining subjects die adds nothing.

    ValueError for negative times, a `tau` that is not positive and finite, and for
    whatever `kaplan_meier` refuses. Source: R `survival:::survmean`.
    """
    if not (np.isfinite(tau) and tau > 0):
        raise ValueError(f"tau: {tau} is not a positive number")
    curve = kaplan_meier(time, event)
    if curve.time[0] < 0:
        raise ValueError("time: negative times have no restricted mean")
    kept = curve.time <= tau
    knots = np.concatenate([[0.0], curve.time[kept], [tau]])
    steps = np.concatenate([[1.0], curve.survival[kept]])
    rectangles = np.diff(knots) * steps
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
    )


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
