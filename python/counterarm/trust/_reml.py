"""Restricted likelihood of repeated measures with an unstructured covariance."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from counterarm.arrays import FloatArray, IntArray

# what the log likelihood could still gain, by a parabola, at a maximum
GAIN_TOLERANCE = 1e-8
LAST_STEPS = 5
STEP = 1e-4


@dataclass(frozen=True)
class Point:
    """The model at one covariance: `gradient` of minus REML in its parameters."""

    sigma: FloatArray
    coef: FloatArray
    cov: FloatArray
    minus_reml: float
    gradient: FloatArray


class UnstructuredModel:
    """Restricted likelihood over the Cholesky factor, its diagonal in logs.

    Subjects with the same visits share one inverse: `_blocks` has for each pattern the
    visits, the values (subjects x visits) and the design (subjects x visits x terms).
    """

    def __init__(
        self,
        who: IntArray,
        place: IntArray,
        design: FloatArray,
        y: FloatArray,
        n_visits: int,
    ):
        self._lower = np.tril_indices(n_visits)
        self._is_diagonal = self._lower[0] == self._lower[1]
        self._n_visits, self._n = n_visits, len(y)
        order = np.lexsort((place, who))
        cuts = np.flatnonzero(np.diff(who[order])) + 1
        patterns: dict[tuple[int, ...], list[NDArray]] = {}
        for rows in np.split(order, cuts):
            patterns.setdefault(tuple(place[rows]), []).append(rows)
        self._blocks = [
            (np.array(visits), y[np.array(rows)], design[np.array(rows)])
            for visits, rows in patterns.items()
        ]
        left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
        spread = [left[place == j].std() or 1.0 for j in range(n_visits)]
        shape = 0.5 * np.eye(n_visits) + 0.5
        self._first = self._parameters(
            np.linalg.cholesky(shape * np.outer(spread, spread))
        )

    def maximise(self) -> tuple[FloatArray, bool]:
        """Return the parameters at the maximum, and whether it is one."""

        def both(theta: FloatArray) -> tuple[float, FloatArray]:
            found = self.at(theta)
            return found.minus_reml, found.gradient

        try:
            with np.errstate(all="ignore"):
                return self._newton(minimize(both, self._first, jac=True).x)
        except np.linalg.LinAlgError:  # the covariance became singular
            return self._first, False

    def _newton(self, theta: FloatArray) -> tuple[FloatArray, bool]:
        """Go the last digits, which BFGS leaves."""
        gain = math.inf
        for _ in range(LAST_STEPS):
            gradient, information = self.at(theta).gradient, self.information(theta)
            if np.linalg.eigvalsh(information).min() <= 0:
                return theta, False
            step = np.linalg.solve(information, gradient)
            gain = float(gradient @ step)
            if gain < GAIN_TOLERANCE**2:
                break
            theta = theta - step
        return theta, gain < GAIN_TOLERANCE

    def at(self, theta: FloatArray) -> Point:
        """Fit the coefficients at given parameters; LinAlgError if singular."""
        factor = self._factor(theta)
        sigma = factor @ factor.T
        p = self._blocks[0][2].shape[2]
        square, cross, log_det = np.zeros((p, p)), np.zeros(p), 0.0
        inverses = []
        for visits, y, x in self._blocks:
            v = sigma[np.ix_(visits, visits)]
            inverse = np.linalg.inv(v)
            inverses.append(inverse)
            log_det += len(y) * np.linalg.slogdet(v)[1]
            weighted = inverse @ x
            square += np.tensordot(x, weighted, axes=((0, 1), (0, 1)))
            cross += np.tensordot(weighted, y, axes=((0, 1), (0, 1)))
        cov = np.linalg.inv(square)
        coef = cov @ cross
        distance, slope, root = 0.0, np.zeros_like(sigma), np.linalg.cholesky(cov)
        for (visits, y, x), inverse in zip(self._blocks, inverses, strict=True):
            left = (y - x @ coef) @ inverse
            distance += float(np.einsum("ia,ia->", left, y - x @ coef))
            scaled = x @ root
            hat = np.tensordot(scaled, scaled, axes=((0, 2), (0, 2)))
            part = len(y) * inverse - left.T @ left - inverse @ hat @ inverse
            slope[np.ix_(visits, visits)] += part / 2
        minus = 0.5 * (log_det + np.linalg.slogdet(square)[1] + distance)
        minus += 0.5 * (self._n - p) * math.log(2 * math.pi)
        return Point(sigma, coef, cov, minus, self._chain(slope, factor))

    def information(self, theta: FloatArray) -> FloatArray:
        """Return the second derivatives of minus REML, from its exact gradient."""
        steps = np.eye(len(theta)) * STEP
        rows = [
            (self.at(theta + step).gradient - self.at(theta - step).gradient) / 2 / STEP
            for step in steps
        ]
        return (np.array(rows) + np.array(rows).T) / 2

    def gradient_of_variance(
        self, theta: FloatArray, contrast: FloatArray
    ) -> FloatArray:
        factor, cov = self._factor(theta), self.at(theta).cov
        sigma, slope = factor @ factor.T, np.zeros((self._n_visits,) * 2)
        for visits, _, x in self._blocks:
            moved = (x @ (cov @ contrast)) @ np.linalg.inv(
                sigma[np.ix_(visits, visits)]
            )
            slope[np.ix_(visits, visits)] += moved.T @ moved
        return self._chain(slope, factor)

    def _factor(self, theta: FloatArray) -> FloatArray:
        factor = np.zeros((self._n_visits,) * 2)
        factor[self._lower] = np.where(self._is_diagonal, np.exp(theta), theta)
        return factor

    def _parameters(self, factor: FloatArray) -> FloatArray:
        values = factor[self._lower]
        positive = np.where(self._is_diagonal, values, 1.0)
        return np.where(self._is_diagonal, np.log(positive), values)

    def _chain(self, slope: FloatArray, factor: FloatArray) -> FloatArray:
        """Turn derivatives in the covariance into those in the parameters."""
        values = (2 * slope @ factor)[self._lower]
        return np.where(self._is_diagonal, values * factor[self._lower], values)
