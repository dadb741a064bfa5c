"""E-values of hazard ratios, and how strong the measured covariates are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from counterarm.arrays import (
    FloatArray,
    flags,
    numbers,
)
from counterarm.survival import fit_cox


@dataclass(frozen=True)
class EValue:
    """How strong a confounder must be to move a hazard ratio to 1.

    `rr` is the hazard ratio as a risk ratio, `rr_limit` its limit nearer to 1 likewise
    (1 if the interval holds 1); `e_value` and `e_value_limit` are the E-values of the
    two, at least 1.
    """

    rr: float
    rr_limit: float
    e_value: float
    e_value_limit: float


def risk_ratio(hazard_ratio: float, *, rare: bool = False) -> float:
    """Convert a hazard ratio to a risk ratio.

    (1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1 / HR)) where the outcome is common, that is,
    over 15% have it by the end of follow-up; the hazard ratio itself where it is rare.
    ValueError unless it is above 0 and finite. Source: VanderWeele and Ding 2017.
    """
    if not 0 < hazard_ratio < math.inf:
        raise ValueError(f"hazard_ratio: {hazard_ratio} is not above 0 and finite")
    if rare:
        return hazard_ratio
    # expm1 keeps the digits of 1 - 0.5^x where x is nearly 0
    root, half = math.sqrt(hazard_ratio), math.log(0.5)
    return math.expm1(half * root) / math.expm1(half / root)


def e_value(
    hazard_ratio: float, ci_low: float, ci_high: float, *, rare: bool = False
) -> EValue:
    """Return the E-values of a hazard ratio and of the limit nearer to 1.

    E = RR + sqrt(RR (RR - 1)), an RR below 1 turned over: the smallest risk ratio that
    an unmeasured confounder must have with both the treatment and the outcome, beyond
    the covariates. It does not account for differential ascertainment of deaths: state
    this wherever it is shown beside a hazard ratio of follow-up as recorded.

    The limit further from 1 is not used and may be infinite.

    ValueError for a hazard ratio or a limit that is not above 0, and for limits that
    are not around it. Source: VanderWeele and Ding 2017; R package EValue.
    """
    if not ci_low <= hazard_ratio <= ci_high:
        raise ValueError(
            f"ci_low, ci_high: {ci_low} to {ci_high} is not around {hazard_ratio}"
        )
    if not ci_low > 0:
        raise ValueError(f"hazard_ratio: its limit {ci_low} is not above 0")
    rr = risk_ratio(hazard_ratio, rare=rare)
    rr_limit = 1.0
    if not ci_low <= 1 <= ci_high:
        rr_limit = risk_ratio(ci_high if hazard_ratio < 1 else ci_low, rare=rare)
    return EValue(rr, rr_limit, _e_value(rr), _e_value(rr_limit))


def bounding_factor(rr_ud: float, rr_eu: float) -> float:
    """Return B = RR_UD RR_EU / (RR_UD + RR_EU - 1), the most a confounder can do.

    `rr_ud` is its risk ratio with the outcome, `rr_eu` with the treatment, both at
    least 1; an infinite `rr_eu` leaves `rr_ud`. Source: Ding and VanderWeele 2016.
    """
    if rr_ud < 1 or rr_eu < 1:
        raise ValueError(f"risk ratios {rr_ud} and {rr_eu}: one is below 1")
    if math.isinf(rr_eu):
        return rr_ud
    return rr_ud * rr_eu / (rr_ud + rr_eu - 1)


def times_as_strong(rr_ud: float, rr_eu: float, rr: float) -> float:
    """Return k with B(RR_UD^k, RR_EU^k) = `rr`, a risk ratio to be explained away.

    An `rr` below 1 is turned over; 0 for one of 1. NaN where either risk ratio is 1
    or infinite, as no multiple of it has an answer. ValueError for an `rr` not above 0
    or a missing ratio.
    """
    if not 0 < rr < math.inf or math.isnan(rr_ud) or math.isnan(rr_eu):
        raise ValueError(f"risk ratios {rr_ud}, {rr_eu} and {rr}: one is not above 0")
    needed = max(rr, 1 / rr)
    if min(rr_ud, rr_eu) <= 1 or math.isinf(rr_ud) or math.isinf(rr_eu):
        return math.nan
    if needed == 1:
        return 0.0
    low, high = math.log(rr_ud), math.log(rr_eu)

    def log_factor(k: float) -> float:  # log B, without overflow where k is large
        both = (k * low, k * high)
        total = np.logaddexp(*both)
        return sum(both) - float(total + np.log1p(-math.exp(-total)))

    # B of two ratios is more than half the smaller one
    furthest = (math.log(needed) + math.log(2)) / min(low, high)
    wanted = math.log(needed)
    return float(brentq(lambda k: log_factor(k) - wanted, 0, furthest, xtol=1e-14))


def bias_curve(rr: float, rr_ud: ArrayLike) -> FloatArray:
    """Return the RR_EU with which B is `rr`, for each RR_UD; NaN where none is."""
    needed = max(rr, 1 / rr)
    ud = numbers(rr_ud, "rr_ud")
    enough = ud > needed
    gap = np.where(enough, ud - needed, 1.0)
    return np.where(enough, needed * (ud - 1) / gap, np.nan)


def prevalence_ratio(is_present: ArrayLike, treated: ArrayLike) -> float:
    """Return RR_EU of a yes/no variable: the larger of two prevalence ratios.

    Those of having it and of not having it between the arms, each turned above 1; 1
    where the arms are alike, infinite where an arm has it in nobody or in everybody.
    """
    has = numbers(is_present, "is_present")
    arm = flags(treated, "treated", len(has))
    if arm.all() or not arm.any():
        raise ValueError("treated: an arm is empty")
    share, other = has[arm].mean(), has[~arm].mean()
    ratios = [1.0]
    for a, b in ((share, other), (1 - share, 1 - other)):
        if max(a, b) > 0:
            ratios.append(max(a, b) / min(a, b) if min(a, b) > 0 else math.inf)
    return float(max(ratios))


def as_yes_or_no(values: ArrayLike, treated: ArrayLike) -> FloatArray:
    """Return 0 and 1 as they are; cut other numbers above the median of the treated."""
    x = numbers(values, "values")
    if np.isin(x, (0.0, 1.0)).all():
        return x
    arm = flags(treated, "treated", len(x))
    return (x > np.median(x[arm])).astype(float)


def covariate_strength(
    covariates: pd.DataFrame,
    treated: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    found: EValue,
    *,
    names: Sequence[str] | None = None,
    rare: bool = False,
) -> pd.DataFrame:
    """Place the measured covariates on the scale of a hidden confounder.

    `covariates` has one row per subject before matching and one number per variable,
    made yes/no by `as_yes_or_no`; the other arguments are of the same length. RR_UD
    converts exp(|coef|) of a Cox model of the controls on all of them; RR_EU is
    `prevalence_ratio`; `found` is the E-value of the result to be explained.

    Columns: variable, rr_ud, rr_eu, bounding_factor, times_as_strong,
    times_as_strong_limit, in the order of `names` (default: the columns). A variable
    that does not vary among the controls, or with an infinite coefficient, has NaN.
    ValueError for one that others determine, as `fit_cox`.
    """
    names = list(covariates.columns if names is None else names)
    arm = flags(treated, "treated", len(covariates))
    yes = {name: as_yes_or_no(covariates[name], arm.astype(float)) for name in names}
    varying = [name for name in names if np.ptp(yes[name][~arm]) > 0]
    coef = dict.fromkeys(names, math.nan)
    if varying:
        controls = np.column_stack([yes[name][~arm] for name in varying])
        times, events = np.asarray(time)[~arm], np.asarray(event)[~arm]
        fit = fit_cox(times, events, controls, names=varying)
        coef |= {
            name: float(value) if finite else math.nan
            for name, value, finite in zip(
                varying, fit.coef, fit.is_finite, strict=True
            )
        }
    rows: list[tuple[object, ...]] = []
    for name in names:
        rr_eu = prevalence_ratio(yes[name], arm.astype(float))
        if math.isnan(coef[name]):
            rows.append((name, math.nan, rr_eu, math.nan, math.nan, math.nan))
            continue
        rr_ud = risk_ratio(math.exp(abs(coef[name])), rare=rare)
        strength = [
            times_as_strong(rr_ud, rr_eu, rr) for rr in (found.rr, found.rr_limit)
        ]
        rows.append((name, rr_ud, rr_eu, bounding_factor(rr_ud, rr_eu), *strength))
    columns = ["variable", "rr_ud", "rr_eu", "bounding_factor"]
    return pd.DataFrame(
        rows, columns=[*columns, "times_as_strong", "times_as_strong_limit"]
    )


def _e_value(rr: float) -> float:
    above = max(rr, 1 / rr)
    return above + math.sqrt(above * (above - 1))
