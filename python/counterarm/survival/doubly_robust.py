"""Survival and restricted means of controls as if they were like the treated."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    check_level,
    columns_of,
    flags,
    numbers,
    survival_times,
)
from counterarm.design import covariate_matrix
from counterarm.display import Printed
from counterarm.survival._robust import Cluster, cluster_codes, outer_products
from counterarm.survival.cox import fit_cox
from counterarm.survival.rmst import rmst_influence, survival_influence

# A fitted hazard beyond this would leave nobody alive.
_HIGHEST_HAZARD = 0.999


@dataclass(frozen=True, repr=False)
class DoublyRobust(Printed):
    """A quantity of the treated, the controls standing in for them, and the difference.

    `control` is what the treated would have had untreated. Standard errors are those of
    the influence of each subject; the interval is of the difference. `measure` is
    survival or rmst, at or up to `time`.
    """

    measure: str
    time: float
    treated: float
    control: float
    difference: float
    std_err_treated: float
    std_err_control: float
    std_err: float
    ci_low: float
    ci_high: float
    p_value: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row of all fields."""
        return pd.DataFrame([vars(self)])

    def __str__(self) -> str:
        """Return the difference with its interval."""
        return (
            f"{self.measure} at {self.time:g}: treated {self.treated:.4g}, controls "
            f"{self.control:.4g}, difference {self.difference:.4g} "
            f"({self.ci_low:.4g} to {self.ci_high:.4g})"
        )


def doubly_robust(
    time: ArrayLike,
    event: ArrayLike,
    treated: ArrayLike,
    score: ArrayLike,
    covariates: Any,
    at: float,
    *,
    measure: str = "survival",
    data: pd.DataFrame | None = None,
    cluster: Cluster = None,
    conf_level: float = 0.95,
) -> DoublyRobust:
    """Compare the treated with what they would have had, right if either model is.

    One element per eligible subject, matched or not. `score` is the fitted probability
    of treatment, `covariates` (subjects x columns, or names of columns of `data`, None
    for none) those of a Cox model of the controls. The treated have their Kaplan-Meier
    curve. For each control i, with h_i the fitted hazard at each event time of the
    controls, S_i = prod(1 - h_i), G the Kaplan-Meier curve of their censoring, w_i =
    e_i / (1 - e_i) scaled to the number of treated n1, the estimate is

        sum over treated of S_i(t) / n1 - sum over controls of w_i S_i(t) Z_i / n1,
        Z_i = dN_i(u) / (S_i(u) G(u-)) - sum over u <= T_i of h_i / (S_i(u) G(u-)),

    over event times u up to t: the augmented inverse-probability weighted estimate of
    the effect in the treated. For `rmst` S_i(t) / S_i(u) becomes the area below S_i
    from u to t over S_i(u). It is consistent if the score, or the Cox model, is right
    and censoring is independent within the arm. The standard error is the root of the
    sum of squared influences, added up within `cluster` first where it is given, and
    takes both models as given; the interval, difference -+ z times the error, and the
    two-sided p value are normal.

    ValueError for missing values, other lengths, a score that is not between 0 and 1,
    an empty arm, a measure other than survival and rmst, and a time beyond the last one
    of an arm.
    Source: Hubbard, van der Laan and Robins 2000; Zhang and Schaubel 2012
    (10.1111/j.1541-0420.2012.01759.x), for the treated.
    """
    check_level(conf_level)
    time, event, treated, score, cluster = columns_of(
        data, time=time, event=event, treated=treated, score=score, cluster=cluster
    )
    times, events = survival_times(time, event)
    arm = flags(treated, "treated", len(times))
    e = numbers(score, "score", len(times))
    if not ((e > 0) & (e < 1)).all():
        raise ValueError("score: all must be between 0 and 1")
    if arm.all() or not arm.any():
        raise ValueError("treated: an arm is empty")
    if measure not in ("survival", "rmst"):
        raise ValueError(f"measure: {measure!r} is neither survival nor rmst")
    last = min(times[arm].max(), times[~arm].max())
    if not 0 < at <= last:
        raise ValueError(f"at: {at} is not between 0 and {last:g}, the last of an arm")
    design: FloatArray = np.empty((len(times), 0))
    if covariates is not None:
        design = covariate_matrix(covariates, None, data)[0]
    if len(design) != len(times):
        raise ValueError(f"covariates: {len(design)} rows for {len(times)} subjects")
    influence = survival_influence if measure == "survival" else rmst_influence
    of_treated = influence(times[arm], events[arm].astype(float), at)
    level, correction = _controls(times, events, arm, design, at, measure)
    n1 = int(arm.sum())
    weight = e[~arm] / (1 - e[~arm])
    weight *= n1 / weight.sum()
    control = float(level[arm].sum() / n1 + np.sum(weight * correction) / n1)
    rows = np.zeros(len(times))
    rows[arm] = (level[arm] - control) / n1
    rows[~arm] = weight * correction / n1
    whole = -rows
    whole[arm] += of_treated.rows
    clusters = cluster_codes(cluster, len(times))

    def root(influences: FloatArray) -> float:
        return float(np.sqrt(outer_products(influences[:, None], clusters)[0, 0]))

    alone = np.zeros(len(times))
    alone[arm] = of_treated.rows
    error = root(whole)
    difference = of_treated.estimate - control
    half = float(norm.ppf(0.5 + conf_level / 2)) * error
    return DoublyRobust(
        measure=measure,
        time=float(at),
        treated=of_treated.estimate,
        control=control,
        difference=difference,
        std_err_treated=root(alone),
        std_err_control=root(rows),
        std_err=error,
        ci_low=difference - half,
        ci_high=difference + half,
        p_value=float(2 * norm.sf(abs(difference) / error)) if error > 0 else np.nan,
    )


def _controls(
    times: FloatArray,
    events: BoolArray,
    arm: BoolArray,
    design: FloatArray,
    at: float,
    measure: str,
) -> tuple[FloatArray, FloatArray]:
    """Return what each subject would have as a control, and each control's correction.

    The first has an element per subject, the second one per control.
    """
    own_times, own_events = times[~arm], events[~arm]
    steps = np.unique(own_times[own_events & (own_times <= at)])
    relative = np.ones(len(times))
    if design.shape[1]:
        fit = fit_cox(own_times, own_events.astype(float), design[~arm])
        if not (fit.converged and fit.is_finite.all()):
            raise ValueError(
                "covariates: the Cox model of the controls did not converge"
            )
        # relative to the mean, so that none overflows
        centred = design - design[~arm].mean(axis=0)
        relative = np.exp(centred @ fit.coef)
    at_risk = own_times[:, None] >= steps
    deaths = (own_times[:, None] == steps) & own_events[:, None]
    baseline = deaths.sum(axis=0) / (relative[~arm] @ at_risk)
    hazard = np.minimum(relative[:, None] * baseline, _HIGHEST_HAZARD)
    survival = np.cumprod(1 - hazard, axis=1)
    if measure == "survival":
        level = survival[:, -1] if len(steps) else np.ones(len(times))
        ahead = np.repeat(level[:, None], len(steps), axis=1)
    else:
        widths = np.diff(np.r_[steps, at])
        rectangles = survival * widths
        ahead = np.cumsum(rectangles[:, ::-1], axis=1)[:, ::-1]
        first = steps[0] if len(steps) else at
        level = first + rectangles.sum(axis=1)
    share = (
        ahead[~arm] / survival[~arm] / _uncensored_before(own_times, own_events, steps)
    )
    martingale = deaths - at_risk * hazard[~arm]
    return level, -np.sum(share * martingale, axis=1)


def _uncensored_before(
    times: FloatArray, events: BoolArray, steps: FloatArray
) -> FloatArray:
    """Return the Kaplan-Meier curve of censoring just before each step.

    On one day events leave before the censored, so that S(u-) G(u-) is the share at
    risk.
    """
    days = np.unique(times[~events])
    at_risk = (times[:, None] > days).sum(axis=0)
    at_risk = at_risk + ((times[:, None] == days) & ~events[:, None]).sum(axis=0)
    gone = ((times[:, None] == days) & ~events[:, None]).sum(axis=0)
    curve = np.cumprod(1 - gone / at_risk)
    return np.r_[1.0, curve][np.searchsorted(days, steps, side="left")]
