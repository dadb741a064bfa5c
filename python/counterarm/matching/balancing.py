"""Weights of the controls that make them like the treated, without a score."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.spatial.distance import cdist

from counterarm.arrays import BoolArray, FloatArray, columns_of, flags
from counterarm.design import covariate_matrix
from counterarm.matching.weights import NoWeightsError

_ROUNDS = 200
# In SD of a covariate; quadratic convergence overshoots it by far.
_EXACT = 1e-10
# A matrix of controls times controls has to fit into memory: some 2 GB.
MOST_CONTROLS = 15_000


def entropy_weights(
    covariates: Any,
    treated: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    moments: int | Mapping[str, int] = 1,
) -> FloatArray:
    """Return weights that balance means exactly and are as even as can be; shape (n,).

    `covariates` is rows x terms, a DataFrame, or a list of names of columns of `data`;
    text and categories become 0/1 columns, so that the share of every level is
    balanced. `treated` (0/1) has shape (n,) or names a column. With `moments` 2 the
    means of the squares, and so the variances, are balanced too, with 3 those of the
    cubes; a mapping gives them by covariate, 1 for the others. The treated weigh 1; the
    controls weigh as much in all as the treated, and of all such weights those are
    taken whose entropy is largest. So the effect is that in the treated (ATT).

    Raises NoWeightsError, a ValueError, where no weights above 0 do so: the means of
    the treated lie beyond the controls. ValueError for missing values, other lengths,
    an empty arm, and moments of no covariate.

    Source: Hainmueller 2012, doi 10.1093/pan/mpr025.
    """
    x, names, arms = _inputs(covariates, treated, data)
    columns, labels = _with_moments(x, names, moments)
    base = columns[arms]
    spread = columns.std(axis=0)
    varies = spread > 0
    gap = (columns[~arms] - base.mean(axis=0))[:, varies] / spread[varies]
    labels = [name for name, kept in zip(labels, varies, strict=True) if kept]
    shares = _tilted(gap, labels)
    weights = np.ones(len(arms))
    weights[~arms] = shares * arms.sum()
    return weights


def _tilted(gap: FloatArray, names: Sequence[str]) -> FloatArray:
    """Return shares proportional to exp(gap b), of which the mean of `gap` is 0.

    b minimises the convex log sum exp(gap b), by Newton's method with step halving.
    """
    b = np.zeros(gap.shape[1])
    value, shares = _log_sum(gap @ b)
    for _ in range(_ROUNDS):
        mean = shares @ gap
        if np.abs(mean).max(initial=0.0) < _EXACT:
            return shares
        hessian = (gap * shares[:, None]).T @ gap - np.outer(mean, mean)
        step = np.linalg.lstsq(hessian, mean, rcond=1e-12)[0]
        size = 1.0
        while size > 1e-10:
            new, new_shares = _log_sum(gap @ (b - size * step))
            if new <= value - 1e-4 * size * (mean @ step):
                break
            size /= 2.0
        else:
            break
        b, value, shares = b - size * step, new, new_shares
    if np.abs(shares @ gap).max() < 1e-8:
        return shares
    beyond = [
        name
        for name, column in zip(names, gap.T, strict=True)
        if column.min() > 0 or column.max() < 0
    ]
    where = f": of {', '.join(beyond)} alone already" if beyond else ", taken together"
    raise NoWeightsError(
        "the means of the treated lie beyond those that weights above 0 can give the "
        f"controls{where}"
    )


def _log_sum(exponent: FloatArray) -> tuple[float, FloatArray]:
    highest = float(exponent.max())
    terms = np.exp(exponent - highest)
    total = float(terms.sum())
    return highest + float(np.log(total)), terms / total


def _with_moments(
    x: FloatArray, names: Sequence[str], moments: int | Mapping[str, int]
) -> tuple[FloatArray, list[str]]:
    """Add the powers of standardised columns that are asked for."""
    if isinstance(moments, Mapping):
        for name in moments:
            if not any(name in (own, own.split("=")[0]) for own in names):
                raise ValueError(f"moments: {name!r} is no covariate")
    columns, labels = list(x.T), list(names)
    for name, column in zip(names, x.T, strict=True):
        power = moments.get(name, 1) if isinstance(moments, Mapping) else moments
        if power not in (1, 2, 3):
            raise ValueError(f"moments, {name}: {power} is none of 1, 2, 3")
        if np.isin(column, (0.0, 1.0)).all():
            continue
        centred = (column - column.mean()) / (column.std() or 1.0)
        for exponent in range(2, power + 1):
            columns.append(centred**exponent)
            labels.append(f"{name}^{exponent}")
    return np.column_stack(columns), labels


def energy_weights(
    covariates: Any,
    treated: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    penalty: float = 1e-4,
) -> FloatArray:
    """Return weights that bring the controls' joint distribution nearest; shape (n,).

    Arguments as those of `entropy_weights`. The treated weigh 1; the controls weigh as
    much in all as the treated, none less than 0. Their shares s minimise the energy
    distance between the weighted controls and the treated, 2 s'a - s'Ds, plus
    penalty/2 times s's, which keeps weights even where it costs next to nothing. D
    holds the Euclidean distances between controls, a the mean distances of each to the
    treated, covariates divided by their SD over all subjects (of 0 and 1:
    sqrt(p(1-p))). The effect is that in the treated (ATT).

    Raises NoWeightsError, a ValueError, for more than 15,000 controls: memory grows
    with their square. ValueError for missing values, other lengths, an empty arm, and a
    penalty not above 0.

    Source: Huling & Mak 2024, doi 10.1093/jrsssb/qkad139; WeightIt,
    `method = "energy"`, for scale and penalty.
    """
    x, _, arms = _inputs(covariates, treated, data)
    if not 0 < penalty < np.inf:
        raise ValueError(f"penalty: {penalty} is not above 0")
    if (~arms).sum() > MOST_CONTROLS:
        raise NoWeightsError(
            f"{int((~arms).sum())} controls, where energy balancing has "
            f"memory for {MOST_CONTROLS}"
        )
    binary = np.isin(x, (0.0, 1.0)).all(axis=0)
    spread = np.where(binary, x.std(axis=0), x.std(axis=0, ddof=1))
    points = x[:, spread > 0] / spread[spread > 0]
    controls, to_treated = points[~arms], np.zeros(int((~arms).sum()))
    step = max(1, 5_000_000 // max(1, len(controls)))
    for first in range(0, int(arms.sum()), step):
        to_treated += cdist(controls, points[arms][first : first + step]).sum(axis=1)
    # On shares that add up to 1 the same as with a matrix that is positive definite,
    # by the way over a point in the middle (Schoenberg).
    middle = cdist(controls, controls.mean(axis=0, keepdims=True))[:, 0]
    matrix = cdist(controls, controls)
    np.negative(matrix, out=matrix)
    matrix += middle[:, None] + middle
    matrix *= 2.0
    matrix[np.diag_indices_from(matrix)] += penalty
    linear = 2.0 * (to_treated / arms.sum() - middle)
    weights = np.ones(len(arms))
    weights[~arms] = _least_on_simplex(matrix, linear) * arms.sum()
    return weights


def _least_on_simplex(matrix: NDArray, linear: FloatArray) -> FloatArray:
    """Return s >= 0 with sum 1 at which s'Ms/2 + linear's is least.

    Block principal pivoting (Judice & Pires 1994): guess which are above 0, solve for
    those, exchange all that violate a condition; if that brings nothing, only the last
    of them, which always ends.
    """
    n = len(linear)
    free = np.ones(n, dtype=bool)
    fewest, chances = n + 1, 10
    tolerance = 1e-12 * max(1.0, float(np.abs(linear).max(initial=0.0)))
    for _ in range(10 * n + 100):
        shares, level = _solved(matrix, linear, free)
        slope = matrix @ shares + linear - level
        wrong = np.where(free, shares < 0.0, slope < -tolerance)
        n_wrong = int(wrong.sum())
        if n_wrong == 0:
            return shares
        if n_wrong < fewest:
            fewest, chances = n_wrong, 10
        elif chances > 0:
            chances -= 1
        else:
            last = int(np.flatnonzero(wrong)[-1])
            wrong = np.arange(n) == last
        free ^= wrong
        if not free.any():
            free[int(linear.argmin())] = True
    raise NoWeightsError("energy balancing did not converge")


def _solved(
    matrix: NDArray, linear: FloatArray, free: BoolArray
) -> tuple[FloatArray, float]:
    """Return the least shares with sum 1, those not free 0, and the level."""
    factor = cho_factor(matrix[np.ix_(free, free)], lower=True, check_finite=False)
    sides = np.column_stack([np.ones(int(free.sum())), linear[free]])
    ones, slope = cho_solve(factor, sides, check_finite=False).T
    level = (1.0 + slope.sum()) / ones.sum()
    shares = np.zeros(len(linear))
    shares[free] = level * ones - slope
    return shares, float(level)


def _inputs(
    covariates: Any, treated: ArrayLike, data: pd.DataFrame | None
) -> tuple[FloatArray, tuple[str, ...], BoolArray]:
    (treated,) = columns_of(data, treated=treated)
    x, names = covariate_matrix(covariates, None, data)
    arms = flags(treated, "treated", len(x))
    if not x.shape[1]:
        raise ValueError("covariates: none")
    if not arms.any() or arms.all():
        raise ValueError("treated: an arm is empty")
    return x, names, arms
