"""Propensity scores by logistic regression.

Formula and convergence follow `matchit(distance = "glm")`, that is R's
`glm(family = binomial)`: fitted probabilities, an intercept, treatment contrasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from counterarm.arrays import (
    FloatArray,
    columns_of,
    flags,
)
from counterarm.design import covariate_matrix
from counterarm.display import Printed, significant, table
from counterarm.matching._logistic import (
    MAX_ITERATIONS,
    LogisticFit,
    fit_logistic,
)

# A column is dependent if less than this share of it is left by the columns before.
_DEPENDENCE_TOLERANCE = 1e-9
# With so much left no rounding matters, and no column is looked at by itself.
_PLAINLY_INDEPENDENT = 1e-6


class NoScoreError(ValueError):
    """These subjects have no score: a covariate separates the arms or never varies."""


@dataclass(frozen=True, eq=False, repr=False)
class PropensityScore(Printed):
    """A fitted score, one element per subject, and the model that gave it.

    `score` is the probability of being treated, `linear_predictor` its logit.
    `coefficients` holds the intercept, then one value per column of `names`, per
    unit of that column.
    """

    score: FloatArray
    linear_predictor: FloatArray
    coefficients: FloatArray
    names: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per subject: score and linear_predictor."""
        return pd.DataFrame(
            {"score": self.score, "linear_predictor": self.linear_predictor}
        )

    def __str__(self) -> str:
        """Return the coefficients, as R's `print(glm)` has them, and the range."""
        coefficients = table(
            ["(Intercept)", *self.names],
            {"coefficient": significant(self.coefficients, 4)},
        )
        low, high = self.score.min(), self.score.max()
        return (
            f"Propensity score of {len(self.score)} subjects, from {low:.4g} to "
            f"{high:.4g}\n\n{coefficients}"
        )


def fit_propensity_score(
    covariates: Any,
    treated: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    data: pd.DataFrame | None = None,
) -> PropensityScore:
    """Fit the probability of treatment by logistic regression.

    `covariates` is an array of shape (n, p) without an intercept column, a DataFrame,
    or a list of names of columns of `data`; text and categories become 0/1 columns as
    in `design_matrix`. `treated` has shape (n,) with 0 and 1, or is the name of a
    column; `names` are p names for the messages. Rows with equal covariates get
    bit-equal scores, and neither the scores nor the coefficients depend on the order of
    rows.

    Raises ValueError for missing values and an empty arm, and its kind NoScoreError for
    a constant column, a column that is a linear combination of earlier ones, and arms
    that the covariates separate, so that no finite maximum likelihood estimate exists.

    Source: R `glm(family = binomial)`; MatchIt `matchit(distance = "glm")`.
    """
    (treated,) = columns_of(data, treated=treated)
    matrix, names = covariate_matrix(covariates, names, data)
    arms = flags(treated, "treated", len(matrix))
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


def _refuse_dependent_columns(matrix: NDArray, names: Sequence[str]) -> None:
    """Raise NoScoreError for the first constant or linearly dependent column."""
    constant = [name for name, x in zip(names, matrix.T, strict=True) if np.ptp(x) == 0]
    if constant:
        raise NoScoreError(
            f"{constant[0]} is constant: every subject has the same value"
        )
    centred = matrix - matrix.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=0)
    if len(names) < 2:
        return
    # what each column has that is not in those before it, all at once
    left_of_all = np.abs(np.diag(np.linalg.qr(centred, mode="r")))
    if len(left_of_all) == len(names) and left_of_all.min() > _PLAINLY_INDEPENDENT:
        return
    for j in range(1, len(names)):
        before = centred[:, :j]
        weights = np.linalg.lstsq(before, centred[:, j], rcond=None)[0]
        left = np.linalg.norm(centred[:, j] - before @ weights)
        if left < _DEPENDENCE_TOLERANCE:
            places = np.flatnonzero(np.abs(weights) > 1e-6).tolist()
            involved = [names[k] for k in places]
            raise NoScoreError(
                f"{names[j]} is collinear: a linear combination of "
                f"{', '.join(involved)}"
            )


def _fit_logistic(matrix: NDArray, arms: NDArray, names: Sequence[str]) -> NDArray:
    """Return the intercept and slopes, fitted on standardised columns."""
    centre = matrix.mean(axis=0)
    scale = matrix.std(axis=0)
    standardised = np.column_stack([np.ones(len(matrix)), (matrix - centre) / scale])
    try:
        fit = fit_logistic(standardised, arms)
    except np.linalg.LinAlgError:
        fit = None
    if fit is None or not (fit.converged and np.isfinite(fit.coefficients).all()):
        moving = _still_moving(fit, names)
        where = [
            _by_arm(name, column, arms)
            for name, column in zip(names, matrix.T, strict=True)
            if name in moving
        ]
        seen = "; ".join(text for text in where if text)
        raise NoScoreError(
            f"no finite propensity score within {MAX_ITERATIONS} iterations: the "
            f"arms are separated by {', '.join(moving)}; leave it out or coarsen it"
            + (f" ({seen})" if seen else "")
        )
    slopes = fit.coefficients[1:] / scale
    return np.concatenate([[fit.coefficients[0] - slopes @ centre], slopes])


def _by_arm(name: str, column: NDArray, arms: NDArray) -> str:
    """Say in which arm a column has one value, or that the arms do not overlap."""
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


def _still_moving(fit: LogisticFit | None, names: Sequence[str]) -> list[str]:
    """Name the columns whose coefficient still grows at the last step, if known."""
    if fit is None:
        return list(names)
    before, now = fit.last_steps
    step = np.abs(now - before)[1:]
    moving = [n for n, s in zip(names, step, strict=True) if s > 0.01 * step.max()]
    return moving or list(names)
