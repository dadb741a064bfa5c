"""Logistic regression by iteratively reweighted least squares, as R's `glm` fits it.

The steps are those of statsmodels' GLM, to the last bit, without what it works out
besides: a placebo analysis fits hundreds of scores, and importing statsmodels alone
takes longer than they do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterarm.arrays import BoolArray, FloatArray

# A Newton step gains a good fit a digit or more, a separated one adds about 1 to its
# coefficient for ever: R stops at 25 too.
MAX_ITERATIONS = 25
COEFFICIENT_TOLERANCE = 1e-10
_EPS = float(np.finfo(float).eps)
# Singular values below this share of the largest are none.
_RANK_TOLERANCE = 1e-15


@dataclass(frozen=True)
class LogisticFit:
    """Coefficients, one per column; those of the last two steps; whether they agree."""

    coefficients: FloatArray
    last_steps: tuple[FloatArray, FloatArray]
    converged: bool


def fit_logistic(matrix: NDArray, arms: BoolArray) -> LogisticFit:
    """Fit the probability of True by maximum likelihood.

    `matrix` is rows x columns, with its own column of ones; `arms` one flag per row.
    Raises `numpy.linalg.LinAlgError` where a step cannot be solved. Where the arms are
    separated it does not converge: coefficients grow with every step.

    Source: McCullagh & Nelder 1989, section 2.5; R `glm.fit`.
    """
    y = arms.astype(float)
    mu = (y + 0.5) / 2
    predictor = np.log(mu / (1.0 - mu))
    before = now = np.zeros(matrix.shape[1])
    converged = False
    with np.errstate(all="ignore"):
        for _ in range(MAX_ITERATIONS):
            within = np.clip(mu, _EPS, 1.0 - _EPS)
            variance = within * (1 - within)
            slope = 1.0 / variance
            half = np.sqrt(1.0 / (slope**2 * variance))
            weighted = half[:, None] * matrix
            target = half * (predictor + slope * (y - mu))
            before, now = now, np.linalg.lstsq(weighted, target, rcond=-1)[0]
            predictor = np.dot(matrix, now)
            mu = 1.0 / (1.0 + np.exp(-predictor))
            converged = bool((np.abs(before - now) <= COEFFICIENT_TOLERANCE).all())
            if converged:
                break
    inverse = _pseudo_inverse(weighted)
    return LogisticFit(np.dot(inverse, target), (before, now), converged)


def _pseudo_inverse(matrix: NDArray) -> NDArray:
    u, values, vt = np.linalg.svd(matrix, full_matrices=False)
    is_there = values > _RANK_TOLERANCE * values.max()
    inverted = np.where(is_there, 1.0 / np.where(is_there, values, 1.0), 0.0)
    return np.dot(vt.T, inverted[:, None] * u.T)
