"""The test for interaction: hazard ratios of disjoint subgroups, and chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2


@dataclass(frozen=True)
class Interaction:
    """Cochran's Q over `df` + 1 estimates, chi-squared if all estimate one ratio."""

    statistic: float
    df: int
    p_value: float


def interaction_test(log_ratios: ArrayLike, standard_errors: ArrayLike) -> Interaction:
    """Test whether the log hazard ratios of independent subgroups are one.

    Both have shape (k,), k at least 2. The statistic is sum(w (b - mean)^2), w the
    inverse squared standard errors and mean the one weighted by them (Cochran 1954); of
    two subgroups it is the square of Altman and Bland's z (BMJ 2003;326:219).

    Raises ValueError for fewer than two estimates, other lengths, values that are not
    finite and standard errors not above 0.
    """
    b, se = np.asarray(log_ratios, float), np.asarray(standard_errors, float)
    if b.shape != se.shape or b.ndim != 1 or len(b) < 2:
        raise ValueError("log_ratios, standard_errors: at least two of each, as many")
    if not (np.isfinite(b).all() and np.isfinite(se).all() and (se > 0).all()):
        raise ValueError("log_ratios, standard_errors: not finite, or not above 0")
    weight = se**-2.0
    mean = (weight * b).sum() / weight.sum()
    statistic = float((weight * (b - mean) ** 2).sum())
    return Interaction(statistic, len(b) - 1, float(chi2.sf(statistic, len(b) - 1)))
