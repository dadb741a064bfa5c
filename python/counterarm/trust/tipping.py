"""Tipping points: how much worse the unascertained must fare to lose a finding."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    check_level,
    flags,
    numbers,
    survival_times,
)
from counterarm.survival import fit_cox
from counterarm.trust.random_streams import random_stream
from counterarm.trust.rubin import Pooled, pool

SWEEPS: dict[str, tuple[float, ...]] = {
    "treated": (1, 1.25, 1.5, 2, 3, 4, 6, 8),
    "control": (1, 0.75, 0.5, 0.25, 0.1, 0),
}
DELTA_TOLERANCE = 0.01

_NO_RESULT = Pooled(*(math.nan for _ in fields(Pooled)))  # type: ignore[arg-type]

Fit = Callable[[FloatArray, FloatArray], tuple[float, float]]


@dataclass(frozen=True)
class Tipping:
    """Pooled results of one arm's sweep, and the delta that loses the finding.

    `rows` has a row per delta: delta, n_imputed, m, coef, se, df, ci_low, ci_high
    (limits of the log hazard ratio), p_value. `tips_at` is the delta at which the
    interval first holds 1, NaN where none of the sweep does; `note` gives the
    reason for a missing delta or row.
    """

    arm: Literal["treated", "control"]
    rows: pd.DataFrame
    tips_at: float
    note: str


class PiecewiseExponential:
    """Cumulative hazard of one arm, constant between the quartiles of event times.

    `cuts` are those quartiles (R's type 7), `rate` events per day on the four
    intervals, open left and closed right.
    """

    def __init__(self, time: FloatArray, event: BoolArray):
        self.cuts = np.quantile(time[event], [0.25, 0.5, 0.75])
        self._start = np.array([0.0, *self.cuts])
        stop = np.array([*self.cuts, np.inf])
        rates = []
        for a, b in zip(self._start, stop, strict=True):
            days = np.clip(np.minimum(time, b) - a, 0, None).sum()
            events = (event & (time > a) & (time <= b)).sum()
            rates.append(events / days if days > 0 else 0.0)
        self.rate = np.array(rates)
        self._at = np.array([0.0, *np.cumsum(self.rate[:3] * np.diff(self._start))])

    def cumulative(self, time: FloatArray) -> FloatArray:
        """Return H(t)."""
        k = np.searchsorted(self._start, time, side="right") - 1
        return self._at[k] + self.rate[k] * (time - self._start[k])

    def inverse(self, hazard: FloatArray) -> FloatArray:
        """Return t with H(t) = `hazard`, infinite where it is never reached."""
        k = np.searchsorted(self._at, hazard, side="right") - 1
        rate = self.rate[k]
        with np.errstate(invalid="ignore"):
            days = (hazard - self._at[k]) / np.where(rate > 0, rate, 1.0)
        return np.where(rate > 0, self._start[k] + days, np.inf)


def uniforms(n: int, m: int, *, seed: int, analysis_id: str) -> FloatArray:
    """Return n x m uniforms: a row per subject, by `usubjid`, a column per imputation.

    Column j comes from `random_stream(seed, analysis_id, j)`.
    """
    streams = (random_stream(seed, analysis_id, j) for j in range(m))
    return np.column_stack([stream.random(n) for stream in streams])


def tipping_point(
    time: ArrayLike,
    event: ArrayLike,
    treated: ArrayLike,
    u: ArrayLike,
    *,
    arm: Literal["treated", "control"],
    horizon: float,
    deltas: Sequence[float] | None = None,
    fit: Fit | None = None,
    conf_level: float = 0.95,
) -> Tipping:
    """Impute the rest of the follow-up of one arm, at delta times its hazard.

    `time` (days), `event` and `treated` have one element per subject, `u` a row per
    subject and a column per imputation; the same `u` serves every delta. A subject of
    the arm censored at c before `horizon` gets the T with
    H(T) = H(c) - log(u) / delta, H of `PiecewiseExponential`, and an event if T is
    at most the horizon; everybody is cut there. Delta 0: alive to the horizon.
    `fit` gives the log hazard ratio and its standard error from times and events, NaN
    where the model did not converge; the default is a Cox model with treatment only.
    Pooled by Rubin's rules, NaN if any imputation has no estimate.

    `deltas` (default: `SWEEPS` of the arm) run away from 1. Where the interval holds 1
    at one but not at the one before, the delta between is bisected to 0.01. An arm
    without an event, or with nobody censored before the horizon, has no row and a
    note. ValueError for an unknown arm, a conf_level outside (0, 1), a delta below 0,
    u outside [0, 1] and fewer than 2 columns.

    Source: Jackson 2014; Lipkovich 2016; Oodally 2025 (arXiv 2506.19988).
    """
    times, events = survival_times(time, event)
    group = flags(treated, "treated", len(times))
    draws = np.asarray(u, dtype=float)
    if draws.ndim != 2 or len(draws) != len(times) or draws.shape[1] < 2:
        raise ValueError(f"u: shape {draws.shape} for {len(times)} subjects")
    if not ((draws >= 0) & (draws <= 1)).all():
        raise ValueError("u: values outside [0, 1]")
    if arm not in SWEEPS:
        raise ValueError(f"arm: {arm!r} is not 'treated' or 'control'")
    check_level(conf_level)
    sweep = numbers(SWEEPS[arm] if deltas is None else deltas, "deltas")
    if (sweep < 0).any():
        raise ValueError("deltas: one is below 0")
    own = group if arm == "treated" else ~group
    imputed = own & ~events & (times < horizon)
    note = ""
    if not events[own].any():
        note = f"no event in the {arm} arm: no hazard to continue with"
    elif not (events & (times <= horizon)).any():
        note = "no event before the horizon"
    elif not imputed.any():
        note = f"nobody of the {arm} arm is censored before the horizon"
    if note:
        return Tipping(arm, _rows([], [], 0), math.nan, note)
    model = PiecewiseExponential(times[own], events[own])
    estimate = fit or _cox(group)

    def at(delta: float) -> Pooled:
        found = [
            estimate(*_completed(times, events, imputed, model, column, delta, horizon))
            for column in draws.T
        ]
        coef, se = zip(*found, strict=True)
        if not np.isfinite([coef, se]).all():
            return _NO_RESULT
        return pool(coef, se, conf_level=conf_level)

    pooled = [at(float(delta)) for delta in sweep]
    holds = [each.ci_low <= 0 <= each.ci_high for each in pooled]
    failed = [math.isnan(each.coef) for each in pooled]
    unknown = "the delta that loses the finding is not known"
    tips_at, note = math.nan, "no delta of the sweep loses the finding"
    if holds[0]:
        tips_at, note = float(sweep[0]), "the interval holds 1 at the first delta"
    elif any(failed[: holds.index(True)] if any(holds) else failed):
        note = unknown
    elif any(holds):
        first = holds.index(True)
        tips_at = _bisect(at, float(sweep[first - 1]), float(sweep[first]))
        note = unknown if math.isnan(tips_at) else ""
    if any(failed):
        note = "; ".join(filter(None, [note, "a model did not converge"]))
    return Tipping(arm, _rows(sweep, pooled, int(imputed.sum())), tips_at, note)


def _completed(
    time: FloatArray,
    event: BoolArray,
    imputed: BoolArray,
    model: PiecewiseExponential,
    u: FloatArray,
    delta: float,
    horizon: float,
) -> tuple[FloatArray, FloatArray]:
    times, events = time.copy(), event.copy()
    later = np.full(int(imputed.sum()), np.inf)
    if delta > 0:
        with np.errstate(divide="ignore"):
            residual = -np.log(u[imputed]) / delta
        later = model.inverse(model.cumulative(time[imputed]) + residual)
    events[imputed] = later <= horizon
    times[imputed] = np.minimum(later, horizon)
    beyond = times > horizon
    events[beyond] = False
    times[beyond] = horizon
    return times, events.astype(float)


def _cox(treated: BoolArray) -> Fit:
    column = treated[:, None].astype(float)

    def fit(time: FloatArray, event: FloatArray) -> tuple[float, float]:
        found = fit_cox(time, event, column, names=["treated"])
        if not found.converged:
            return math.nan, math.nan
        return float(found.coef[0]), float(found.se[0])

    return fit


def _bisect(at: Callable[[float], Pooled], outside: float, inside: float) -> float:
    while abs(inside - outside) > DELTA_TOLERANCE:
        middle = (inside + outside) / 2
        found = at(middle)
        if math.isnan(found.coef):
            return math.nan
        if found.ci_low <= 0 <= found.ci_high:
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2


def _rows(
    sweep: Sequence[float] | FloatArray, pooled: Sequence[Pooled], n_imputed: int
) -> pd.DataFrame:
    columns = ["m", "coef", "se", "df", "ci_low", "ci_high", "p_value"]
    rows = [
        (float(delta), n_imputed, *(getattr(each, name) for name in columns))
        for delta, each in zip(sweep, pooled, strict=True)
    ]
    return pd.DataFrame(rows, columns=["delta", "n_imputed", *columns])
