"""Propensity scores: the design matrix and the logistic regression.

Formula and convergence follow `matchit(distance = "glm")`, that is R's
`glm(family = binomial)`: fitted probabilities, an intercept, treatment contrasts.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import ArrayLike, NDArray
from statsmodels.genmod.generalized_linear_model import GLMResults
from statsmodels.tools.sm_exceptions import (
    DomainWarning,
    PerfectSeparationError,
    PerfectSeparationWarning,
)

from counterarm.matching._checks import as_arms, as_floats

# A Newton step gains a good fit a digit or more, a separated one adds about 1 to its
# coefficient for ever: R stops at 25 too.
_MAX_ITERATIONS = 25
_COEFFICIENT_TOLERANCE = 1e-10
# A column is dependent if less than this share of it is left by the columns before.
_DEPENDENCE_TOLERANCE = 1e-9


class NoScoreError(ValueError):
    """These subjects have no score: a covariate separates the arms or never varies."""


@dataclass(frozen=True, eq=False)
class PropensityScore:
    """A fitted score, one element per subject, and the model that gave it.

    `score` is the probability of being treated, `linear_predictor` its logit.
    `coefficients` holds the intercept, then one value per column of `names`, per
    unit of that column.
    """

    score: NDArray[np.float64]
    linear_predictor: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    names: tuple[str, ...]


def design_matrix(
    columns: pd.DataFrame, terms: Sequence[tuple[str, str]]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Turn covariates into numbers; return the design, shape (n, p), and p names.

    `terms` lists (variable, kind), kind `numeric` or `categorical`. A numeric term
    is one column named like the variable. A categorical term gives a 0/1 column
    `variable=LEVEL` for each level but the first in byte order, which is the
    reference (R's treatment contrasts); with one level only it gives none. No
    intercept column.

    Raises ValueError, naming the variable, for an unknown variable or kind, a
    variable given twice, missing values, and text in a numeric variable.
    """
    parts: list[NDArray] = []
    names: list[str] = []
    seen: set[str] = set()
    for variable, kind in terms:
        if variable not in columns.columns:
            raise ValueError(f"no column {variable!r} for a term of that name")
        if variable in seen:
            raise ValueError(f"term {variable!r} is given twice")
        seen.add(variable)
        values = columns[variable]
        if values.isna().any():
            raise ValueError(f"{variable} has {values.isna().sum()} missing values")
        if kind == "numeric":
            parts.append(as_floats(values, variable))
            names.append(variable)
        elif kind == "categorical":
            levels = values.astype(str)
            for level in sorted(levels.unique(), key=str.encode)[1:]:
                parts.append((levels == level).to_numpy(dtype=float))
                names.append(f"{variable}={level}")
        else:
            raise ValueError(
                f"{variable} has kind {kind!r}, expected numeric or categorical"
            )
    matrix = np.column_stack(parts) if parts else np.empty((len(columns), 0))
    return matrix, tuple(names)


def fit_propensity_score(
    design: ArrayLike, treated: ArrayLike, names: Sequence[str] | None = None
) -> PropensityScore:
    """Fit the probability of treatment by logistic regression.

    `design` has shape (n, p) and no intercept column, `treated` shape (n,) with 0
    and 1, `names` p names for the messages. Rows with equal covariates get bit-equal
    scores, and neither the scores nor the coefficients depend on the order of rows.

    Raises ValueError for missing values and an empty arm, and its kind NoScoreError for
    a constant column, a column that is a linear combination of earlier ones, and arms
    that the covariates separate, so that no finite maximum likelihood estimate exists.
    """
    matrix = np.asarray(design)
    if matrix.ndim != 2:
        raise ValueError(f"design has shape {matrix.shape}, expected (n, p)")
    names = _column_names(names, matrix.shape[1])
    matrix = np.column_stack(
        [np.empty((len(matrix), 0))]
        + [as_floats(matrix[:, j], name) for j, name in enumerate(names)]
    )
    arms = as_arms(treated, len(matrix))
    for label, size in (("treated", arms.sum()), ("control", (~arms).sum())):
        if size == 0:
            raise ValueError(f"the {label} arm is empty")
    _refuse_dependent_columns(matrix, names)

    # Sums over rows depend on their order in the last bits, hence one fixed order.
    order = np.lexsort((*matrix.T, arms))
    coefficients = _fit_logistic(matrix[order], arms[order], names)

    # A matrix product may add in another order for rows at the edge of a block.
    linear_predictor = np.full(len(matrix), coefficients[0])
    for column, coefficient in zip(matrix.T, coefficients[1:], strict=True):
        linear_predictor += coefficient * column
    # exp of a vector's tail may take another code path than its body.
    distinct, where = np.unique(linear_predictor, return_inverse=True)
    score = (1.0 / (1.0 + np.exp(-distinct)))[where]
    return PropensityScore(score, linear_predictor, coefficients, names)


def _column_names(names: Sequence[str] | None, p: int) -> tuple[str, ...]:
    if names is None:
        return tuple(f"column {j}" for j in range(p))
    if len(names) != p:
        raise ValueError(f"{len(names)} names for {p} columns of the design")
    return tuple(names)


def _refuse_dependent_columns(matrix: NDArray, names: Sequence[str]) -> None:
    """Raise NoScoreError for the first constant or linearly dependent column."""
    constant = [name for name, x in zip(names, matrix.T, strict=True) if np.ptp(x) == 0]
    if constant:
        raise NoScoreError(
            f"{constant[0]} is constant: every subject has the same value"
        )
    centred = matrix - matrix.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=0)
    for j in range(1, len(names)):
        before = centred[:, :j]
        weights = np.linalg.lstsq(before, centred[:, j], rcond=None)[0]
        left = np.linalg.norm(centred[:, j] - before @ weights)
        if left < _DEPENDENCE_TOLERANCE:
            involved = [names[k] for k in np.flatnonzero(np.abs(weights) > 1e-6)]
            raise NoScoreError(
                f"{names[j]} is collinear: a linear combination of "
                f"{', '.join(involved)}"
            )


def _fit_logistic(matrix: NDArray, arms: NDArray, names: Sequence[str]) -> NDArray:
    """Return the intercept and slopes, fitted on standardised columns."""
    centre = matrix.mean(axis=0)
    scale = matrix.std(axis=0)
    standardised = np.column_stack([np.ones(len(matrix)), (matrix - centre) / scale])
    model = sm.GLM(arms.astype(float), standardised, family=sm.families.Binomial())
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            for category in (RuntimeWarning, PerfectSeparationWarning, DomainWarning):
                warnings.simplefilter("ignore", category)
            warnings.filterwarnings("ignore", module="statsmodels")
            fit = model.fit(
                maxiter=_MAX_ITERATIONS,
                tol=_COEFFICIENT_TOLERANCE,
                tol_criterion="params",
            )
    except (PerfectSeparationError, np.linalg.LinAlgError):
        fit = None
    if fit is None or not (fit.converged and np.isfinite(fit.params).all()):
        moving = _still_moving(fit, names)
        where = [
            _by_arm(name, column, arms)
            for name, column in zip(names, matrix.T, strict=True)
            if name in moving
        ]
        seen = "; ".join(text for text in where if text)
        raise NoScoreError(
            f"no finite propensity score within {_MAX_ITERATIONS} iterations: the "
            f"arms are separated by {', '.join(moving)}; leave it out or coarsen it"
            + (f" ({seen})" if seen else "")
        )
    slopes = fit.params[1:] / scale
    return np.concatenate([[fit.params[0] - slopes @ centre], slopes])


def _by_arm(name: str, column: NDArray, arms: NDArray) -> str:
    """Say in which arm a column has one value, or that the arms' values lie apart."""
    own = {"treated": column[arms], "control": column[~arms]}
    for arm, values in own.items():
        if np.ptp(values) == 0:
            return f"{name} is {values[0]:.6g} in every {arm} subject"
    low, high = sorted(own, key=lambda arm: own[arm].min())
    if own[low].max() < own[high].min():
        return (
            f"{name} is at most {own[low].max():.6g} in every {low} subject, and at "
            f"least {own[high].min():.6g} in every {high} subject"
        )
    return ""


def _still_moving(fit: GLMResults | None, names: Sequence[str]) -> list[str]:
    """Name the columns whose coefficient still grows at the last step, if known."""
    if fit is None:
        return list(names)
    last = np.asarray(fit.fit_history["params"][-2:])
    step = np.abs(np.diff(last, axis=0)).max(axis=0, initial=0.0)[1:]
    moving = [n for n, s in zip(names, step, strict=True) if s > 0.01 * step.max()]
    return moving or list(names)
