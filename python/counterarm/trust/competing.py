"""Competing risks: cumulative incidence, Gray's test, Fine-Gray regression."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from counterarm.arrays import (
    FloatArray,
    IntArray,
    codes,
    follow_up,
    numbers,
    positive_weights,
)
from counterarm.survival import CoxFit, fit_cox
from counterarm.survival._robust import cluster_codes
from counterarm.ties import tied
from counterarm.trust.censoring_weights import uncensored_before


@dataclass(frozen=True)
class CumulativeIncidence:
    """Probability of each cause by distinct observed time, ascending.

    `incidence` and `std_err` are times x causes, the causes in the order of `causes`;
    the standard error is the infinitesimal jackknife, as that of R's `survfit`.
    """

    time: FloatArray
    n_risk: IntArray
    causes: tuple[int, ...]
    incidence: FloatArray
    std_err: FloatArray

    def at(self, times: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return incidence and standard error at times, 0 before the first."""
        place = np.searchsorted(self.time, np.asarray(times, float), side="right")
        zero = np.zeros((1, len(self.causes)))
        return (
            np.vstack([zero, self.incidence])[place],
            np.vstack([zero, self.std_err])[place],
        )


@dataclass(frozen=True)
class GrayTest:
    """Gray's test of equal incidence of one cause; score and variance of all but one.

    `score` has an element per group but the last of `groups`, in sorted order.
    """

    statistic: float
    df: int
    p_value: float
    score: FloatArray
    variance: FloatArray
    groups: tuple[str, ...]


def aalen_johansen(
    time: ArrayLike,
    state: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    causes: Sequence[int] | None = None,
) -> CumulativeIncidence:
    """Estimate the probability of each cause where one precludes the others.

    `state` is 0 if censored, else the number of the cause; `causes` names those that
    are wanted, by default those that occur. On one day events come before censoring.
    With `entry` (delayed entry) a row is at risk at t if entry < t <= time. With case
    `weights`, above 0, and `cluster` (labels of rows whose influence adds up) the
    standard error stays the infinitesimal jackknife, of weighted rows summed over
    clusters.

    ValueError without any event, unless causes are named; for a cause below 1, an entry
    that is not before its time, and weights not above 0.
    Source: Aalen and Johansen 1978; R `survfit` of a multi-state `Surv`, with `id`
    and `weights`.
    """
    times, states = _inputs(time, state)
    if causes is None:
        causes = [int(cause) for cause in np.unique(states[states > 0])]
        if not causes:
            raise ValueError("state: no events")
    elif min(causes) < 1:
        raise ValueError(f"causes: {min(causes)} is not from 1")
    entries = None
    if entry is not None:
        times, _, entries = follow_up(times, states > 0, entry)
    weight = positive_weights(weights, len(times))
    distinct, index = np.unique(times, return_inverse=True)
    at_risk = distinct[None, :] <= times[:, None]
    if entries is not None:
        at_risk &= entries[:, None] < distinct[None, :]
    n_weighted = weight @ at_risk
    is_now = index[:, None] == np.arange(len(distinct))[None, :]
    every = sorted({*causes, *np.unique(states[states > 0]).tolist()})
    hazard, moved = {}, {}
    for cause in every:
        events = is_now & (states == cause)[:, None]
        hazard[cause] = weight @ events / n_weighted
        # by how much a row's weight moves the hazard
        moved[cause] = weight[:, None] * (events - at_risk * hazard[cause]) / n_weighted
    total = np.sum(list(hazard.values()), axis=0)
    survival = np.concatenate([[1.0], np.cumprod(1 - total)])[:-1]
    left = np.where(total < 1, 1 - total, 1.0)
    log_moved = -np.cumsum(np.sum(list(moved.values()), axis=0) / left, axis=1)
    before = np.column_stack([np.zeros(len(times)), log_moved[:, :-1]]) * survival
    clusters = cluster_codes(cluster, len(times))[0]
    incidence, std_err = [], []
    for cause in causes:
        # sums of steps may pass 1 by a rounding error
        incidence.append(np.minimum(np.cumsum(survival * hazard[cause]), 1.0))
        influence = np.cumsum(before * hazard[cause] + survival * moved[cause], axis=1)
        summed = np.zeros((int(clusters.max()) + 1, len(distinct)))
        np.add.at(summed, clusters, influence)
        std_err.append(np.sqrt((summed**2).sum(axis=0)))
    return CumulativeIncidence(
        time=distinct,
        n_risk=at_risk.sum(axis=0),
        causes=tuple(causes),
        incidence=np.column_stack(incidence),
        std_err=np.column_stack(std_err),
    )


def gray_test(
    time: ArrayLike, state: ArrayLike, group: ArrayLike, cause: int
) -> GrayTest:
    """Test whether the incidence of `cause` is the same in all groups (rho 0).

    `state` is 0 if censored, else the number of the cause. ValueError for one group
    and for a cause that nobody has.
    Source: Gray 1988; R cmprsk `cuminc`, whose variance this is.
    """
    times, states = _inputs(time, state)
    labels, own = codes(group, "group", len(times))
    k = len(labels)
    if k < 2:
        raise ValueError("group: one group only")
    if not (states == cause).any():
        raise ValueError(f"cause: nobody has {cause}")
    sums = _GraySums(k)
    at_risk = np.bincount(own, minlength=k).astype(float)
    for t in np.unique(times):
        now = times == t
        d1 = np.bincount(own[now & (states == cause)], minlength=k).astype(float)
        other = now & (states > 0) & (states != cause)
        d2 = np.bincount(own[other], minlength=k).astype(float)
        if d1.any() or d2.any():
            sums.add(at_risk, d1, d2)
        at_risk = at_risk - np.bincount(own[now], minlength=k)
    score, variance = sums.score[:-1], sums.variance()[:-1, :-1]
    statistic = float(score @ np.linalg.pinv(variance) @ score)
    df = int(np.linalg.matrix_rank(variance))
    return GrayTest(
        statistic=statistic,
        df=df,
        p_value=float(chi2.sf(statistic, df)) if df else math.nan,
        score=score,
        variance=variance,
        groups=tuple(str(label) for label in labels),
    )


class _GraySums:
    """The running sums of Gray's score and of its variance, over event days."""

    def __init__(self, k: int):
        self.score = np.zeros(k)
        self._survival = np.ones(k)  # of any cause, by group, before the day
        self._incidence = np.zeros(k)  # of the cause, by group
        self._pooled = 0.0  # incidence of the cause under the hypothesis
        self._c = np.zeros((k, k))
        self._v1 = np.zeros((k, k))
        self._v2 = np.zeros((k, k))
        self._v3 = np.zeros(k)

    def add(self, at_risk: FloatArray, d1: FloatArray, d2: FloatArray) -> None:
        """Add a day with `d1` events of the cause and `d2` others, by group."""
        here = (at_risk > 0) & (self._survival > 0)
        risk = np.where(here, at_risk, 1.0)
        before = np.where(here, self._survival, 1.0)
        scaled = np.where(here, at_risk / before, 0.0)
        after = np.where(here, before * (risk - d1 - d2) / risk, self._survival)
        total, deaths = scaled.sum(), d1.sum()
        expected = scaled * (1 - self._incidence)
        a = np.diag(scaled) - np.outer(scaled, scaled) / total
        pooled = self._pooled + deaths / total
        self._c += a * deaths / (total * (1 - self._pooled))
        lives = after > 0
        share_left = np.where(lives, (1 - pooled) / np.where(lives, after, 1.0), 0.0)
        if deaths:
            self.score += d1 - deaths * expected / expected.sum()
            shared = 1 - (deaths - 1) / (total * before - 1) if deaths > 1 else 1.0
            size = np.where(here, shared * before * deaths / (total * risk), 0.0)
            self._move(a - (1 - share_left) * self._c, 1 - share_left, size)
        if d2.any():
            use = here & lives & (d2 > 0)
            shared = np.where(d2 > 1, 1 - (d2 - 1) / np.maximum(risk - 1, 1), 1.0)
            size = np.where(use, shared * before**2 * d2 / risk**2, 0.0)
            self._move(share_left * self._c, -share_left, size)
        self._incidence = self._incidence + np.where(here, before * d1 / risk, 0.0)
        self._survival, self._pooled = after, pooled

    def variance(self) -> FloatArray:
        """Return the covariance of the scores of all groups."""
        mixed = self._c @ self._v2.T
        return self._v1 + (self._c * self._v3) @ self._c.T + mixed + mixed.T

    def _move(self, left: FloatArray, right: FloatArray, size: FloatArray) -> None:
        self._v1 += (left * size) @ left.T
        self._v2 += left * right * size
        self._v3 += right**2 * size


def fine_gray(
    time: ArrayLike,
    state: ArrayLike,
    covariates: ArrayLike,
    cause: int,
    *,
    names: Sequence[str],
    cluster: ArrayLike | None = None,
) -> CoxFit:
    """Regress the subdistribution hazard of `cause` on covariates.

    Who has another event stays at risk with the weight G(t-) / G(T-), G the
    Kaplan-Meier probability of being uncensored. The fit is a weighted Cox model with
    Breslow's ties, its variance robust by subject, as R's `survival::finegray` has it,
    or by `cluster`, labels of subjects that belong together; `crr` adds the uncertainty
    of G to the variance.
    ValueError as `fit_cox`, and for a cause that nobody has.
    Source: Fine and Gray 1999; R `survival::finegray`, cmprsk `crr`.
    """
    times, states = _inputs(time, state)
    if not (states == cause).any():
        raise ValueError(f"cause: nobody has {cause}")
    x = np.asarray(covariates, dtype=float)
    moved_on = np.flatnonzero((states > 0) & (states != cause))
    observed = (states > 0).astype(float)
    # weights only matter on days of events of the cause
    days = np.unique(times[states == cause])
    weight_then = uncensored_before(days, times, observed)
    own_weight = uncensored_before(times, times, observed)
    row, entry, stop, weight = [np.arange(len(times))], [], [times], []
    entry.append(np.full(len(times), min(0.0, times.min()) - 1))
    weight.append(np.ones(len(times)))
    for i in moved_on:
        later = days > times[i]
        n = int(later.sum())
        row.append(np.full(n, i))
        entry.append(np.concatenate([[times[i]], days[later][:-1]])[:n])
        stop.append(days[later])
        weight.append(weight_then[later] / own_weight[i])
    rows = np.concatenate(row)
    is_event = np.zeros(len(rows))
    is_event[: len(times)] = states == cause
    return fit_cox(
        np.concatenate(stop),
        is_event,
        x[rows],
        names=names,
        entry=np.concatenate(entry),
        weights=np.concatenate(weight),
        cluster=rows if cluster is None else np.asarray(cluster)[rows],
        ties="breslow",
    )


def _inputs(time: ArrayLike, state: ArrayLike) -> tuple[FloatArray, IntArray]:
    times = tied(numbers(time, "time"))
    states = numbers(state, "state", len(times))
    if len(times) == 0:
        raise ValueError("time: no rows")
    if ((states < 0) | (states != np.round(states))).any():
        raise ValueError("state: only 0 (censored) and numbers of causes are allowed")
    return times, states.astype(np.int64)
