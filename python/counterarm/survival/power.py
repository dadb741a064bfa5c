"""Power of the log-rank test, by Freedman's formula and by simulation."""

import math
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from counterarm.arrays import FloatArray

Shape = Literal["exponential", "linear"]
# runs that are simulated at once; the answer does not depend on it
RUNS_AT_ONCE = 2000


def proportional_hazard_ratio(s_first: float, s_second: float) -> float:
    """Hazard ratio of the first to the second group that end with these survivals.

    Under proportional hazards it is log S1 / log S2. Where nobody of a group survives
    the hazard is infinite and the ratio 0 or infinity, its limit. ValueError unless
    both are between 0 and 1, differ, and neither is 1.
    """
    for name, value in (("s_first", s_first), ("s_second", s_second)):
        if not 0 <= value < 1:
            raise ValueError(f"{name}: {value} is not from 0 to below 1")
    if s_first == s_second:
        raise ValueError(f"s_first, s_second: both are {s_first}, nothing to find")
    if s_second == 0:
        return 0.0
    return math.inf if s_first == 0 else math.log(s_first) / math.log(s_second)


def expected_z_per_root_event(hazard_ratio: float, allocation: float) -> float:
    """Size of the log-rank z that each event adds, times the root of their number.

    Freedman: sqrt(phi) |1 - theta| / (1 + phi theta), theta the hazard ratio and phi
    the subjects of the first group for each of the second. As theta goes to infinity it
    goes to 1 / sqrt(phi); with groups of one size it is |theta - 1| / (theta + 1), at
    most 1. The smaller group at the higher risk is thus not the same as the larger one.
    """
    root = math.sqrt(allocation)
    if math.isinf(hazard_ratio):
        return 1 / root
    return root * abs(1 - hazard_ratio) / (1 + allocation * hazard_ratio)


def expected_events(
    s_first: float, s_second: float, n_first: int, n_second: int
) -> float:
    """Deaths expected by the time at which these proportions survive."""
    return n_first * (1 - s_first) + n_second * (1 - s_second)


def freedman_power(
    s_first: float,
    s_second: float,
    n_first: int,
    n_second: int,
    *,
    alpha: float = 0.05,
) -> float:
    """Power of the two-sided log-rank test from survival proportions.

    `s_first` and `s_second` survive at the end of observation, in groups of `n_first`
    and `n_second`, all followed to it or to death. ValueError as
    `proportional_hazard_ratio`, and for groups without subjects or alpha not between 0
    and 1. Source: Freedman 1982; the other tail's rejections are left out, as there.
    """
    _check_groups(n_first, n_second, alpha)
    theta = proportional_hazard_ratio(s_first, s_second)
    events = expected_events(s_first, s_second, n_first, n_second)
    drift = expected_z_per_root_event(theta, n_first / n_second) * math.sqrt(events)
    return float(ndtr(drift - ndtri(1 - alpha / 2)))


def freedman_group_size(
    s_first: float, s_second: float, power: float, *, alpha: float = 0.05
) -> int:
    """Subjects per group, of two of one size, that give the power: rounded up.

    Source: Freedman 1982: n = (z_alpha/2 + z_beta)^2 ((theta + 1) / (theta - 1))^2
    / (2 - s_first - s_second). ValueError as `freedman_power`, and for a power not
    between 0 and 1.
    """
    _check_groups(1, 1, alpha)
    if not 0 < power < 1:
        raise ValueError(f"power: {power} is not between 0 and 1")
    theta = proportional_hazard_ratio(s_first, s_second)
    needed = ndtri(1 - alpha / 2) + ndtri(power)
    events = (needed / expected_z_per_root_event(theta, 1.0)) ** 2
    return math.ceil(events / expected_events(s_first, s_second, 1, 1) - 1e-9)


def simulated_power(
    s_first: float,
    s_second: float,
    n_first: int,
    n_second: int,
    *,
    alpha: float = 0.05,
    shape: Shape = "exponential",
    runs: int = 10_000,
    seed: int,
) -> float:
    """Share of simulated trials in which the two-sided log-rank test rejects.

    Everybody is followed to the end of observation or to death. Deaths come at a
    constant hazard (`exponential`, which needs survivors in both groups) or evenly over
    the time (`linear`, which knows a group that all dies but has no constant hazard
    ratio). A trial without a death, or whose variance is 0, does not reject. The seed
    fixes the answer; its Monte Carlo error is sqrt(p (1 - p) / runs).

    ValueError as `freedman_power`, for no runs, an unknown shape, and an exponential
    group without survivors.
    """
    _check_groups(n_first, n_second, alpha)
    for name, value in (("s_first", s_first), ("s_second", s_second)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name}: {value} is not between 0 and 1")
        if shape == "exponential" and value == 0:
            raise ValueError(f"{name}: under a constant hazard some survive")
    if shape not in ("exponential", "linear"):
        raise ValueError(f"shape: {shape!r} is not 'exponential' or 'linear'")
    if runs < 1:
        raise ValueError(f"runs: {runs} is none")
    rng = np.random.default_rng(seed)
    survive = np.repeat([s_first, s_second], [n_first, n_second])
    is_first = np.repeat([True, False], [n_first, n_second])
    critical = ndtri(1 - alpha / 2)
    rejected = 0
    for start in range(0, runs, RUNS_AT_ONCE):
        size = min(RUNS_AT_ONCE, runs - start)
        uniform = rng.random((size, len(survive)))
        z = log_rank_z(_death_times(uniform, survive, shape), is_first)
        rejected += int((np.abs(z) > critical).sum())
    return rejected / runs


def log_rank_z(time: FloatArray, is_first: np.ndarray) -> FloatArray:
    """Log-rank z of many trials at once, trials x subjects; observed to time 1.

    Times above 1 are censored there. Times of one trial must not be tied. z is 0 where
    the variance is.
    """
    order = np.argsort(time, axis=1)
    first = is_first[order].astype(float)
    died = np.take_along_axis(time, order, axis=1) <= 1
    at_risk = np.arange(time.shape[1], 0, -1.0)
    first_at_risk = np.cumsum(first[:, ::-1], axis=1)[:, ::-1]
    share = first_at_risk / at_risk
    score = ((first - share) * died).sum(axis=1)
    variance = (share * (1 - share) * died).sum(axis=1)
    return np.divide(
        score, np.sqrt(variance), out=np.zeros_like(score), where=variance > 0
    )


def _death_times(uniform: FloatArray, survive: FloatArray, shape: str) -> FloatArray:
    """Invert S(t), with S(1) = survive; above 1 where the subject survives."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if shape == "linear":
            time = uniform / (1 - survive)
        else:
            time = np.log1p(-uniform) / np.log(survive)
    return np.where(survive == 1, np.inf, time)


def _check_groups(n_first: int, n_second: int, alpha: float) -> None:
    for name, value in (("n_first", n_first), ("n_second", n_second)):
        if value < 1:
            raise ValueError(f"{name}: {value} is no group")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: {alpha} is not between 0 and 1")
