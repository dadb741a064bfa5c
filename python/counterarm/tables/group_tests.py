"""Tests of one variable between groups, by the names under which tables give them.

Each row holds test, statistic, p_value, difference with ci_low and ci_high (of the
means, first group minus second, or null), definition and note. What cannot be computed
has a row without numbers whose note gives the reason.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from counterarm.tables.plain_tests import (
    Ranks,
    chi_square,
    expected_counts,
    fisher,
    t_tests,
)
from counterarm.ties import tied_samples

# R computes the exact distribution of Wilcoxon's W below this many per group.
LARGEST_EXACT_GROUP = 50
# Cochran's bound, which R and Statistica warn at.
SMALLEST_EXPECTED = 5.0

DEFINITIONS = {
    "t_test": "Student's t, equal variances (R: t.test, var.equal = TRUE)",
    "welch": "Welch's t, Satterthwaite's degrees of freedom (R: t.test)",
    "mann_whitney": (
        "Mann-Whitney U of the first group, normal approximation with ties corrected "
        "and continuity correction (R: wilcox.test, exact = FALSE)"
    ),
    "mann_whitney_no_correction": (
        "Mann-Whitney U of the first group, normal approximation with ties corrected, "
        "no continuity correction (R: wilcox.test, exact = FALSE, correct = FALSE)"
    ),
    "mann_whitney_exact": (
        "Mann-Whitney U of the first group, exact distribution, only without ties and "
        "below 50 per group (R: wilcox.test, exact = TRUE)"
    ),
    "anova": "one-way analysis of variance, equal variances (R: aov)",
    "kruskal_wallis": "Kruskal-Wallis H, ties corrected (R: kruskal.test)",
    "chi_square": "Pearson's chi-square without correction (R: correct = FALSE)",
    "chi_square_yates": "Pearson's chi-square with Yates' correction (R: chisq.test)",
    "fisher_exact": (
        "Fisher's exact p, two-sided by probability (R: fisher.test); the statistic "
        "is the odds ratio of the counts, not R's conditional estimate"
    ),
}
AFFIRMATIVE = ("Y", "YES", "TRUE", "1")
TWO_NUMERIC = (
    "t_test",
    "welch",
    "mann_whitney",
    "mann_whitney_no_correction",
    "mann_whitney_exact",
)
SEVERAL_NUMERIC = ("anova", "kruskal_wallis")


def not_computed(tests: Sequence[str], why: str) -> Iterator[dict]:
    """Yield a row without numbers for each test."""
    yield from (
        {"test": test, "definition": DEFINITIONS[test], "note": f"not computed: {why}"}
        for test in tests
    )


def compare_numbers(groups: Sequence[np.ndarray]) -> Iterator[dict]:
    """Yield the tests of a numeric variable, given its known values in each group.

    Two groups have Student's and Welch's t and Mann-Whitney in three forms; more have
    the analysis of variance and Kruskal-Wallis.
    """
    tests = TWO_NUMERIC if len(groups) == 2 else SEVERAL_NUMERIC
    if min(len(values) for values in groups) < 2:
        yield from not_computed(tests, "known of fewer than two in a group")
    elif np.ptp(np.concatenate(groups)) == 0:
        yield from not_computed(tests, "all values are equal")
    elif len(groups) == 2:
        yield from two_means(*groups)
        yield from two_rankings(*groups)
    else:
        yield from several_groups(groups)


def two_means(first: np.ndarray, second: np.ndarray) -> Iterator[dict]:
    """Yield Student's and Welch's test."""
    if np.ptp(first) == 0 and np.ptp(second) == 0:
        yield from not_computed(("t_test", "welch"), "no variance within the groups")
        return
    for test, (statistic, p_value, low, high) in t_tests(first, second).items():
        yield computed(test, statistic, p_value) | {
            "difference": first.mean() - second.mean(),
            "ci_low": low,
            "ci_high": high,
        }


def two_rankings(first: np.ndarray, second: np.ndarray) -> Iterator[dict]:
    """Yield Mann-Whitney with and without correction, and exact where it can be."""
    first, second = tied_samples([first, second])
    ranks = Ranks(first, second)
    for test, corrected in (
        ("mann_whitney", True),
        ("mann_whitney_no_correction", False),
    ):
        yield computed(test, ranks.u, ranks.p_value(is_continuous=corrected))
    exact = ("mann_whitney_exact",)
    if ranks.has_ties:
        yield from not_computed(exact, "ties")
    elif max(len(first), len(second)) >= LARGEST_EXACT_GROUP:
        yield from not_computed(exact, f"{LARGEST_EXACT_GROUP} or more in a group")
    else:
        found = stats.mannwhitneyu(first, second, method="exact")
        yield computed(exact[0], found.statistic, found.pvalue)


def several_groups(groups: Sequence[np.ndarray]) -> Iterator[dict]:
    """Yield the tests of three or more groups."""
    if all(np.ptp(values) == 0 for values in groups):
        yield from not_computed(("anova",), "no variance within the groups")
    else:
        yield computed("anova", *stats.f_oneway(*groups))
    yield computed("kruskal_wallis", *stats.kruskal(*tied_samples(groups)))


def compare_named_levels(counts: pd.DataFrame) -> Iterator[dict]:
    """Yield the tests of a table of counts whose rows are levels and columns groups.

    As `compare_levels_of`.
    """
    groups = tuple(map(str, counts.columns))
    yield from compare_levels_of(list(counts.index), groups, counts.to_numpy(int))


def compare_levels_of(
    levels: Sequence[str], groups: Sequence[str], counts: np.ndarray
) -> Iterator[dict]:
    """Yield the tests of a table of counts, a row per level, a column per group.

    As `compare_levels`; the odds ratio compares the odds of one level in the first
    group with those in the second. The level is yes, otherwise the first by name, and
    the definition gives it.
    """
    order = sorted(range(len(levels)), key=lambda i: (not is_yes(levels[i]), levels[i]))
    for row in compare_levels(counts[order]):
        if row["test"] == "fisher_exact":
            first, second = groups
            level = levels[order[0]]
            row["definition"] += f": odds of {level}, {first} over {second}"
        yield row


def is_yes(level: str) -> bool:
    """Tell whether a level answers a question with yes."""
    return level.upper() in AFFIRMATIVE


def compare_levels(counts: np.ndarray) -> Iterator[dict]:
    """Yield the tests of a table of counts, a row per level, a column per group.

    Two levels of two groups have chi-square with and without Yates' correction and
    Fisher's exact test; larger tables chi-square alone. Where an expected count is
    below 5, the chi-squares have a note. The odds ratio is that of the first row, first
    column over second.
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or min(counts.shape) < 2 or (counts.sum(axis=0) == 0).any():
        yield from not_computed(
            ("chi_square",), "fewer than two levels, or a group with none known"
        )
        return
    expected = expected_counts(counts)
    small = small_cells(expected)
    for test, corrected in (("chi_square", False), ("chi_square_yates", True)):
        if not corrected or counts.shape == (2, 2):
            found = chi_square(counts, expected, is_corrected=corrected)
            yield computed(test, *found, small)
    if counts.shape == (2, 2):
        yield computed("fisher_exact", *fisher(*counts.ravel().tolist()))


def small_cells(expected: np.ndarray) -> str | None:
    """Return a note where a cell's expected count is below 5."""
    n_small = int((expected < SMALLEST_EXPECTED).sum())
    if not n_small:
        return None
    return (
        f"{n_small} of {expected.size} cells expect fewer than 5 (least "
        f"{expected.min():.2f}): the approximation is poor"
    )


def computed(
    test: str, statistic: float, p_value: float, note: str | None = None
) -> dict:
    """Return the row of a test."""
    return {
        "test": test,
        "statistic": statistic,
        "p_value": p_value,
        "definition": DEFINITIONS[test],
        "note": note,
    }
