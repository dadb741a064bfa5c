"""Formulas of SciPy's two-sample tests, to the last bit, without its checks of a call.

A table has tens of thousands of tests of short arrays, and SciPy spends half a
millisecond on each to allow for axes, masks and missing values that are not there.
"""

from functools import cache

import numpy as np
from scipy import special, stats

CONF_LEVEL = 0.95


def mean_and_variance(values: np.ndarray) -> tuple[float, float]:
    """Return the mean and the variance, n - 1 in its denominator."""
    mean = values.mean()
    n = float(len(values))
    return mean, np.mean((values - mean) ** 2) * (n / (n - 1))


def t_tests(first: np.ndarray, second: np.ndarray) -> dict[str, tuple[float, ...]]:
    """Return t, its p value and the limits of the difference of means, by test.

    `first` and `second` have two values or more each, not all equal in both. Source:
    `scipy.stats.ttest_ind` with equal variances (t_test) and without (welch).
    """
    n1, n2 = len(first), len(second)
    mean1, variance1 = mean_and_variance(first)
    mean2, variance2 = mean_and_variance(second)
    df = n1 + n2 - 2.0
    pooled = ((n1 - 1) * variance1 + (n2 - 1) * variance2) / df
    own1, own2 = variance1 / n1, variance2 / n2
    with np.errstate(divide="ignore", invalid="ignore"):
        welch_df = (own1 + own2) ** 2 / (own1**2 / (n1 - 1) + own2**2 / (n2 - 1))
    errors = {
        "t_test": (df, np.sqrt(pooled * (1.0 / n1 + 1.0 / n2))),
        "welch": (welch_df, np.sqrt(own1 + own2)),
    }
    tail = (1 - CONF_LEVEL) / 2
    found: dict[str, tuple[float, ...]] = {}
    for test, (freedom, error) in errors.items():
        difference = mean1 - mean2
        t = difference / error
        p_value = 2 * special.stdtr(freedom, -abs(t))
        low, high = special.stdtrit(freedom, np.array([tail, 1 - tail]))
        limits = low * error + difference, high * error + difference
        found[test] = (t, p_value, *limits)
    return found


class Ranks:
    """The ranks of two samples together, for Mann-Whitney's U of the first."""

    def __init__(self, first: np.ndarray, second: np.ndarray) -> None:
        """Rank the values, ties by their mean rank."""
        both = np.concatenate([first, second])
        self.n1, self.n2 = len(first), len(second)
        order = np.argsort(both, kind="stable")
        in_order = both[order]
        is_first = np.ones(len(both), dtype=bool)
        np.not_equal(in_order[1:], in_order[:-1], out=is_first[1:])
        place = np.flatnonzero(is_first)
        self.counts = np.diff(np.append(place, len(both))).astype(float)
        ranks = np.empty(len(both))
        mean_ranks = place + 1.0 + (self.counts - 1) / 2
        ranks[order] = mean_ranks[np.cumsum(is_first) - 1]
        self.u = ranks[: self.n1].sum() - self.n1 * (self.n1 + 1) / 2

    @property
    def has_ties(self) -> bool:
        """Tell whether a value occurs twice."""
        return len(self.counts) < self.n1 + self.n2

    def p_value(self, *, is_continuous: bool) -> float:
        """Return the two-sided p value by the normal approximation, ties corrected.

        With `is_continuous` U is moved by 1/2 towards its mean. Source:
        `scipy.stats.mannwhitneyu(method="asymptotic")`.
        """
        n1, n2, n = self.n1, self.n2, self.n1 + self.n2
        ties = (self.counts**3 - self.counts).sum()
        error = np.sqrt(n1 * n2 / 12 * ((n + 1) - ties / (n * (n - 1))))
        beyond = max(self.u, n1 * n2 - self.u) - n1 * n2 / 2
        if is_continuous:
            beyond -= 0.5
        return float(min(special.ndtr(-(beyond / error)) * 2, 1.0))


def chi_square(
    counts: np.ndarray, expected: np.ndarray, *, is_corrected: bool
) -> tuple[float, float]:
    """Return Pearson's chi-square of a table and its p value.

    With `is_corrected` the counts are moved towards what is expected by 1/2 at most
    (Yates). Source: `scipy.stats.chi2_contingency`.
    """
    observed = counts.astype(float)
    if is_corrected:
        difference = expected - observed
        observed = observed + np.minimum(0.5, np.abs(difference)) * np.sign(difference)
    statistic = ((observed - expected) ** 2 / expected).sum()
    df = float((counts.shape[0] - 1) * (counts.shape[1] - 1))
    return statistic, special.chdtrc(df, statistic)


def expected_counts(counts: np.ndarray) -> np.ndarray:
    """Return what independence expects of a table of counts."""
    table = counts.astype(float)
    margins = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True)
    return margins / table.sum()


@cache
def fisher(a: int, b: int, c: int, d: int) -> tuple[float, float]:
    """Return the odds ratio of the counts and Fisher's p, of ((a, b), (c, d))."""
    found = stats.fisher_exact([[a, b], [c, d]])
    return found.statistic, found.pvalue
