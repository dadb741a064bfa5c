"""The likelihood of a distribution of times, with its derivatives, and its maximum."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from counterarm.arrays import BoolArray, FloatArray
from counterarm.survival._distributions import Distribution, Spline

_STEP = 1e-4
# Newton's, after the trust region has come near
_LAST_STEPS = 3
# a step that gains less does not move the log likelihood
_LEAST_GAIN = 1e-9


def slopes_of_rows(
    of: Callable[[FloatArray], FloatArray], at: FloatArray
) -> FloatArray:
    """Return rows x parameters: slopes of each row's value, by central differences."""
    steps = _STEP * np.eye(len(at))
    found = [(of(at + h) - of(at - h)) / (2 * _STEP) for h in steps]
    return np.column_stack(found)


def gradient(of: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
    """Return the slopes of a function, by central differences."""
    steps = _STEP * np.eye(len(at))
    return np.array([(of(at + h) - of(at - h)) / (2 * _STEP) for h in steps])


@dataclass(frozen=True)
class Loss:
    """Minus the weighted log likelihood as a function of the free parameters.

    Of those who enter late it is conditional on no event before `entries`.
    """

    of: Distribution
    times: FloatArray
    events: BoolArray
    weight: FloatArray
    entries: FloatArray | None = None

    def __call__(self, free: FloatArray) -> float:
        """Return the loss; infinite where `free` gives no distribution."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            total = -float(np.sum(self.weight * self._each(free)))
        return total if np.isfinite(total) else math.inf

    def _each(self, free: FloatArray) -> FloatArray:
        each = self.of.log_survival(free, self.times)
        each[self.events] += self.of.log_hazard(free, self.times[self.events])
        if self.entries is not None:
            late = self.entries > 0
            each[late] -= self.of.log_survival(free, self.entries[late])
        return each

    def scores(self, free: FloatArray) -> FloatArray:
        """Return rows x parameters: slopes of each row's weighted log likelihood."""
        return self.weight[:, None] * slopes_of_rows(self._each, free)

    def gradient(self, free: FloatArray) -> FloatArray:
        """Return the slopes of the loss, by central differences."""
        return gradient(self, free)

    def hessian(self, free: FloatArray) -> FloatArray:
        """Return the second derivatives of the loss, by central differences."""
        steps = _STEP * np.eye(len(free))
        rows = [
            (self.gradient(free + h) - self.gradient(free - h)) / (2 * _STEP)
            for h in steps
        ]
        return (np.array(rows) + np.array(rows).T) / 2


@dataclass(frozen=True)
class SplineLoss(Loss):
    """The loss of a spline, whose derivatives are sums over subjects.

    Its terms are nearly collinear, so that differences lose the fourth digit.
    """

    def gradient(self, free: FloatArray) -> FloatArray:
        """Return the slopes of the loss."""
        level, slope, late = self._bases
        with np.errstate(over="ignore"):
            hazard = self.weight * np.exp(level @ free)
            found = level.T @ hazard - late.T @ self._late_hazard(free, late)
        of_events = self.weight[self.events]
        found -= level[self.events].T @ of_events
        return found - slope.T @ (of_events / (slope @ free))

    def scores(self, free: FloatArray) -> FloatArray:
        """Return rows x parameters: slopes of each row's weighted log likelihood."""
        level, slope, late = self._bases
        with np.errstate(over="ignore"):
            found = -level * (self.weight * np.exp(level @ free))[:, None]
            if self.entries is not None:
                before = late * self._late_hazard(free, late)[:, None]
                found[self.entries > 0] += before
        of_events = level[self.events] + slope / (slope @ free)[:, None]
        found[self.events] += of_events * self.weight[self.events][:, None]
        return found

    def hessian(self, free: FloatArray) -> FloatArray:
        """Return the second derivatives of the loss."""
        level, slope, late = self._bases
        with np.errstate(over="ignore"):
            hazard = self.weight * np.exp(level @ free)
            before = self._late_hazard(free, late)
        scaled = slope / (slope @ free)[:, None]
        found = (level * hazard[:, None]).T @ level
        found -= (late * before[:, None]).T @ late
        return found + (scaled * self.weight[self.events][:, None]).T @ scaled

    def _late_hazard(self, free: FloatArray, late: FloatArray) -> FloatArray:
        if self.entries is None:
            return np.zeros(0)
        return self.weight[self.entries > 0] * np.exp(late @ free)

    @property
    def _bases(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        if not isinstance(self.of, Spline):
            raise TypeError("of: not a spline")
        logs = np.log(self.times)
        late = np.zeros(0) if self.entries is None else self.entries
        return (
            self.of.basis(logs),
            self.of.slopes(logs[self.events]),
            self.of.basis(np.log(late[late > 0])),
        )


def maximum(loss: Loss, start: FloatArray) -> tuple[FloatArray, bool]:
    """Return where the likelihood is highest, and whether it is a maximum there."""
    with np.errstate(invalid="ignore"):
        try:
            at = minimize(
                loss,
                start,
                jac=loss.gradient,
                hess=loss.hessian,
                method="trust-exact",
                options={"gtol": 1e-4, "maxiter": 200},
            ).x
        except (ValueError, np.linalg.LinAlgError):
            # a step into where there is no likelihood
            return start, False
        gain = math.inf
        for _ in range(_LAST_STEPS):
            step, gain = _newton(loss, at)
            if not np.isfinite(gain):
                break
            at = at - step
    return at, gain < _LEAST_GAIN


def is_maximum(loss: Loss, at: FloatArray) -> bool:
    """Return whether the likelihood has a maximum at a point."""
    with np.errstate(invalid="ignore"):
        return _newton(loss, at)[1] < _LEAST_GAIN


def _newton(loss: Loss, at: FloatArray) -> tuple[FloatArray, float]:
    """Return Newton's step and twice what it gains, infinite where there is none."""
    slope, curvature = loss.gradient(at), loss.hessian(at)
    if not (np.isfinite(slope).all() and np.isfinite(curvature).all()):
        return np.zeros(len(at)), math.inf
    if np.linalg.eigvalsh(curvature).min() <= 0:
        return np.zeros(len(at)), math.inf
    step = np.linalg.solve(curvature, slope)
    return step, float(slope @ step)
