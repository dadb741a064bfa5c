"""Linear discriminant analysis with Wilks' lambda, as R's MASS fits it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.linalg import eigh
from scipy.stats import chi2
from scipy.stats import f as f_distribution

from counterarm.arrays import codes, columns_of
from counterarm.design import covariate_matrix
from counterarm.display import Printed, p_values, significant, table


@dataclass(frozen=True, eq=False, repr=False)
class Discriminant(Printed):
    """Wilks' lambda of all predictors, of each, and the canonical functions.

    `partial_*` and `tolerance` have one entry per predictor; `eigenvalue`,
    `canonical_r` and the `function_*` tests one per function; the coefficients are
    predictors x functions. A function's test is that of it and all that follow.
    """

    wilks_lambda: float
    f: float
    df1: float
    df2: float
    p_f: float
    chi_square: float
    df_chi_square: int
    p_chi_square: float
    partial_lambda: np.ndarray
    partial_f: np.ndarray
    partial_df: tuple[int, int]
    partial_p: np.ndarray
    tolerance: np.ndarray
    eigenvalue: np.ndarray
    canonical_r: np.ndarray
    function_lambda: np.ndarray
    function_chi_square: np.ndarray
    function_df: np.ndarray
    function_p: np.ndarray
    raw: np.ndarray
    standardised: np.ndarray
    structure: np.ndarray
    names: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per predictor: partial lambda, F, p and tolerance."""
        return pd.DataFrame(
            {
                "predictor": self.names,
                "partial_lambda": self.partial_lambda,
                "partial_f": self.partial_f,
                "partial_p": self.partial_p,
                "tolerance": self.tolerance,
            }
        )

    def __str__(self) -> str:
        """Return Wilks' lambda with its F, and a table of the predictors."""
        (p,) = p_values([self.p_f], 3)
        predictors = table(
            self.names,
            {
                "partial lambda": significant(self.partial_lambda, 4),
                "F": significant(self.partial_f, 4),
                "p": p_values(self.partial_p, 3),
                "tolerance": significant(self.tolerance, 4),
            },
        )
        return (
            f"Wilks' lambda = {self.wilks_lambda:.4g}, F = {self.f:.4g} on "
            f"{self.df1:.4g} and {self.df2:.4g} df, p = {p}\n\n{predictors}"
        )


def discriminate(
    values: Any,
    labels: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    data: pd.DataFrame | None = None,
) -> Discriminant:
    """Discriminate classes by their predictors.

    `values` is n x p without a column of ones, a DataFrame, or a list of names of
    columns of `data`; `labels` is the class of each row. `names` name the predictors.
    Wilks' lambda = |W| / |T| of the sums of squares and products within classes and in
    all; F is Rao's approximation, chi-square Bartlett's. Raw coefficients give scores
    of variance one within classes, the largest standardised coefficient of a function
    being positive; structure coefficients are pooled correlations within classes.

    Raises ValueError for missing values, and where there are fewer than two classes, no
    more rows than classes and predictors, or predictors that do not vary or depend on
    each other within classes. Source: R `MASS::lda`; Rao 1951; Bartlett 1947.
    """
    (labels,) = columns_of(data, labels=labels)
    values, terms = covariate_matrix(values, names, data)
    classes, own = codes(labels, "labels", len(values))
    (n, p), g = values.shape, len(classes)
    if g < 2:
        raise ValueError("needs two classes")
    if n - g - p < 1:
        raise ValueError("needs more rows than classes and predictors")
    within = np.zeros((p, p))
    for k in range(g):
        centred = values[own == k] - values[own == k].mean(axis=0)
        within += centred.T @ centred
    centred = values - values.mean(axis=0)
    total = centred.T @ centred
    deviation = np.sqrt(np.diag(within))
    if (deviation <= 1e-9 * np.sqrt(np.diag(total)) + 1e-300).any():
        raise ValueError("a predictor does not vary within classes")
    correlation = within / np.outer(deviation, deviation)
    if np.linalg.cond(correlation) > 1e10:
        raise ValueError("the predictors depend on each other")

    wilks = _lambda(within, total)
    without = np.array([_lambda(_drop(within, j), _drop(total, j)) for j in range(p)])
    partial = wilks / without
    df_partial = (g - 1, n - g - p + 1)
    partial_f = (1 - partial) / partial * df_partial[1] / df_partial[0]
    rao = _rao(wilks, n, p, g)

    k = min(p, g - 1)
    roots, vectors = eigh(total - within, within / (n - g))
    roots, vectors = roots[::-1][:k] / (n - g), vectors[:, ::-1][:, :k]
    roots = np.maximum(roots, 0.0)
    standardised = vectors * (deviation / np.sqrt(n - g))[:, None]
    signs = np.sign(standardised[np.abs(standardised).argmax(axis=0), np.arange(k)])
    vectors, standardised = vectors * signs, standardised * signs
    rest = np.array([np.prod(1 / (1 + roots[i:])) for i in range(k)])
    factor = n - 1 - (p + g) / 2
    function_df = np.array([(p - i) * (g - 1 - i) for i in range(k)])
    chi_square = -factor * np.log(rest)
    return Discriminant(
        wilks_lambda=wilks,
        **rao,
        chi_square=float(-factor * np.log(wilks)),
        df_chi_square=p * (g - 1),
        p_chi_square=float(chi2.sf(-factor * np.log(wilks), p * (g - 1))),
        partial_lambda=partial,
        partial_f=partial_f,
        partial_df=df_partial,
        partial_p=f_distribution.sf(partial_f, *df_partial),
        tolerance=1 / np.diag(np.linalg.inv(correlation)),
        eigenvalue=roots,
        canonical_r=np.sqrt(roots / (1 + roots)),
        function_lambda=rest,
        function_chi_square=chi_square,
        function_df=function_df,
        function_p=chi2.sf(chi_square, function_df),
        raw=vectors,
        standardised=standardised,
        structure=correlation @ standardised,
        names=terms,
    )


def _lambda(within: np.ndarray, total: np.ndarray) -> float:
    """Return |W| / |T|; 1 without a predictor."""
    if not len(within):
        return 1.0
    return float(np.exp(np.linalg.slogdet(within)[1] - np.linalg.slogdet(total)[1]))


def _drop(matrix: np.ndarray, index: int) -> np.ndarray:
    return np.delete(np.delete(matrix, index, axis=0), index, axis=1)


def _rao(wilks: float, n: int, p: int, g: int) -> dict:
    """Return Rao's F approximation of Wilks' lambda (Rao 1951), exact for g <= 3."""
    q = g - 1
    squares = p**2 + q**2 - 5
    s = np.sqrt((p**2 * q**2 - 4) / squares) if squares > 0 else 1.0
    df1 = float(p * q)
    df2 = float((n - 1 - (p + g) / 2) * s - df1 / 2 + 1)
    root = wilks ** (1 / s)
    f = float((1 - root) / root * df2 / df1)
    return {
        "f": f,
        "df1": df1,
        "df2": df2,
        "p_f": float(f_distribution.sf(f, df1, df2)),
    }
