"""Balance of one variable between the arms, as MatchIt 4.5.0 reports it.

The denominator stays that of the unmatched sample, so that a change of the SMD is a
change of the difference in means. Other tools differ: the pooled SD (cobalt, ATE),
the SD of the matched sample (tableone), raw differences of proportions (cobalt).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from counterarm.arrays import columns_of, flags, numbers

_TREATED_SD = "sd of treated, unmatched sample"
_ALL_SD = "sd of all subjects, unmatched sample"
_GIVEN_SD = "sd given by the caller"
_NO_SD = "none: constant variable"
# R's sqrt(.Machine$double.eps): MatchIt takes a smaller SD for 0.
_SMALLEST_SD = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True)
class Balance:
    """Means in the variable's units, SMD in SDs named by `denominator`.

    `variance_ratio` is treated / control, NaN for a binary variable.
    """

    mean_treated: float
    mean_control: float
    smd: float
    denominator: str
    variance_ratio: float


def balance(
    values: ArrayLike,
    treated: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    data: pd.DataFrame | None = None,
    denominator_sd: float | None = None,
    binary: bool | None = None,
) -> Balance:
    """Compare the arms on one variable.

    `values`, `treated` (0/1) and `weights` have shape (n,) over the whole unmatched
    sample, or are names of columns of `data`; `weights` None is the unmatched sample,
    else 0 for the unmatched (`matching_weights`). With `binary` None a variable is
    binary if its values are 0 and 1 only.

    SMD = (weighted mean treated - weighted mean control) / SD of the treated in the
    unmatched sample: n-1 for a continuous variable, sqrt(p(1-p)) for a binary one.
    A treated arm in which all are equal has no SD; then, as in MatchIt, that of all
    subjects is taken, and `denominator` names it. `denominator_sd` overrides both.

    Raises ValueError for missing values, other lengths, negative weights, an arm
    without weight, and `denominator_sd` not above 0.
    """
    values, treated, weights = columns_of(
        data, values=values, treated=treated, weights=weights
    )
    x = numbers(values, "values")
    arms = flags(treated, "treated", len(x))
    w = np.ones(len(x)) if weights is None else numbers(weights, "weights", len(x))
    if (w < 0).any():
        raise ValueError("weights: one is negative")
    for label, arm in (("treated", arms), ("control", ~arms)):
        if not w[arm].sum() > 0:
            raise ValueError(f"the {label} arm has no subject with a weight above 0")
    if denominator_sd is not None and not (0 < denominator_sd < np.inf):
        raise ValueError(f"denominator_sd: {denominator_sd} is not above 0")
    if binary is None:
        binary = bool(np.isin(x, (0.0, 1.0)).all())

    mean_treated = _weighted_mean(x[arms], w[arms])
    mean_control = _weighted_mean(x[~arms], w[~arms])
    if denominator_sd is None:
        sd, denominator = _unmatched_sd(x, arms, binary)
    else:
        sd, denominator = float(denominator_sd), _GIVEN_SD
    difference = mean_treated - mean_control
    ratio = np.nan
    if not binary:
        below = _weighted_variance(x[~arms], w[~arms])
        if below > 0:
            ratio = _weighted_variance(x[arms], w[arms]) / below
    return Balance(
        mean_treated=mean_treated,
        mean_control=mean_control,
        smd=difference / sd if sd > 0 else 0.0,
        denominator=denominator,
        variance_ratio=float(ratio),
    )


def absolute_differences(
    columns: NDArray[np.float64],
    treated: NDArray[np.bool_],
    weights: NDArray[np.float64],
    is_binary: Sequence[bool],
) -> NDArray[np.float64]:
    """Return the absolute SMD of each column, as `balance` has it, without its checks.

    `columns` is subjects x variables, without missing values; both arms have weight.
    Some 20 times faster, for the many samples of imputations.
    """
    differences = np.zeros(columns.shape[1])
    for j, (x, binary) in enumerate(zip(columns.T, is_binary, strict=True)):
        sd = _unmatched_sd(x, treated, binary)[0]
        if sd > 0:
            means = [
                _weighted_mean(x[arm], weights[arm]) for arm in (treated, ~treated)
            ]
            differences[j] = abs(means[0] - means[1]) / sd
    return differences


def _unmatched_sd(x: NDArray, arms: NDArray, binary: bool) -> tuple[float, str]:
    for subjects, label in ((x[arms], _TREATED_SD), (x, _ALL_SD)):
        sd = np.sqrt(_variance(subjects, binary))
        if sd >= _SMALLEST_SD:
            return float(sd), label
    return 0.0, _NO_SD


def _variance(x: NDArray, binary: bool) -> float:
    if binary:
        return float(x.mean() * (1.0 - x.mean()))
    return float(x.var(ddof=1)) if len(x) > 1 else 0.0


def _weighted_mean(x: NDArray, w: NDArray) -> float:
    return float((w * x).sum() / w.sum())


def _weighted_variance(x: NDArray, w: NDArray) -> float:
    """Return sum(w) sum(w (x - mean)^2) / (sum(w)^2 - sum(w^2)): n-1 for w = 1."""
    below = w.sum() ** 2 - (w**2).sum()
    if below <= 0:
        return float("nan")
    return float(w.sum() * (w * (x - _weighted_mean(x, w)) ** 2).sum() / below)
