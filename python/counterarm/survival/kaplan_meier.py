"""Kaplan-Meier curves and medians, as R's `survfit` and its summary table give them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

from counterarm.arrays import (
    FloatArray,
    IntArray,
    check_level,
    codes,
    columns_of,
    follow_up,
    positive_weights,
)
from counterarm.display import Printed, significant, table
from counterarm.survival._weighted import (
    robust_log_std_err,
    spans,
    weighted_hazard,
)
from counterarm.svg import Svg

Variance = Literal["greenwood", "robust"]
ConfType = Literal["log", "log-log", "plain"]
Unit = Literal["days", "months", "years"]

# S is a running product, so an exact half arrives as 0.5 +- 1e-16; R allows this much
HALF_TOLERANCE = np.sqrt(np.finfo(float).eps)


@dataclass(frozen=True, eq=False, repr=False)
class SurvivalCurve(Printed):
    """A Kaplan-Meier curve: one element per distinct observed time, ascending.

    `time` is in the unit of the input. `n_risk` counts the subjects observed up to
    just before the time, `n_risk_weighted` sums their case weights. `std_err` is the
    standard error of S itself: by `variance` that of Greenwood, NaN where S is 0, or
    the robust one, 0 there. `ci_low` and `ci_high` are NaN where R prints NA.
    """

    time: FloatArray
    n_risk: IntArray
    n_event: IntArray
    n_censored: IntArray
    survival: FloatArray
    std_err: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    conf_type: str
    conf_level: float
    n_risk_weighted: FloatArray
    variance: Variance

    @property
    def n(self) -> int:
        """Return the number of rows, whenever they enter."""
        return int(self.n_event.sum() + self.n_censored.sum())

    def to_frame(self) -> pd.DataFrame:
        """Return one row per distinct time, the columns of R's `summary(survfit)`.

        And the definition of its standard error and limits.
        """
        names = ["time", "n_risk", "n_event", "n_censored", "survival", "std_err"]
        names += ["ci_low", "ci_high", "conf_type", "conf_level", "variance"]
        return pd.DataFrame({name: getattr(self, name) for name in names})

    def plot(self, *, unit: Unit = "days", outcome: str = "Survival") -> Svg:
        """Draw the curve with its band and numbers at risk; see `SurvivalCurves`."""
        return SurvivalCurves({"all": self}).plot(unit=unit, outcome=outcome)

    def __str__(self) -> str:
        """Return what R's `print(survfit)` prints: n, events, median, its interval."""
        return str(SurvivalCurves({"[1,]": self}))


class SurvivalCurves(Printed, Mapping[Any, SurvivalCurve]):
    """The curves of several groups, by label, in the order of the labels."""

    def __init__(self, curves: Mapping[Any, SurvivalCurve]) -> None:
        self._curves = dict(curves)

    def __getitem__(self, label: Any) -> SurvivalCurve:
        """Return the curve of a group."""
        return self._curves[label]

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the labels."""
        return iter(self._curves)

    def __len__(self) -> int:
        return len(self._curves)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group and distinct time; the group is the first column."""
        return pd.concat(
            [
                curve.to_frame().assign(group=label)
                for label, curve in self._curves.items()
            ],
            ignore_index=True,
        )[["group", *next(iter(self._curves.values())).to_frame()]]

    def plot(self, *, unit: Unit = "days", outcome: str = "Survival") -> Svg:
        """Draw the curves with bands and numbers at risk: the figure of the report.

        `unit` is that of the times; the axis has months of 365/12 days. `outcome` names
        what is survived. ValueError for an unknown unit.
        """
        from counterarm.plots import survival_plot

        return survival_plot(self, unit, outcome)

    def __str__(self) -> str:
        """Return what R's `print(survfit)` prints, a row per group, and the rules."""
        curves = list(self._curves.values())
        middles = [median(curve) for curve in curves]
        level = f"{curves[0].conf_level:.10g}"
        columns = {
            "n": [str(curve.n) for curve in curves],
            "events": [str(int(curve.n_event.sum())) for curve in curves],
            "median": significant([middle.estimate for middle in middles], 3),
            f"{level}LCL": significant([middle.ci_low for middle in middles], 3),
            f"{level}UCL": significant([middle.ci_high for middle in middles], 3),
        }
        errors = curves[0].variance
        words = errors.capitalize() if errors == "greenwood" else errors
        return (
            f"{table(list(self._curves), columns)}\n"
            f"({curves[0].conf_type} limits, {words} standard errors)"
        )


@dataclass(frozen=True, repr=False)
class Median(Printed):
    """Median survival time in the unit of the curve; NaN where not reached."""

    estimate: float
    ci_low: float
    ci_high: float
    conf_type: str
    conf_level: float

    def __str__(self) -> str:
        """Return the median with its interval."""
        value, low, high = significant([self.estimate, self.ci_low, self.ci_high], 3)
        interval = f"{100 * self.conf_level:.10g}% {self.conf_type} interval"
        return f"median {value} ({interval} {low} to {high})"


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    conf_type: ConfType = "log",
    conf_level: float = 0.95,
) -> SurvivalCurve:
    """Estimate S(t) of one group with standard errors and a pointwise band.

    `time` and `event` (1 event, 0 censored) hold one element per subject, or are names
    of columns of `data`, as `entry`, `weights` and `cluster` may be. A subject censored
    at t is at risk for the events at t, and with `entry` (delayed entry, left
    truncation) only if `entry` < t. With case `weights`, above 0, or with `cluster`,
    labels of the same length, the standard error is robust: the infinitesimal
    jackknife, summed over clusters, each row its own without them; otherwise it is
    Greenwood's, which the robust one equals without entry where all weights are 1 and
    no cluster has two rows.

    ValueError for missing values, other event codes, no rows, an entry that is not
    before its time, weights not above 0, or an unknown `conf_type`.

    Source: Kaplan & Meier 1958; bands of R `survfit(conf.type=)`: `log` (R's default)
    and `log-log` (SAS, lifelines) transform S, `plain` does not; clipped to [0, 1].
    Weighted: R `survfit(weights, cluster, robust = TRUE)`; Xie & Liu 2005.
    """
    time, event, entry, weights, cluster = columns_of(
        data, time=time, event=event, entry=entry, weights=weights, cluster=cluster
    )
    is_robust = weights is not None or cluster is not None
    times, events, entries = follow_up(time, event, entry)
    rows = spans(times, entries)
    n_observed = np.bincount(rows.last)
    n_event = np.bincount(rows.last[events], minlength=len(rows.times))
    n_risk = rows.at_risk()
    if not is_robust:
        at_risk = n_risk.astype(float)
        survival = np.cumprod(1.0 - n_event / n_risk)
        with np.errstate(divide="ignore", invalid="ignore"):
            greenwood = n_event / (n_risk * (n_risk - n_event).astype(float))
            log_std_err = np.sqrt(np.cumsum(greenwood))
    else:
        weight = positive_weights(weights, len(times))
        at_risk, hazard = weighted_hazard(rows, events, weight)
        survival = np.cumprod(1.0 - hazard)
        log_std_err = robust_log_std_err(rows, events, weight, cluster, at_risk, hazard)
    with np.errstate(divide="ignore", invalid="ignore"):
        std_err = survival * log_std_err  # 0 * inf: NaN where S is 0, as in R
    if is_robust:
        # no weight changes an S of 0: R has 0 here, and a plain band of no width
        std_err[survival == 0] = 0.0
    ci_low, ci_high = confidence_band(survival, std_err, conf_type, conf_level)
    return SurvivalCurve(
        time=rows.times,
        n_risk=n_risk,
        n_event=n_event,
        n_censored=n_observed - n_event,
        survival=survival,
        std_err=std_err,
        ci_low=ci_low,
        ci_high=ci_high,
        conf_type=conf_type,
        conf_level=conf_level,
        n_risk_weighted=at_risk,
        variance="robust" if is_robust else "greenwood",
    )


def kaplan_meier_curves(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    conf_type: ConfType = "log",
    conf_level: float = 0.95,
) -> SurvivalCurves:
    """Estimate the curve of every group; R's `survfit(Surv(time, event) ~ group)`.

    `group` holds one label per subject, of any kind that sorts. Times are tied over all
    groups. Other arguments and errors are those of `kaplan_meier`; ValueError also for
    missing labels.
    """
    time, event, group, entry, weights, cluster = columns_of(
        data,
        time=time,
        event=event,
        group=group,
        entry=entry,
        weights=weights,
        cluster=cluster,
    )
    times, events, entries = follow_up(time, event, entry)
    labels, index = codes(group, "group", len(times))
    weight = None if weights is None else positive_weights(weights, len(times))
    clusters = None if cluster is None else codes(cluster, "cluster", len(times))[1]
    curves = {}
    for place, label in enumerate(labels.tolist()):
        own = index == place
        curves[label] = kaplan_meier(
            times[own],
            events[own],
            entry=None if entries is None else entries[own],
            weights=None if weight is None else weight[own],
            cluster=None if clusters is None else clusters[own],
            conf_type=conf_type,
            conf_level=conf_level,
        )
    return SurvivalCurves(curves)


def with_conf_type(
    curve: SurvivalCurve, conf_type: ConfType, conf_level: float | None = None
) -> SurvivalCurve:
    """Return the same curve with another band, without counting anything again."""
    level = curve.conf_level if conf_level is None else conf_level
    low, high = confidence_band(curve.survival, curve.std_err, conf_type, level)
    return replace(
        curve, ci_low=low, ci_high=high, conf_type=conf_type, conf_level=level
    )


def confidence_band(
    survival: FloatArray, std_err: FloatArray, conf_type: str, conf_level: float
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper limits of S, given its standard error.

    Where R has no limit the result is NaN: at S = 0, except for `plain` with a robust
    standard error, which is 0 there; at S = 1 for `log-log`. ValueError for an unknown
    `conf_type` and a `conf_level` outside (0, 1).
    Source: R `survival:::survfit_confint`.
    """
    check_level(conf_level)
    z = ndtri(0.5 + conf_level / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        if conf_type == "plain":
            margin = z * std_err
            return np.maximum(survival - margin, 0), np.minimum(survival + margin, 1)
        log_std_err = std_err / survival
        if conf_type == "log":
            positive = np.where(survival == 0, np.nan, survival)
            factor = np.exp(z * log_std_err)
            return positive / factor, np.minimum(positive * factor, 1)
        if conf_type == "log-log":
            inner = np.where((survival == 0) | (survival == 1), np.nan, survival)
            log_survival = np.log(inner)
            factor = np.exp(z * log_std_err / log_survival)  # below 1: log S < 0
            return np.exp(log_survival / factor), np.exp(log_survival * factor)
    raise ValueError(f"conf_type: {conf_type!r} is not 'log', 'log-log' or 'plain'")


def median(curve: SurvivalCurve) -> Median:
    """Return the median of the curve, and its limits by inverting the band.

    The median is the first time with S below 0.5; where S is 0.5, to a tolerance of
    1.5e-8, it is the midpoint from there to the next drop, or that time itself if the
    curve never drops again. The limits treat the band in the same way (Brookmeyer &
    Crowley 1982). NaN where 0.5 is not reached.

    Source: the `median` of R `summary(survfit)$table`, which is what R and survminer
    print. `quantile(survfit)` differs in one case: where the curve ends at exactly
    0.5 it goes half way to the last observed time.
    """
    return Median(
        estimate=_time_of_half(curve.time, curve.survival),
        ci_low=_time_of_half(curve.time, curve.ci_low),
        ci_high=_time_of_half(curve.time, curve.ci_high),
        conf_type=curve.conf_type,
        conf_level=curve.conf_level,
    )


def _time_of_half(time: FloatArray, level: FloatArray) -> float:
    reached = level < 0.5 + HALF_TOLERANCE  # False for NaN
    if not reached.any():
        return float("nan")
    time, level = time[reached], level[reached]
    below = level < level[0]
    if abs(level[0] - 0.5) < HALF_TOLERANCE and below.any():
        return float((time[0] + time[np.argmax(below)]) / 2)
    return float(time[0])
