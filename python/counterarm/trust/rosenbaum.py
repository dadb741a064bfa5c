"""Rosenbaum bounds of matched pairs: how much hidden bias a finding withstands."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import binom, norm

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    codes,
    flags,
    numbers,
    survival_times,
)

GAMMAS = (1.0, 1.1, 1.25, 1.5, 2.0, 3.0)
NOT_SIGNIFICANT = "not significant without any bias"


@dataclass(frozen=True)
class PairBounds:
    """Bounds of one statistic, one element of the arrays per gamma.

    `p_upper` is the largest one-sided p value, for longer survival of the treated, if
    hidden bias makes the odds of treatment within a pair differ by up to gamma;
    `deviate` its normal deviate, NaN for the exact McNemar-type test.
    `n_control_first` and `n_treated_first` count the pairs in which that subject is
    known to have died first. `gamma_at` is the gamma at which `p_upper` is alpha, NaN
    with a `note` where it is not below alpha at gamma 1.
    """

    statistic: Literal["mcnemar", "prentice_wilcoxon"]
    gamma: FloatArray
    deviate: FloatArray
    p_upper: FloatArray
    n_pairs: int
    n_control_first: int
    n_treated_first: int
    gamma_at: float
    alpha: float
    note: str


@dataclass(frozen=True)
class _Pairs:
    treated_time: FloatArray
    treated_event: BoolArray
    control_time: FloatArray
    control_event: BoolArray


def rosenbaum_bounds(
    set_id: ArrayLike,
    treated: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    gammas: Sequence[float] = GAMMAS,
    alpha: float = 0.05,
) -> tuple[PairBounds, PairBounds]:
    """Return the bounds of the McNemar-type and of the Prentice-Wilcoxon statistic.

    One element per subject: the matched set, 1 for the treated, time and event.

    - `mcnemar`, which is the log-rank test stratified by pair: a pair is informative
      if its earlier time is an event; who is censored on the day of the other's death
      was still at risk; two deaths on one day are not informative. With a pairs in
      which the control died first, of n: p_upper = P(Bin(n, gamma / (1 + gamma)) >= a),
      exact.
    - `prentice_wilcoxon`: scores 1 - 2 S of an event and 1 - S of a censored time, S
      the product of (r - m + 1) / (r + 1) over pooled event times; d the score of the
      treated less that of the control, q = |d|, p = gamma / (1 + gamma), and the
      deviate (sum of q where d > 0, less p sum q) / sqrt(p (1 - p) sum q^2).

    Sets that are not one treated and one control, or weights that are not 1, are no
    error: both results then have no numbers and a `note`. ValueError for gamma below 1
    and alpha outside (0, 0.5).
    Source: Rosenbaum 2002, chapter 4; O'Brien and Fleming 1987.
    """
    gamma = numbers(gammas, "gammas")
    if (gamma < 1).any():
        raise ValueError("gammas: one is below 1")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha: {alpha} is not between 0 and 0.5")
    times, events = survival_times(time, event)
    arm = flags(treated, "treated", len(times))
    sets = codes(set_id, "set_id", len(times))[1]
    note = ""
    if weights is not None and (numbers(weights, "weights", len(times)) != 1).any():
        note = "pairs with weights: no bounds"
    if (np.bincount(sets[arm]) != 1).any() or (
        np.bincount(sets[arm], minlength=sets.max() + 1)
        != np.bincount(sets[~arm], minlength=sets.max() + 1)
    ).any():
        note = "sets that are not one treated and one control: no bounds"
    if note:
        return (
            _empty("mcnemar", gamma, alpha, note),
            _empty("prentice_wilcoxon", gamma, alpha, note),
        )
    order = np.argsort(sets, kind="stable")
    one, other = order[arm[order]], order[~arm[order]]
    pairs = _Pairs(times[one], events[one], times[other], events[other])
    return _mcnemar(pairs, gamma, alpha), _prentice_wilcoxon(pairs, gamma, alpha)


def amplification(gamma: float, strength: float) -> float:
    """Return Delta, so that gamma = (Lambda Delta + 1) / (Lambda + Delta).

    A bias of `gamma` is that of a confounder that multiplies the odds of treatment by
    Lambda, `strength`, and the odds of the control dying first by Delta. NaN where
    Lambda is not above gamma. Source: Rosenbaum and Silber 2009.
    """
    if not strength > gamma:  # also if gamma is NaN
        return math.nan
    return (gamma * strength - 1) / (strength - gamma)


def _mcnemar(pairs: _Pairs, gamma: FloatArray, alpha: float) -> PairBounds:
    a, b = _first(pairs)
    n = a + b

    def p_upper(g: float) -> float:
        return float(binom.sf(a - 1, n, g / (1 + g)))

    gamma_at, note = _root(p_upper, alpha)
    return PairBounds(
        statistic="mcnemar",
        gamma=gamma,
        deviate=np.full(len(gamma), np.nan),
        p_upper=np.array([p_upper(g) for g in gamma]),
        n_pairs=len(pairs.treated_time),
        n_control_first=a,
        n_treated_first=b,
        gamma_at=gamma_at,
        alpha=alpha,
        note=note if n else "no informative pair",
    )


def _prentice_wilcoxon(pairs: _Pairs, gamma: FloatArray, alpha: float) -> PairBounds:
    score = _scores(
        np.concatenate([pairs.treated_time, pairs.control_time]),
        np.concatenate([pairs.treated_event, pairs.control_event]),
    )
    ours, theirs = np.split(score, 2)
    difference = ours - theirs
    q = np.abs(difference)
    longer, total, square = q[difference > 0].sum(), q.sum(), q @ q

    def deviate(g: float) -> float:
        p = g / (1 + g)
        return float((longer - p * total) / math.sqrt(p * (1 - p) * square))

    a, b = _first(pairs)
    if square == 0:
        note = "no pair differs"
        return _empty("prentice_wilcoxon", gamma, alpha, note, len(q), a, b)
    gamma_at, note = _root(lambda g: float(norm.sf(deviate(g))), alpha)
    deviates = np.array([deviate(g) for g in gamma])
    return PairBounds(
        statistic="prentice_wilcoxon",
        gamma=gamma,
        deviate=deviates,
        p_upper=norm.sf(deviates),
        n_pairs=len(q),
        n_control_first=a,
        n_treated_first=b,
        gamma_at=gamma_at,
        alpha=alpha,
        note=note,
    )


def _first(pairs: _Pairs) -> tuple[int, int]:
    """Count pairs in which the control, and in which the treated, died first."""
    control = pairs.control_event & (
        (pairs.control_time < pairs.treated_time)
        | ((pairs.control_time == pairs.treated_time) & ~pairs.treated_event)
    )
    treated = pairs.treated_event & (
        (pairs.treated_time < pairs.control_time)
        | ((pairs.treated_time == pairs.control_time) & ~pairs.control_event)
    )
    return int(control.sum()), int(treated.sum())


def _scores(time: FloatArray, event: BoolArray) -> FloatArray:
    """Scores of Prentice and Wilcoxon: low for an early death, high for a long life."""
    at, deaths = np.unique(time[event], return_counts=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), at, side="left")
    factors = (at_risk - deaths + 1) / (at_risk + 1)
    survival = np.concatenate([[1.0], np.cumprod(factors)])
    s = survival[np.searchsorted(at, time, side="right")]
    return np.where(event, 1 - 2 * s, 1 - s)


def _root(p_upper: Callable[[float], float], alpha: float) -> tuple[float, str]:
    """Return the gamma at which a rising p value is alpha, and a note if none is."""
    if not p_upper(1.0) < alpha:
        return math.nan, NOT_SIGNIFICANT
    high = 2.0
    while p_upper(high) < alpha:
        high *= 2
    return float(brentq(lambda g: p_upper(g) - alpha, 1.0, high, xtol=1e-13)), ""


def _empty(
    statistic: Literal["mcnemar", "prentice_wilcoxon"],
    gamma: FloatArray,
    alpha: float,
    note: str,
    n_pairs: int = 0,
    n_control_first: int = 0,
    n_treated_first: int = 0,
) -> PairBounds:
    unknown = np.full(len(gamma), np.nan)
    return PairBounds(
        statistic,
        gamma,
        unknown,
        unknown,
        n_pairs,
        n_control_first,
        n_treated_first,
        math.nan,
        alpha,
        note,
    )
