"""Distributions of a time to event: hazards, survival and means, on a free scale.

`theta` are the parameters with logarithms of those that must be positive, so that any
vector is allowed; `natural` are the parameters as R's flexsurv names them.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincc, gammaln
from scipy.stats import norm

from counterarm.arrays import FloatArray
from counterarm.ratios import exp

# Survival is 0 to the last digit where the cumulative hazard is this large.
CERTAIN = 700.0
# Below this the generalised gamma is the log-normal, to all digits.
NO_SHAPE = 1e-7
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_OCTAVES = 48


class Distribution(ABC):
    """A distribution on the times above 0."""

    names: tuple[str, ...]
    is_positive: tuple[bool, ...]

    @abstractmethod
    def log_hazard(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        """Return the log hazard at each time."""

    @abstractmethod
    def log_survival(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        """Return the log of the share that is without an event at each time."""

    @abstractmethod
    def mean(self, theta: FloatArray) -> float:
        """Return the mean time; infinite where the tail is too heavy for one."""

    @abstractmethod
    def rescaled(self, theta: FloatArray, factor: float) -> FloatArray:
        """Return the parameters of times that are `factor` times as long."""

    def natural(self, theta: FloatArray) -> FloatArray:
        """Return the parameters themselves."""
        return np.where(self.is_positive, np.exp(theta), theta)

    def theta(self, natural: FloatArray) -> FloatArray:
        """Return parameters on the free scale."""
        free = np.asarray(natural, dtype=float).copy()
        where = list(self.is_positive)
        free[where] = np.log(free[where])
        return free

    def area(self, theta: FloatArray, tau: float) -> float:
        """Return the area below the survival curve from 0 to `tau`.

        Gauss-Legendre with 20 nodes in each of 48 octaves below `tau`.
        """
        edges = tau * 2.0 ** -np.arange(_OCTAVES, -1, -1)
        starts, ends = np.r_[0.0, edges[:-1]], edges
        half = (ends - starts) / 2
        time = ((starts + ends) / 2)[:, None] + half[:, None] * _NODES
        with np.errstate(over="ignore"):
            survival = np.exp(self.log_survival(theta, time.ravel()))
        survival = survival.reshape(time.shape)
        return float(np.sum(half[:, None] * _WEIGHTS * survival))


class Exponential(Distribution):
    """Constant hazard: `rate`."""

    names = ("rate",)
    is_positive = (True,)

    def log_hazard(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        return np.full(np.shape(time), theta[0])

    def log_survival(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        return -exp(theta[0]) * time

    def mean(self, theta: FloatArray) -> float:
        return exp(-theta[0])

    def rescaled(self, theta: FloatArray, factor: float) -> FloatArray:
        return theta - math.log(factor)


class Weibull(Distribution):
    """S(t) = exp(-(t / scale)^shape)."""

    names = ("shape", "scale")
    is_positive = (True, True)

    def log_hazard(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        shape = exp(theta[0])
        return theta[0] - theta[1] + (shape - 1) * (np.log(time) - theta[1])

    def log_survival(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        return -((time / exp(theta[1])) ** exp(theta[0]))

    def mean(self, theta: FloatArray) -> float:
        return exp(theta[1] + gammaln(1 + exp(-theta[0])))

    def rescaled(self, theta: FloatArray, factor: float) -> FloatArray:
        return theta + np.array([0.0, math.log(factor)])


class LogNormal(Distribution):
    """log T is normal: `meanlog`, `sdlog`."""

    names = ("meanlog", "sdlog")
    is_positive = (False, True)

    def log_hazard(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        z = (np.log(time) - theta[0]) / exp(theta[1])
        return norm.logpdf(z) - norm.logsf(z) - theta[1] - np.log(time)

    def log_survival(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        return norm.logsf((np.log(time) - theta[0]) / exp(theta[1]))

    def mean(self, theta: FloatArray) -> float:
        return exp(theta[0] + exp(2 * theta[1]) / 2)

    def rescaled(self, theta: FloatArray, factor: float) -> FloatArray:
        return theta + np.array([math.log(factor), 0.0])


class LogLogistic(Distribution):
    """S(t) = 1 / (1 + (t / scale)^shape)."""

    names = ("shape", "scale")
    is_positive = (True, True)

    def log_hazard(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        shape, z = exp(theta[0]), np.log(time) - theta[1]
        return theta[0] - np.log(time) + shape * z - np.logaddexp(0, shape * z)

    def log_survival(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        return -np.logaddexp(0, exp(theta[0]) * (np.log(time) - theta[1]))

    def mean(self, theta: FloatArray) -> float:
        angle = math.pi * exp(-theta[0])
        if angle >= math.pi:
            return math.inf
        return exp(theta[1]) * angle / math.sin(angle)

    def rescaled(self, theta: FloatArray, factor: float) -> FloatArray:
        return theta + np.array([0.0, math.log(factor)])


class Gompertz(Distribution):
    """Hazard rate exp(shape t); with a shape below 0 some never have the event."""

    names = ("shape", "rate")
    is_positive = (False, True)

    def log_hazard(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        return theta[1] + theta[0] * time

    def log_survival(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        shape = theta[0]
        # (exp(shape t) - 1) / shape, which is t where the shape is 0
        grown = time if shape == 0 else np.expm1(shape * time) / shape
        return -exp(theta[1]) * grown

    def mean(self, theta: FloatArray) -> float:
        shape, rate = theta[0], exp(theta[1])
        if shape < 0:
            return math.inf
        if shape == 0:
            return 1 / rate
        return self.area(theta, math.log1p(CERTAIN * shape / rate) / shape)

    def rescaled(self, theta: FloatArray, factor: float) -> FloatArray:
        return np.array([theta[0] / factor, theta[1] - math.log(factor)])


class GeneralisedGamma(Distribution):
    """Prentice 1974: `mu`, `sigma`, `Q`; Q 1 is Weibull, 0 log-normal, sigma gamma."""

    names = ("mu", "sigma", "Q")
    is_positive = (False, True, False)

    def log_hazard(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        return self._log_density(theta, time) - self.log_survival(theta, time)

    def _log_density(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        mu, log_sigma, q = theta
        w = (np.log(time) - mu) / exp(log_sigma)
        below = -log_sigma - np.log(time)
        if abs(q) < NO_SHAPE:
            return norm.logpdf(w) + below
        k = q**-2
        # k (Qw - exp(Qw)) + k log k - log gamma(k) + log |Q|, without loss of digits
        # where k is large
        return k * (q * w - np.expm1(q * w)) + _stirling(k) + math.log(abs(q)) + below

    def log_survival(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        mu, log_sigma, q = theta
        w = (np.log(time) - mu) / exp(log_sigma)
        if abs(q) < NO_SHAPE:
            return norm.logsf(w)
        k = q**-2
        with np.errstate(over="ignore", divide="ignore"):
            u = k * np.exp(q * w)
            return np.log(gammaincc(k, u) if q > 0 else gammainc(k, u))

    def mean(self, theta: FloatArray) -> float:
        mu, sigma, q = theta[0], exp(theta[1]), theta[2]
        if abs(q) < NO_SHAPE:
            return exp(mu + sigma**2 / 2)
        k = q**-2
        if k + sigma / q <= 0:
            return math.inf
        return exp(
            mu + sigma / q * math.log(q**2) + float(gammaln(k + sigma / q) - gammaln(k))
        )

    def rescaled(self, theta: FloatArray, factor: float) -> FloatArray:
        return theta + np.array([math.log(factor), 0.0, 0.0])


@dataclass(frozen=True)
class Spline(Distribution):
    """Log cumulative hazard: a natural cubic spline of log time (Royston-Parmar).

    `knots` are times, boundaries first and last; beyond them it is straight, a Weibull
    tail.
    """

    knots: tuple[float, ...]

    @property
    def names(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(f"gamma{i}" for i in range(len(self.knots)))

    @property
    def is_positive(self) -> tuple[bool, ...]:  # type: ignore[override]
        return (False,) * len(self.knots)

    def log_hazard(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        x = np.log(time)
        slope = self.slopes(x) @ theta
        with np.errstate(invalid="ignore", divide="ignore"):
            # not a distribution where the cumulative hazard falls
            log_slope = np.log(np.where(slope > 0, slope, np.nan))
        return self.basis(x) @ theta + log_slope - x

    def log_survival(self, theta: FloatArray, time: FloatArray) -> FloatArray:
        with np.errstate(over="ignore", divide="ignore"):
            return -np.exp(self.basis(np.log(time)) @ theta)

    def mean(self, theta: FloatArray) -> float:
        last = np.log(self.knots[-1:])
        slope = float((self.slopes(last) @ theta)[0])
        if slope <= 0:
            return math.inf
        level = float((self.basis(last) @ theta)[0])
        end = float(last[0]) + (math.log(CERTAIN) - level) / slope
        return self.area(theta, exp(end)) if end < CERTAIN else math.inf

    def rescaled(self, theta: FloatArray, factor: float) -> FloatArray:
        # of knots that are moved as the times are
        moved = theta.copy()
        moved[0] -= theta[1] * math.log(factor)
        return moved

    def moved(self, factor: float) -> "Spline":
        """Return the spline of times that are `factor` times as long."""
        return Spline(tuple(knot * factor for knot in self.knots))

    def basis(self, x: FloatArray) -> FloatArray:
        """Return the terms of the spline at log times, one column each."""
        return self._terms(np.ones_like(x), x, lambda above: above**3, x)

    def slopes(self, x: FloatArray) -> FloatArray:
        """Return the slopes of the terms at log times."""
        return self._terms(0 * x, np.ones_like(x), lambda above: 3 * above**2, x)

    def _terms(
        self,
        first: FloatArray,
        second: FloatArray,
        cube: Callable[[FloatArray], FloatArray],
        x: FloatArray,
    ) -> FloatArray:
        knots = np.log(self.knots)
        low, high = knots[0], knots[-1]

        def above(knot: float) -> FloatArray:
            return cube(np.maximum(x - knot, 0.0))

        columns = [first, second]
        for knot in knots[1:-1]:
            share = (high - knot) / (high - low)
            columns.append(above(knot) - share * above(low) - (1 - share) * above(high))
        return np.column_stack(columns)


def _stirling(k: float) -> float:
    """Return k log k - k - log gamma(k)."""
    if k < 1e3:
        return float(k * math.log(k) - k - gammaln(k))
    return 0.5 * math.log(k / (2 * math.pi)) - 1 / (12 * k) + 1 / (360 * k**3)
