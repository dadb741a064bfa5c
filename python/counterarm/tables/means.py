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
REPEATED = (
    "rows of one subject, as of a control matched several times, are summed before "
    "squaring"
)


def weighting_of(weights: np.ndarray, subjects: np.ndarray) -> str:
    """Return why members cannot count as independent subjects of weight 1, or nothing.

    `subjects` names the subject of each row.
    """
    if (np.abs(weights - 1) > 1e-12).any():
        return "the members have weights"
    if len(np.unique(subjects)) < len(subjects):
        return "a subject is in several matched sets"
    return ""


def mean(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted mean, NaN of none."""
    return float(values @ weights / weights.sum()) if len(values) else np.nan


def robust_se(values: np.ndarray, weights: np.ndarray, subjects: np.ndarray) -> float:
    """Return the standard error of a weighted mean, the weights taken as given.

    sqrt(sum over subjects of (sum of w (x - mean) of its rows)^2) / sum(w): the
    linearization (sandwich) variance, clustered by subject.
    """
    residuals = weights * (values - mean(values, weights))
    _, subject = np.unique(subjects, return_inverse=True)
    by_subject = np.bincount(subject, residuals)
    return float(np.sqrt((by_subject**2).sum()) / weights.sum())


def describe(values: np.ndarray, weights: np.ndarray, subjects: np.ndarray) -> dict:
    """Return mean, deviation, interval and quartiles of the known values.

    The arrays have one element per row: the value, the weight and the subject. With
    weights other than one, or a subject in several rows, the deviation is that of the
    weighted population, sqrt(sum(w (x - mean)^2) / sum(w)), the standard error is
    robust by subject, and there are no quartiles.
    """
    known = ~np.isnan(values)
    values, weights, subjects = values[known], weights[known], subjects[known]
    weighted = bool(weighting_of(weights, subjects))
    row: dict = {"definition": f"{WEIGHTED}; {REPEATED}" if weighted else UNWEIGHTED}
    if not len(values):
        return row
    centre = mean(values, weights)
    row["mean"] = centre
    if weighted:
        row["sd"] = np.sqrt(mean((values - centre) ** 2, weights))
        row["se"] = robust_se(values, weights, subjects)
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
