"""Means of groups, whose members may have weights."""

import numpy as np
from scipy import stats

from counterarm.tables.frames import NUMBER, TEXT

MEAN_TYPES = {
    "mean": NUMBER,
    "sd": NUMBER,
    "se": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "median": NUMBER,
    "q1": NUMBER,
    "q3": NUMBER,
    "definition": TEXT,
}
UNWEIGHTED = "subjects count one each; interval of Student's t"
WEIGHTED = (
    "subjects count their weight, which is taken as given; standard error from the "
    "squared weighted residuals, normal interval"
)


def is_weighted(weights: np.ndarray) -> bool:
    """Tell whether any member counts for more or less than one subject."""
    return bool((np.abs(weights - 1) > 1e-12).any())


def mean(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted mean, NaN of none."""
    return float(values @ weights / weights.sum()) if len(values) else np.nan


def robust_se(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the standard error of a weighted mean, the weights taken as given."""
    residuals = weights * (values - mean(values, weights))
    return float(np.sqrt((residuals**2).sum()) / weights.sum())


def describe(values: np.ndarray, weights: np.ndarray) -> dict:
    """Return mean, deviation, interval and quartiles of the known values.

    With weights other than one the deviation is that of the weighted population, and
    there are no quartiles.
    """
    known = ~np.isnan(values)
    values, weights = values[known], weights[known]
    weighted = is_weighted(weights)
    row = {"definition": WEIGHTED if weighted else UNWEIGHTED}
    if not len(values):
        return row
    centre = mean(values, weights)
    row["mean"] = centre
    if weighted:
        row["sd"] = np.sqrt(mean((values - centre) ** 2, weights))
        row["se"] = robust_se(values, weights)
        reach = stats.norm.ppf(0.975)
    else:
        row["q1"], row["median"], row["q3"] = np.quantile(values, [0.25, 0.5, 0.75])
        if len(values) < 2:
            return row
        row["sd"] = values.std(ddof=1)
        row["se"] = row["sd"] / np.sqrt(len(values))
        reach = stats.t.ppf(0.975, len(values) - 1)
    row["ci_low"] = centre - reach * row["se"]
    row["ci_high"] = centre + reach * row["se"]
    return row
