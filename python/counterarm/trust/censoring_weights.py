"""Inverse-probability-of-censoring weights, stabilised."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    flags,
    numbers,
    survival_times,
)
from counterarm.matching import NoScoreError, fit_propensity_score
from counterarm.survival import CoxFit, fit_cox
from counterarm.survival._robust import Cluster
from counterarm.units import MONTH

LEAST_UNCENSORED = 1e-8
# Newton's steps: how many, when they end, and how nearly singular they may be
STEPS = 15
CONVERGED = 1e-10
WORST_CONDITION = 1e10


@dataclass(frozen=True)
class CensoringWeights:
    """Subject-months with their weights; arrays have one element per month.

    `row` is the subject's place in the input, `month` counts from 1, `start` and `stop`
    are days, `event` is 1 in the month of a death. `weight` is empty where there is
    none, and `note` gives the reason. `truncated_at` holds the two limits of a
    truncation.
    """

    row: IntArray
    month: IntArray
    start: FloatArray
    stop: FloatArray
    event: IntArray
    weight: FloatArray
    denominator: FloatArray
    numerator: FloatArray
    truncated_at: tuple[float, float] | None
    note: str

    def summary(self) -> dict[str, float]:
        """Return mean (near 1 in a good model), min, max and p99 of the weights."""
        if not len(self.weight):
            return dict.fromkeys(("mean", "min", "max", "p99"), math.nan)
        return {
            "mean": float(self.weight.mean()),
            "min": float(self.weight.min()),
            "max": float(self.weight.max()),
            "p99": float(np.quantile(self.weight, 0.99)),
        }


def censoring_weights(
    time: ArrayLike,
    event: ArrayLike,
    treated: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str],
) -> CensoringWeights:
    """Weigh each subject-month by 1 / the probability of being followed until it.

    `time` in days, above 0; `covariates` is subjects x terms, named by `names`, known
    at the index. A pooled logistic model of being censored in a month, among months
    without an event: the denominator has month, month squared, arm and covariates, the
    numerator month, month squared and arm. The weight of a month is the product over
    the earlier months of (1 - numerator) / (1 - denominator).

    Nobody censored: all weights are 1. A model that does not converge or separates, or
    a probability of being followed of 1e-8 or less: no weights and a note.
    `denominator` and `numerator` of the result are the coefficients, intercept first.
    It is a remedy for leaving that depends on what was measured, and for no other.

    Source: Robins and Finkelstein 2000; Cole and Hernan 2008.
    """
    times, events = survival_times(time, event)
    if (times <= 0).any():
        raise ValueError(f"time: {int((times <= 0).sum())} values are not above 0")
    arm = flags(treated, "treated", len(times)).astype(float)
    x = np.asarray(covariates, dtype=float)
    if x.shape != (len(times), len(names)) or np.isnan(x).any():
        raise ValueError(f"covariates: shape {x.shape} or missing values")
    months = np.ceil(times / MONTH).astype(np.int64)
    row = np.repeat(np.arange(len(times)), months)
    month = np.concatenate([np.arange(1, k + 1) for k in months])
    is_last = month == months[row]
    died = is_last & events[row]
    base = CensoringWeights(
        row=row,
        month=month,
        start=(month - 1) * MONTH,
        stop=np.where(is_last, times[row], month * MONTH),
        event=died.astype(np.int64),
        weight=np.ones(len(row)),
        denominator=np.empty(0),
        numerator=np.empty(0),
        truncated_at=None,
        note="",
    )
    if events.all():
        return replace(base, note="nobody is censored: all weights are 1")
    common = np.column_stack([month, month.astype(float) ** 2, arm[row]])
    shared = ["month", "month squared", "arm"]
    censored = is_last & ~events[row]
    try:
        denominator, full = _uncensored(
            np.column_stack([common, x[row]]), censored, died, [*shared, *names]
        )
        numerator, plain = _uncensored(common, censored, died, shared)
    except NoScoreError as error:
        return replace(base, weight=np.empty(0), note=_without_weights(error))
    if full.min() <= LEAST_UNCENSORED:
        note = "no censoring weights: a subject is certain to be censored in a month"
        return replace(base, weight=np.empty(0), note=note)
    factor = np.log(plain) - np.log(full)
    total = np.cumsum(factor)
    first = np.flatnonzero(month == 1)
    before = total - factor  # the product ends with the month before
    return replace(
        base,
        weight=np.exp(before - np.repeat(before[first], months)),
        denominator=denominator,
        numerator=numerator,
    )


def truncate(weights: CensoringWeights, share: float = 0.01) -> CensoringWeights:
    """Cut the weights at the quantiles `share` and 1 - `share` over subject-months."""
    if not len(weights.weight):
        return weights
    low, high = np.quantile(weights.weight, [share, 1 - share])
    return replace(
        weights,
        weight=np.clip(weights.weight, low, high),
        truncated_at=(float(low), float(high)),
    )


def fit_weighted_cox(
    weights: CensoringWeights,
    covariates: ArrayLike,
    *,
    names: Sequence[str],
    cluster: Cluster = None,
) -> CoxFit:
    """Fit a Cox model on the weighted subject-months.

    `covariates` and `cluster` (matched sets, or a tuple of two ways; default: each
    subject) have one row per subject, as the weights' input. ValueError where there
    are no weights.
    """
    if not len(weights.weight):
        raise ValueError(weights.note)
    x = np.asarray(covariates, dtype=float)
    labels: Cluster = weights.row
    if isinstance(cluster, tuple):
        first, second = (np.asarray(way)[weights.row] for way in cluster)
        labels = first, second
    elif cluster is not None:
        labels = np.asarray(cluster)[weights.row]
    return fit_cox(
        weights.stop,
        weights.event,
        x[weights.row],
        names=names,
        entry=weights.start,
        weights=weights.weight,
        cluster=labels,
    )


def uncensored_before(at: ArrayLike, time: ArrayLike, event: ArrayLike) -> FloatArray:
    """Kaplan-Meier probability of being uncensored just before each time of `at`.

    On one day events leave before the censored.
    """
    times, events = survival_times(time, event)
    when, leaving = np.unique(times[~events], return_counts=True)
    ordered = np.sort(times)
    at_risk = len(times) - np.searchsorted(ordered, when, side="right") + leaving
    left = np.concatenate([[1.0], np.cumprod(1 - leaving / at_risk)])
    return left[np.searchsorted(when, numbers(at, "at"), side="left")]


def _without_weights(error: NoScoreError) -> str:
    """Say why being censored has no model, in the words of months and not of arms."""
    text, *_ = str(error).split(" (")
    for said, meant in (
        ("propensity score", "model of being censored"),
        ("the arms are separated", "months of censoring and others are separated"),
    ):
        text = text.replace(said, meant)
    return f"no censoring weights: {text}"


def _uncensored(
    design: FloatArray,
    censored: BoolArray,
    died: BoolArray,
    names: Sequence[str],
) -> tuple[FloatArray, FloatArray]:
    """Return coefficients and the probability of staying, for every subject-month."""
    coef = _pooled_logistic(design[~died], censored[~died], names)
    predictor = np.clip(coef[0] + design @ coef[1:], -700, 700)
    return coef, 1 / (1 + np.exp(predictor))


def _pooled_logistic(
    design: FloatArray, outcome: BoolArray, names: Sequence[str]
) -> FloatArray:
    """Return the coefficients of a logistic regression, intercept first.

    Newton's steps on standardised columns, as there are thousands of subject-months and
    a few columns. What does not converge is left to `fit_propensity_score`, which finds
    a slower way or names the column that separates.
    """
    mean, scale = design.mean(axis=0), design.std(axis=0)
    if (scale > 0).all() and outcome.any() and not outcome.all():
        x = np.column_stack([np.ones(len(design)), (design - mean) / scale])
        coef = _newton(x, outcome.astype(float))
        if coef is not None:
            slopes = coef[1:] / scale
            return np.concatenate([[coef[0] - slopes @ mean], slopes])
    return fit_propensity_score(design, outcome, names).coefficients


def _newton(x: FloatArray, y: FloatArray) -> FloatArray | None:
    """Maximise the logistic likelihood; None where a finite maximum is not reached."""
    coef = np.zeros(x.shape[1])
    coef[0] = np.log(y.mean() / (1 - y.mean()))
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ coef, -700, 700)))
        information = x.T @ (x * (p * (1 - p))[:, np.newaxis])
        if np.linalg.cond(information) > WORST_CONDITION:
            return None
        step = np.linalg.solve(information, x.T @ (y - p))
        coef = coef + step
        if np.abs(step).max() < CONVERGED:
            return coef
    return None
