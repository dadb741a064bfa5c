"""Concurrent controls with external ones added: test-then-pool and power priors.

Three groups: the treated, the internal controls of their own study, and the external
controls. A weight a0 from 0 to 1 says how much of an external subject counts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import f as f_distribution
from scipy.stats import norm

from counterarm.arrays import check_level, flags, numbers
from counterarm.ratios import exp
from counterarm.survival import CoxFit, fit_cox, log_rank

TREATED, INTERNAL, EXTERNAL = "treated", "internal", "external"
GROUPS = (TREATED, INTERNAL, EXTERNAL)


@dataclass(frozen=True)
class EventRate:
    """Events and time at risk of a group, weighted where its members are."""

    events: float
    time: float


@dataclass(frozen=True)
class Borrowed:
    """The hazard ratio, treated over controls, with the external ones at weight a0.

    `se` is of the log hazard ratio; the limits are those of the equal-tailed credible
    interval; `p_above_1` is the posterior probability that the hazard ratio is above 1.
    """

    a0: float
    coef: float
    se: float
    hazard_ratio: float
    ci_low: float
    ci_high: float
    p_above_1: float


@dataclass(frozen=True)
class ControlDifference:
    """Log hazard ratio of the external over the internal controls, and its test."""

    coef: float
    se: float
    p_value: float


@dataclass(frozen=True)
class HybridMembers:
    """Time to event of the three groups; arrays have one element per subject.

    `time` and `entry` in one unit, a subject being at risk from `entry` to `time`;
    `event` 1 or 0; `group` one of `GROUPS`; `weight` above 0, before any a0.
    """

    time: np.ndarray
    event: np.ndarray
    group: np.ndarray
    weight: np.ndarray
    entry: np.ndarray

    @classmethod
    def of(
        cls,
        time: ArrayLike,
        event: ArrayLike,
        group: Sequence[str] | np.ndarray,
        weight: ArrayLike | None = None,
        entry: ArrayLike | None = None,
    ) -> "HybridMembers":
        """Take what is array-like; without `weight` all are 1, without `entry` 0.

        ValueError for missing values, other lengths, an event other than 0 and 1, an
        unknown group, a group without members, a weight not above 0, or an entry that
        is not before the time.
        """
        times = numbers(time, "time")
        n = len(times)
        events = flags(event, "event", n)
        groups = np.asarray(group, str)
        if len(groups) != n:
            raise ValueError(f"group: {len(groups)} values for {n} rows")
        weights = np.ones(n) if weight is None else numbers(weight, "weight", n)
        entries = np.zeros(n) if entry is None else numbers(entry, "entry", n)
        unknown = sorted(set(groups.tolist()) - set(GROUPS))
        if unknown:
            raise ValueError(f"group: {unknown[0]!r} is none of {', '.join(GROUPS)}")
        for name in GROUPS:
            if not (groups == name).any():
                raise ValueError(f"group: nobody is {name}")
        if not (weights > 0).all():
            raise ValueError(f"weight: {weights.min()} is not above 0")
        if not (entries < times).all():
            first = int(np.flatnonzero(entries >= times)[0])
            raise ValueError(
                f"entry: {entries[first]:g} of row {first} is not before its time "
                f"{times[first]:g}"
            )
        return cls(times, events, groups, weights, entries)

    def rate(self, group: str) -> EventRate:
        """Return weighted events and time at risk of a group."""
        own = self.group == group
        at_risk = self.weight[own] * (self.time[own] - self.entry[own])
        return EventRate(
            float(self.weight[own & self.event].sum()), float(at_risk.sum())
        )

    def cox(self, rows: np.ndarray, term: np.ndarray, a0: float = 1.0) -> CoxFit:
        """Fit a Cox model of one term to some rows, with Breslow's ties.

        Raises ValueError where no model can be fitted, as without an event.
        """
        weights = self.weight * np.where(self.group == EXTERNAL, a0, 1.0)
        is_weighted = not (weights[rows] == 1).all()
        return fit_cox(
            self.time[rows],
            self.event[rows],
            term[rows, None].astype(float),
            names=["term"],
            entry=self.entry[rows] if self.entry[rows].any() else None,
            weights=weights[rows] if is_weighted else None,
            robust=False,
            ties="breslow",
        )


def control_difference(members: HybridMembers) -> ControlDifference:
    """Compare external with internal controls in a Cox model.

    The p value is that of the log-rank test, with the robust variance where members
    are weighted; it exists where the hazard ratio is not finite as well, which is NaN
    then. ValueError where the two cannot be compared, as without an event.
    """
    own = members.group != TREATED
    weights = members.weight[own]
    p_value = log_rank(
        members.time[own],
        members.event[own],
        members.group[own],
        entry=members.entry[own] if members.entry[own].any() else None,
        weights=None if (weights == 1).all() else weights,
    ).p_value
    fit = members.cox(own, members.group == EXTERNAL)
    if not fit.converged:
        return ControlDifference(math.nan, math.nan, p_value)
    return ControlDifference(float(fit.coef[0]), float(fit.naive_se[0]), p_value)


def weight_after_test(p_value: float, alpha: float) -> float:
    """Return the a0 of test-then-pool: 1 where the test does not reject, else 0.

    `p_value` is of the difference between external and internal controls. ValueError
    for an alpha outside 0 to 1. Source: Viele et al. 2014 (10.1002/pst.1589).
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: {alpha} is not between 0 and 1")
    return 1.0 if p_value > alpha else 0.0


def empirical_bayes_weight(internal: EventRate, external: EventRate) -> float:
    """Return the a0 with which the external controls predict the internal ones best.

    The maximum marginal likelihood estimate for normal estimates with known variances,
    v0 / max((difference)^2 - v, v0), here of log hazard rates log(events / time), whose
    variances are 1 / events: v of the internal, v0 of the external controls. It is 1
    where the two differ by no more than chance, and falls as they differ more.
    ValueError without an event in either group.
    Source: Gravestock and Held 2017 (10.1002/pst.1814).
    """
    for name, rate in ((INTERNAL, internal), (EXTERNAL, external)):
        if not rate.events > 0:
            raise ValueError(f"{name} controls: no event, so no log hazard rate")
    gap = math.log(internal.events / internal.time) - math.log(
        external.events / external.time
    )
    v, v0 = 1 / internal.events, 1 / external.events
    return v0 / max(gap**2 - v, v0)


def exponential_power_prior(
    treated: EventRate,
    internal: EventRate,
    external: EventRate,
    a0: float,
    *,
    conf_level: float = 0.95,
) -> Borrowed:
    """Return the posterior of the hazard ratio under constant hazards, exactly.

    The external controls' likelihood to the power a0 and flat initial priors (shape and
    rate 0) give the controls' hazard the posterior Gamma(d + a0 d0, T + a0 T0), d being
    events and T time at risk of the internal, d0 and T0 of the external controls; that
    of the treated is Gamma(d1, T1). The ratio of the two is `hazard_ratio`, the ratio
    of their means, times F(2 d1, 2 (d + a0 d0)), of which the limits are quantiles.
    `coef` is its log, `se` sqrt(1 / d1 + 1 / (d + a0 d0)).
    ValueError for a0 outside 0 to 1, conf_level outside (0, 1) or a group without
    events.
    Source: Ibrahim and Chen 2000 (10.1214/ss/1009212673).
    """
    check_weight(a0)
    check_level(conf_level)
    d0, t0 = internal.events + a0 * external.events, internal.time + a0 * external.time
    for name, events in ((TREATED, treated.events), ("control", d0)):
        if not events > 0:
            raise ValueError(f"{name}: no event, so no hazard ratio")
    ratio = (treated.events / treated.time) / (d0 / t0)
    spread = f_distribution(2 * treated.events, 2 * d0)
    tail = (1 - conf_level) / 2
    return Borrowed(
        a0=a0,
        coef=math.log(ratio),
        se=math.sqrt(1 / treated.events + 1 / d0),
        hazard_ratio=ratio,
        ci_low=ratio * float(spread.ppf(tail)),
        ci_high=ratio * float(spread.ppf(1 - tail)),
        p_above_1=float(spread.sf(1 / ratio)),
    )


def cox_power_prior(
    members: HybridMembers, a0: float, *, conf_level: float = 0.95
) -> Borrowed:
    """Return the hazard ratio of a Cox model in which external controls weigh a0.

    With a flat initial prior and one baseline hazard, of any form, for all controls,
    the weighted partial likelihood is the profile of the power prior's posterior: its
    maximum is the mode, and `se` the root of the inverse information there. Ties are
    Breslow's, which that takes (Efron's would count a subject of no weight). Limits and
    `p_above_1` are those of the normal distribution. With a0 of 0 the external controls
    are left out. ValueError for a0 outside 0 to 1, conf_level outside (0, 1), or a
    model that cannot be fitted.
    Source: Ibrahim and Chen 2000 (10.1214/ss/1009212673).
    """
    check_weight(a0)
    check_level(conf_level)
    rows = np.ones(len(members.time), bool)
    if a0 == 0:
        rows = members.group != EXTERNAL
    fit = members.cox(rows, members.group == TREATED, a0)
    if not fit.converged:
        raise ValueError(fit.warning)
    coef, se = float(fit.coef[0]), float(fit.naive_se[0])
    half = float(norm.ppf(0.5 + conf_level / 2)) * se
    return Borrowed(
        a0=a0,
        coef=coef,
        se=se,
        hazard_ratio=exp(coef),
        ci_low=exp(coef - half),
        ci_high=exp(coef + half),
        p_above_1=float(norm.sf(-coef / se)),
    )


def check_weight(a0: float) -> None:
    """Raise ValueError for a weight that is not between 0 and 1, ends included."""
    if not 0 <= a0 <= 1:
        raise ValueError(f"a0: {a0} is not between 0 and 1")
