"""Placebo against placebo: the draw, the empirical null and calibrated estimates."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import norm

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    check_level,
    numbers,
)
from counterarm.trust.random_streams import random_stream

# log hazard ratios beyond this are left out, as OHDSI's fitNull does
LARGEST_COEF = math.log(100)
FEWEST_DRAWS = 5
FEWEST_PSEUDO_TREATED = 20


@dataclass(frozen=True)
class EmpiricalNull:
    """N(`mu`, `sigma`^2) of log hazard ratios where there is nothing to find.

    `ease` is E|N(mu, sigma^2)|, the expected absolute systematic error. Of the draws,
    `n_failed` have no estimate and `n_extreme` one beyond log 100; `n_used` are left.
    Where there is no null, the three numbers are NaN and `note` gives the reason.
    """

    mu: float
    sigma: float
    ease: float
    n_draws: int
    n_used: int
    n_failed: int
    n_extreme: int
    note: str


@dataclass(frozen=True)
class Calibrated:
    """A log hazard ratio, its limits and p value against an empirical null."""

    coef: float
    ci_low: float
    ci_high: float
    p_value: float


def n_pseudo_treated(n_treated: int, n_controls: int) -> int:
    """Return how many controls a draw takes: floor(n0 n1 / (n0 + n1)).

    So that the pseudo-treated have as many controls each as the treated have.
    """
    if n_treated < 1 or n_controls < 1:
        raise ValueError(f"{n_treated} treated and {n_controls} controls: none to draw")
    return n_controls * n_treated // (n_controls + n_treated)


def draw_keys(score: ArrayLike, u: ArrayLike) -> FloatArray:
    """Return -log(u) / w, w = e / (1 - e), of which a draw takes the smallest.

    `score` e is the probability of treatment, `u` uniform on [0, 1). The subjects with
    the smallest keys are a sample without replacement with weights w.

    ValueError for scores that are not between 0 and 1, ends excluded.
    Source: Efraimidis and Spirakis 2006.
    """
    e = numbers(score, "score")
    uniform = numbers(u, "u", len(e))
    if ((e <= 0) | (e >= 1)).any():
        outside = int(((e <= 0) | (e >= 1)).sum())
        raise ValueError(f"score: {outside} values are not between 0 and 1")
    if ((uniform < 0) | (uniform >= 1)).any():
        raise ValueError("u: values outside [0, 1)")
    with np.errstate(divide="ignore"):
        return -np.log(uniform) / (e / (1 - e))


def draw_pseudo_treated(
    usubjid: ArrayLike,
    score: ArrayLike,
    n_treated: int,
    *,
    seed: int,
    analysis_id: str,
    draw: int,
    may_be_drawn: ArrayLike | None = None,
) -> BoolArray:
    """Tell which controls draw number `draw` of an analysis takes as treated.

    `usubjid` and `score` have one element per control, in any order: uniforms are
    given out in the order of `usubjid`. `n_treated` is that of the real analysis.
    `may_be_drawn`, if given, flags the controls to draw from; the others get uniforms
    and count among the controls, so that the size of a draw and the uniforms of a
    subject do not depend on it, and need no score. The result has one flag per
    control, in the order of the input. ValueError where too few may be drawn.
    """
    subjects = np.asarray(usubjid, dtype=str)
    order = np.argsort(subjects, kind="stable")
    if (subjects[order[1:]] == subjects[order[:-1]]).any():
        raise ValueError("usubjid: a subject is given twice")
    size = n_pseudo_treated(n_treated, len(subjects))
    drawable = order
    u = random_stream(seed, analysis_id, draw).random(len(subjects))
    if may_be_drawn is not None:
        flags = numbers(may_be_drawn, "may_be_drawn", len(subjects)) == 1
        drawable, u = order[flags[order]], u[flags[order]]
    if size > len(drawable):
        raise ValueError(
            f"may_be_drawn: {len(drawable)} controls, and a draw takes {size}"
        )
    e = np.asarray(score, dtype=float)
    if e.shape != subjects.shape:
        raise ValueError(f"score: shape {e.shape} for {len(subjects)} controls")
    keys = draw_keys(e[drawable], u)
    chosen = np.argsort(keys, kind="stable")[:size]
    is_drawn = np.zeros(len(subjects), bool)
    is_drawn[drawable[chosen]] = True
    return is_drawn


def fit_null(
    coef: ArrayLike, se: ArrayLike, *, n_pseudo_treated: int | None = None
) -> EmpiricalNull:
    """Fit the null to the draws' log hazard ratios by exact maximum likelihood.

    `coef` and `se` have one element per draw, NaN where a draw has no estimate. With
    v = sigma^2 and w = 1 / (se^2 + v), mu(v) is the mean weighted by w, and v the root
    of sum w^2 (coef - mu)^2 - sum w, or 0 where that is not above 0 at v = 0.
    `n_pseudo_treated`, if given, is the size of each draw.

    Fewer than 5 usable draws, or fewer than 20 pseudo-treated: no null, see `note`.
    Draws share subjects, so sigma is too small and more draws do not make mu more
    precise.
    Source: Schuemie 2014 (10.1002/sim.5925); OHDSI EmpiricalCalibration, whose
    optimiser stops some 1e-3 before this maximum.
    """
    b = np.asarray(coef, dtype=float)
    s = np.asarray(se, dtype=float)
    if b.ndim != 1 or b.shape != s.shape:
        raise ValueError(f"coef: shape {b.shape}, se: shape {s.shape}")
    failed = ~(np.isfinite(b) & np.isfinite(s) & (s > 0))
    extreme = ~failed & (np.abs(np.where(failed, 0, b)) > LARGEST_COEF)
    use = ~failed & ~extreme
    note = ""
    if n_pseudo_treated is not None and n_pseudo_treated < FEWEST_PSEUDO_TREATED:
        note = (
            f"{n_pseudo_treated} pseudo-treated, fewer than {FEWEST_PSEUDO_TREATED}: "
            "no null"
        )
    elif use.sum() < FEWEST_DRAWS:
        note = f"{int(use.sum())} usable draws, fewer than {FEWEST_DRAWS}: no null"
    mu, sigma = (math.nan, math.nan) if note else _maximum(b[use], s[use])
    return EmpiricalNull(
        mu=mu,
        sigma=sigma,
        ease=_expected_absolute(mu, sigma),
        n_draws=len(b),
        n_used=int(use.sum()),
        n_failed=int(failed.sum()),
        n_extreme=int(extreme.sum()),
        note=note,
    )


def calibrate(
    coef: float, se: float, null: EmpiricalNull, *, conf_level: float = 0.95
) -> Calibrated:
    """Return an estimate less the mean of the null, its error widened by sigma.

    The interval is coef - mu -+ z sqrt(se^2 + sigma^2), p two-sided. All NaN if the
    null has no mu. ValueError for se not above 0 and conf_level outside (0, 1).
    Source: Schuemie 2014, 2018 (10.1073/pnas.1708282114); `convertNullToErrorModel`
    of EmpiricalCalibration, with slopes 1 and 0.
    """
    if not se > 0:
        raise ValueError(f"se: {se} is not above 0")
    check_level(conf_level)
    centred = coef - null.mu
    error = math.hypot(se, null.sigma)
    half = norm.ppf(0.5 + conf_level / 2) * error
    return Calibrated(
        coef=centred,
        ci_low=float(centred - half),
        ci_high=float(centred + half),
        p_value=float(2 * norm.sf(abs(centred) / error)),
    )


def _maximum(b: FloatArray, s: FloatArray) -> tuple[float, float]:
    def mean(v: float) -> float:
        w = 1 / (s**2 + v)
        return float(w @ b / w.sum())

    def slope(v: float) -> float:  # of the log likelihood in v, times 2
        w = 1 / (s**2 + v)
        return float(((w * (b - mean(v))) ** 2).sum() - w.sum())

    if slope(0.0) <= 0:
        return mean(0.0), 0.0
    # coefficients are at most 2 log 100 apart, so that the slope is negative here
    v = brentq(slope, 0.0, (2 * LARGEST_COEF) ** 2, xtol=1e-16)
    return mean(v), math.sqrt(v)


def _expected_absolute(mu: float, sigma: float) -> float:
    if sigma == 0 or math.isnan(sigma):
        return abs(mu)
    density = math.sqrt(2 / math.pi) * math.exp(-((mu / sigma) ** 2) / 2)
    return float(sigma * density + mu * (1 - 2 * norm.cdf(-mu / sigma)))
