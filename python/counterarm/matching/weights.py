"""Weights of subjects: by matched set, and by propensity score."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import (
    FloatArray,
    columns_of,
    flags,
    numbers,
)

ESTIMANDS = ("ATT", "ATO")


class NoWeightsError(ValueError):
    """These subjects have no weights with the properties that were asked for."""


def set_weights(
    treated: ArrayLike, sets: ArrayLike, *, data: pd.DataFrame | None = None
) -> FloatArray:
    """Return weights for the effect in the treated (ATT), shape (n,).

    `sets` holds the number of the matched set (or exact stratum) of each subject,
    negative for none. A treated subject of a set with controls weighs 1, each of its
    controls treated / controls of the set; everybody else, and everybody of a set
    that lacks an arm, 0. So the controls weigh as much in all as the treated. MatchIt
    multiplies the weights of the controls by a constant, which changes no mean, no
    SMD and no effective sample size.

    Raises ValueError for a missing or fractional number of a set, and other lengths.

    Source: MatchIt, `?matchit`, "Matching weights", estimand ATT.
    """
    treated, sets = columns_of(data, treated=treated, sets=sets)
    given = numbers(sets, "sets")
    codes = given.astype(np.intp)
    fractional = np.flatnonzero(codes != given)
    if len(fractional):
        row = fractional[0]
        raise ValueError(f"sets: {given[row]:g} in row {row} is not a whole number")
    arms = flags(treated, "treated", len(codes))
    weights = np.zeros(len(codes))
    if not (codes >= 0).any():
        return weights
    size = int(codes.max()) + 1
    member = codes >= 0
    n_treated = np.bincount(codes[member & arms], minlength=size)
    n_control = np.bincount(codes[member & ~arms], minlength=size)
    whole = member & (n_treated[codes] > 0) & (n_control[codes] > 0)
    weights[whole & arms] = 1.0
    controls = whole & ~arms
    weights[controls] = n_treated[codes[controls]] / n_control[codes[controls]]
    return weights


def score_weights(
    score: ArrayLike,
    treated: ArrayLike,
    estimand: str,
    *,
    data: pd.DataFrame | None = None,
) -> FloatArray:
    """Return weights from the probability of treatment, shape (n,).

    ATT (effect in the treated): treated 1, control score / (1 - score). ATO (effect in
    the overlap population, those who might as well have been in either arm): treated
    1 - score, control score. Neither is scaled nor cut off.

    Raises ValueError for missing values, other lengths, an unknown `estimand`, and a
    score that is not between 0 and 1, ends left out.

    Source: WeightIt, `weightit(estimand = "ATT")` and `"ATO"`; Li, Morgan &
    Zaslavsky 2018 for the overlap weights.
    """
    score, treated = columns_of(data, score=score, treated=treated)
    x = numbers(score, "score")
    arms = flags(treated, "treated", len(x))
    if estimand not in ESTIMANDS:
        raise ValueError(f"estimand: {estimand!r} is not one of {', '.join(ESTIMANDS)}")
    if ((x <= 0) | (x >= 1)).any():
        raise ValueError("score: all must be above 0 and below 1")
    if estimand == "ATT":
        return np.where(arms, 1.0, x / (1.0 - x))
    return np.where(arms, 1.0 - x, x)


def effective_sample_size(weights: ArrayLike) -> float:
    """Return (sum w)^2 / sum w^2, the subjects of equal weight that inform as much.

    0 where nobody has a weight. ValueError for missing weights. Source: Kish 1965;
    MatchIt, WeightIt and cobalt.
    """
    w = numbers(weights, "weights")
    below = float((w**2).sum())
    return float(w.sum()) ** 2 / below if below > 0 else 0.0
