"""Hazard ratios under a stated prior on the bias, or on a binary confounder."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import beta, norm

from counterarm.arrays import FloatArray, check_level
from counterarm.ratios import exp

# points of equal probability of each of the three priors of a confounder
QUANTILES = 40


@dataclass(frozen=True)
class BiasAdjusted:
    """A hazard ratio less a bias; `se` is of the log, `p_above_1` is P(HR > 1)."""

    coef: float
    se: float
    hazard_ratio: float
    ci_low: float
    ci_high: float
    p_above_1: float
    p_value: float


@dataclass(frozen=True)
class ConfounderAdjusted:
    """A hazard ratio less the bias of a binary confounder of uncertain strength.

    `hazard_ratio` is the median; `bias_mean` and `bias_sd` describe the log of the
    bias factor.
    """

    bias_mean: float
    bias_sd: float
    hazard_ratio: float
    ci_low: float
    ci_high: float
    p_above_1: float


def normal_prior(
    coef: float,
    se: float,
    bias_mean: float,
    bias_sd: float,
    *,
    conf_level: float = 0.95,
) -> BiasAdjusted:
    """Subtract a bias N(`bias_mean`, `bias_sd`^2) from a log hazard ratio.

    The bias is the log hazard ratio found less the true one. The result is
    coef - mean with standard error sqrt(se^2 + sd^2): closed, without draws.
    ValueError for se not above 0, bias_sd below 0, and conf_level outside (0, 1).
    Source: Lash, Fox and Fink 2009; Incerti 2023 (10.1002/pst.2266).
    """
    _check(se, bias_sd)
    check_level(conf_level)
    adjusted, error = coef - bias_mean, math.hypot(se, bias_sd)
    half = norm.ppf(0.5 + conf_level / 2) * error
    return BiasAdjusted(
        coef=adjusted,
        se=error,
        hazard_ratio=exp(adjusted),
        ci_low=exp(adjusted - half),
        ci_high=exp(adjusted + half),
        p_above_1=float(norm.sf(-adjusted / error)),
        p_value=float(2 * norm.sf(abs(adjusted) / error)),
    )


def mean_that_moves_the_limit(
    coef: float, se: float, bias_sd: float = 0.0, *, conf_level: float = 0.95
) -> float:
    """Return the mean of a prior with which the limit nearer to 1 is exactly 1.

    0 where the interval, widened by `bias_sd`, already holds 1. ValueError as
    `normal_prior`.
    """
    _check(se, bias_sd)
    check_level(conf_level)
    half = float(norm.ppf(0.5 + conf_level / 2)) * math.hypot(se, bias_sd)
    return math.copysign(max(abs(coef) - half, 0.0), coef)


def bias_factor(rr: float, share_treated: float, share_control: float) -> float:
    """Return by how much a binary confounder multiplies the hazard ratio.

    (1 + p1 (RR - 1)) / (1 + p0 (RR - 1)): `rr` its hazard ratio of death, the shares
    those of the treated and of the controls who have it. The true hazard ratio and its
    limits are those found, divided by it.
    ValueError for rr not above 0 or shares outside 0 to 1. Source: Lin 1998.
    """
    if not 0 < rr < math.inf:
        raise ValueError(f"rr: {rr} is not above 0")
    for name, share in (
        ("share_treated", share_treated),
        ("share_control", share_control),
    ):
        if not 0 <= share <= 1:
            raise ValueError(f"{name}: {share} is not between 0 and 1")
    return (1 + share_treated * (rr - 1)) / (1 + share_control * (rr - 1))


def binary_confounder(
    coef: float,
    se: float,
    *,
    log_rr: tuple[float, float],
    share_treated: tuple[float, float],
    share_control: tuple[float, float],
    conf_level: float = 0.95,
) -> ConfounderAdjusted:
    """Subtract the bias of a binary confounder whose numbers are uncertain.

    `log_rr` is the mean and SD of log RR, the shares are the two parameters of Beta
    distributions. Each is taken at 40 mid-quantiles, all 64,000 combinations alike:
    no draws. The limits are roots in x of the mean of Phi((x - coef + log BF) / se).
    ValueError for se or a Beta parameter not above 0, an SD below 0, and conf_level
    outside (0, 1).
    Source: Lash, Fox and Fink 2009; Lin 1998.
    """
    _check(se, 0.0)
    check_level(conf_level)
    if not log_rr[1] >= 0:
        raise ValueError(f"log_rr: SD {log_rr[1]} is below 0")
    for name, shape in (
        ("share_treated", share_treated),
        ("share_control", share_control),
    ):
        if not min(shape) > 0:
            raise ValueError(f"{name}: Beta{shape} is not a distribution")
    at = (np.arange(QUANTILES) + 0.5) / QUANTILES
    rr = np.exp(log_rr[0] + log_rr[1] * norm.ppf(at))[:, None, None]
    p1 = beta.ppf(at, *share_treated)[None, :, None]
    p0 = beta.ppf(at, *share_control)[None, None, :]
    bias = np.log((1 + p1 * (rr - 1)) / (1 + p0 * (rr - 1))).ravel()

    def below(x: float) -> float:
        return float(norm.cdf((x - coef + bias) / se).mean())

    tail = (1 - conf_level) / 2
    low, middle, high = (
        _quantile(below, coef - bias, se, p) for p in (tail, 0.5, 1 - tail)
    )
    return ConfounderAdjusted(
        bias_mean=float(bias.mean()),
        bias_sd=float(bias.std()),
        hazard_ratio=exp(middle),
        ci_low=exp(low),
        ci_high=exp(high),
        p_above_1=1 - below(0.0),
    )


def _quantile(
    below: Callable[[float], float], centres: FloatArray, se: float, p: float
) -> float:
    """Invert the mean of normal distributions, which lies between the outermost."""
    reach = abs(float(norm.ppf(p))) * se + se
    low, high = float(centres.min()) - reach, float(centres.max()) + reach
    return float(brentq(lambda x: below(x) - p, low, high, xtol=1e-14))


def _check(se: float, sd: float) -> None:
    if not se > 0:
        raise ValueError(f"se: {se} is not above 0")
    if not sd >= 0:
        raise ValueError(f"bias_sd: {sd} is below 0")
