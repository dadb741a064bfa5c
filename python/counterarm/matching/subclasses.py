"""Subclassification: subjects of similar scores as matched sets."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    columns_of,
    flags,
    numbers,
)
from counterarm.matching.quantiles import quantiles
from counterarm.matching.weights import NoWeightsError


def match_subclass(
    score: ArrayLike,
    treated: ArrayLike,
    subclasses: int = 6,
    *,
    data: pd.DataFrame | None = None,
    at_least: int = 1,
) -> IntArray:
    """Return the subclass of each subject, from 0 by ascending score; shape (n,).

    The bounds are quantiles of the score of the treated, so that subclasses have about
    as many treated each; those beyond the ends are in the outer ones. `score` and
    `treated` (0/1) have shape (n,) or name columns of `data`. A subclass that has fewer
    than `at_least` of an arm takes the nearest by score from a neighbouring one, so
    that nobody is left out; with 0, subclasses that lack an arm are -1. `set_weights`
    gives the weights of the effect in the treated.

    Raises NoWeightsError, a ValueError, for an arm with too few subjects for the
    subclasses. ValueError for missing values, other lengths, an empty arm and fewer
    than two subclasses.

    Source: Rosenbaum & Rubin 1984; MatchIt 4.7.2, `matchit(method = "subclass")`.
    """
    score, treated = columns_of(data, score=score, treated=treated)
    x = numbers(score, "score")
    arms = flags(treated, "treated", len(x))
    if subclasses != int(subclasses) or subclasses < 2:
        raise ValueError(f"subclasses: {subclasses} is not a whole number from 2")
    if at_least != int(at_least) or at_least < 0:
        raise ValueError(f"at_least: {at_least} is not a whole number from 0")
    if not arms.any() or arms.all():
        raise ValueError("treated: an arm is empty")
    shares = np.arange(subclasses + 1) * (1.0 / subclasses)
    shares[-1] = 1.0
    bounds = quantiles(x[arms], shares)
    found = np.searchsorted(bounds, x, side="right") - 1
    found = np.unique(np.clip(found, 0, int(subclasses) - 1), return_inverse=True)[
        1
    ].astype(np.intp)
    n = int(found.max()) + 1
    for arm, label in ((arms, "treated"), (~arms, "control")):
        if arm.sum() < n * at_least:
            raise NoWeightsError(
                f"subclasses: {n} of at least {at_least} need {n * at_least} {label} "
                f"subjects, not {int(arm.sum())}"
            )
    if at_least == 0:
        whole = np.intersect1d(found[arms], found[~arms])
        number = np.full(n, -1, dtype=np.intp)
        number[whole] = np.arange(len(whole))
        return number[found]
    # the arm of the first subject first, as MatchIt
    for arm in (arms, ~arms) if arms[0] else (~arms, arms):
        _fill(found, x, arm, n, int(at_least))
    return found


def _fill(
    found: IntArray, x: FloatArray, arm: BoolArray, n: int, at_least: int
) -> None:
    """Move members of an arm until every subclass has enough, in place."""
    members = np.flatnonzero(arm)
    for wanted in range(1, at_least + 1):
        while True:
            # beyond what was wanted before
            spare = np.bincount(found[members], minlength=n) - (wanted - 1)
            if (spare > 0).all():
                break
            empty = int(np.flatnonzero(spare <= 0)[0])
            from_left = _comes_from_left(spare, empty)
            if from_left:
                giver = int(np.flatnonzero(spare[:empty] > 0)[-1])
            else:
                giver = empty + 1 + int(np.flatnonzero(spare[empty + 1 :] > 0)[0])
            own = members[found[members] == giver]
            values = x[own] if from_left else -x[own]
            # of equal ones the last
            found[own[len(own) - 1 - int(values[::-1].argmax())]] = empty


def _comes_from_left(spare: IntArray, empty: int) -> bool:
    if empty in (0, len(spare) - 1):
        return empty != 0
    others = np.flatnonzero(spare > 1)
    others = others[others != empty]
    return bool(((spare[others] - 1) / (others - empty)).sum() <= 0)
