"""Covariates scaled so that differences between subjects can be added up."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from counterarm.arrays import BoolArray, FloatArray, columns_of, flags
from counterarm.design import (
    NUMERIC,
    as_frame,
    covariate_matrix,
    design_matrix,
    kinds_of,
)

DISTANCES = ("mahalanobis", "robust_mahalanobis", "scaled_euclidean", "euclidean")
# R's sqrt(.Machine$double.eps): a covariate of a smaller range does not vary.
_NO_RANGE = float(np.sqrt(np.finfo(float).eps))
_SINGULAR = 1e-8


def scaled_covariates(
    covariates: Any,
    treated: ArrayLike,
    distance: str = "mahalanobis",
    *,
    data: pd.DataFrame | None = None,
    discard: ArrayLike | None = None,
) -> FloatArray:
    """Return points, shape (n, p), whose Euclidean distance is `distance`.

    `covariates` is rows x terms, a DataFrame, or a list of names of columns of `data`;
    a text or categorical variable has a 0/1 column for every level, divided by the
    square root of 2, so that two subjects of different levels are as far apart as two
    that differ in a 0/1 variable. `treated` (0/1) has shape (n,) or names a column.

    `mahalanobis` is scaled by the covariance within arms, pooled, and
    `robust_mahalanobis` takes ranks in place of values, their covariance rescaled to
    that of ranks without ties (Rosenbaum 2010, section 8.3). `scaled_euclidean` divides
    each column by its SD within arms, pooled; `euclidean` does nothing. Who is marked
    in `discard` (0/1) has no part in these scales. Covariates that do not vary among
    the others have no part in the distance; in `scaled_euclidean` neither have those
    that do not vary within an arm, by which all pairs differ equally.

    Raises ValueError for missing values, other lengths, an unknown `distance` and
    covariates that are none. Source: MatchIt 4.7.2, `?distance`.
    """
    if distance not in DISTANCES:
        raise ValueError(f"distance: {distance!r} is not one of {', '.join(DISTANCES)}")
    treated, discard = columns_of(data, treated=treated, discard=discard)
    x = _columns(covariates, data)
    arms = flags(treated, "treated", len(x))
    kept = np.ones(len(x), dtype=bool)
    if discard is not None:
        kept = ~flags(discard, "discard", len(x))
    if not kept.any():
        return x[:, :1]
    varies = np.ptp(x[kept], axis=0) >= _NO_RANGE
    if distance == "scaled_euclidean":
        within = _sd_within(x[kept], arms[kept])
        varies &= within > 0
    if not varies.any():
        return x[:, :1]
    x = x[:, varies]
    if distance == "mahalanobis":
        x = x - _sum(x) / len(x)
        x = x / np.sqrt(_sum(x**2) / (len(x) - 1))
        return _turned(x, _covariance_within(x[kept], arms[kept]))
    if distance == "robust_mahalanobis":
        ranks = np.zeros_like(x)
        ranks[kept] = rankdata(x[kept], axis=0)
        covariance = _covariance(ranks[kept])
        n = int(kept.sum())
        factor = np.arange(1, n + 1).std(ddof=1) / np.sqrt(np.diag(covariance))
        return _turned(ranks, covariance * np.outer(factor, factor))
    if distance == "scaled_euclidean":
        return x / within[varies]
    return x


def _columns(covariates: Any, data: pd.DataFrame | None) -> FloatArray:
    frame = as_frame(covariates, data)
    if frame is None:
        return covariate_matrix(covariates, None, data)[0]
    parts = []
    for name, kind in kinds_of(frame):
        if kind == NUMERIC:
            parts.append(design_matrix(frame, [(name, kind)])[0])
            continue
        later = design_matrix(frame, [(name, kind)])[0]
        first = 1.0 - later.sum(axis=1, keepdims=True)
        parts.append(np.hstack([first, later]) / np.sqrt(2.0))
    return np.hstack(parts)


def _covariance_within(x: FloatArray, arms: BoolArray) -> FloatArray:
    centred = x.copy()
    n_arms = 0
    for arm in (arms, ~arms):
        if arm.any():
            centred[arm] -= _mean(x[arm])
            n_arms += 1
    n = len(x)
    return _covariance(centred) * (n - 1) / (n - n_arms)


def _covariance(x: FloatArray) -> FloatArray:
    centred = x.astype(np.longdouble) - _mean(x)
    p = x.shape[1]
    covariance = np.empty((p, p))
    for j in range(p):
        covariance[j] = _sum(centred * centred[:, [j]]) / (len(x) - 1)
    return covariance


# Two controls, one as much below a treated as the other above, are equally far on
# paper. Which of them is nearer in floats hangs on the last bits of the scales, so
# these follow R: sums in extended precision where there is one, and below the steps of
# its reference LAPACK, which other libraries take in another order.
def _sum(x: NDArray) -> FloatArray:
    return x.sum(axis=0, dtype=np.longdouble).astype(float)


def _mean(x: FloatArray) -> FloatArray:
    first = x.sum(axis=0, dtype=np.longdouble) / len(x)
    rest = (x - first).sum(axis=0) / len(x)
    return (first + rest).astype(float)


def _sd_within(x: FloatArray, arms: BoolArray) -> FloatArray:
    """Return the pooled SD of each column; p (1 - p) of each arm if it is 0 and 1."""
    n = len(x)
    total = np.zeros(x.shape[1])
    binary = np.isin(x, (0.0, 1.0)).all(axis=0)
    present = [arm for arm in (arms, ~arms) if arm.any()]
    for arm in present:
        centred = x[arm] - _mean(x[arm])
        total += _sum(centred**2)
    below = np.where(binary, n, n - len(present))
    return np.sqrt(total / below)


def _turned(x: FloatArray, covariance: FloatArray) -> FloatArray:
    """Return x R', where R'R is the inverse of the covariance."""
    if np.linalg.det(covariance) > _SINGULAR:
        inverse = _inverse(covariance)
    else:
        u, d, vt = np.linalg.svd(covariance)
        large = d > _SINGULAR * d[0]
        inverse = (vt.T[:, large] / d[large]) @ u.T[large]
    root = _root(inverse)
    turned = np.zeros((len(x), len(root)))
    for column, factor in zip(x.T, root.T, strict=True):
        turned += column[:, None] * factor
    return turned


def _inverse(matrix: FloatArray) -> FloatArray:
    """Return the inverse by elimination, step by step as R's own LAPACK (dgesv)."""
    lu, inverse = matrix.copy(), np.eye(len(matrix))
    for k in range(len(lu)):
        pivot = k + int(np.abs(lu[k:, k]).argmax())
        lu[[k, pivot]], inverse[[k, pivot]] = lu[[pivot, k]], inverse[[pivot, k]]
        lu[k + 1 :, k] *= 1.0 / lu[k, k]
        lu[k + 1 :, k + 1 :] -= np.outer(lu[k + 1 :, k], lu[k, k + 1 :])
    for k in range(len(lu)):
        inverse[k + 1 :] -= np.outer(lu[k + 1 :, k], inverse[k])
    for k in reversed(range(len(lu))):
        inverse[k] /= lu[k, k]
        inverse[:k] -= np.outer(lu[:k, k], inverse[k])
    return inverse


def _root(matrix: FloatArray) -> FloatArray:
    """Return R of R'R = matrix by Cholesky with pivots, as it may be singular."""
    p = len(matrix)
    left = np.triu(matrix) + np.triu(matrix, 1).T
    root = np.zeros((p, p))
    used = np.zeros(p)
    order = list(range(p))
    limit = p * np.finfo(float).eps / 2 * np.diag(matrix).max()
    for j in range(p):
        rest = order[j:]
        if j:
            used[rest] += root[j - 1, rest] ** 2
        remaining = np.diag(left)[rest] - used[rest]
        best = int(remaining.argmax())
        if remaining[best] <= limit:
            break
        order[j], order[j + best] = order[j + best], order[j]
        pivot, rest = order[j], order[j + 1 :]
        root[j, pivot] = np.sqrt(remaining[best])
        along = np.zeros(len(rest))
        for k in range(j):
            along += root[k, rest] * root[k, pivot]
        root[j, rest] = (left[pivot, rest] - along) * (1.0 / root[j, pivot])
    return root
