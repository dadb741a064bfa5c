"""Change and slope of function by group, with their tests."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from counterarm.tables.comparisons import among, group_order, members_once, title
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame
from counterarm.tables.means import (
    MEAN_TYPES,
    WEIGHTED,
    describe,
    is_weighted,
    mean,
    robust_se,
)

STATUSES = {
    "n_assessed": "assessed",
    "n_no_baseline": "no baseline",
    "n_dead": "dead",
    "n_lost": "lost",
    "n_not_assessed": "not assessed",
}
CHANGE_TYPES = {
    "analysis_id": TEXT,
    "comparison_set": TEXT,
    "group_name": TEXT,
    "window_id": TEXT,
    "n": COUNT,
    **dict.fromkeys(STATUSES, COUNT),
    "mean_baseline": NUMBER,
    **MEAN_TYPES,
}
SLOPE_TYPES = {
    "analysis_id": TEXT,
    "comparison_set": TEXT,
    "group_name": TEXT,
    "period": TEXT,
    "n": COUNT,
    "n_with_slope": COUNT,
    **MEAN_TYPES,
}
TEST_TYPES = {
    "comparison": TEXT,
    "test": TEXT,
    "n": COUNT,
    "difference": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "statistic": NUMBER,
    "df": NUMBER,
    "p_value": NUMBER,
    "definition": TEXT,
    "note": TEXT,
}
CHANGE_TEST_TYPES = {
    "analysis_id": TEXT,
    "comparison_set": TEXT,
    "window_id": TEXT,
} | TEST_TYPES
SLOPE_TEST_TYPES = {
    "analysis_id": TEXT,
    "comparison_set": TEXT,
    "period": TEXT,
} | TEST_TYPES
PAIR_TESTS = {
    "welch": "Welch's t test, variances apart",
    "t_test": "Student's t test, equal variances",
    "mann_whitney": (
        "Mann-Whitney U of the first group; normal approximation corrected for ties "
        "and continuity (R's wilcox.test, exact = FALSE); difference of medians"
    ),
}
SEVERAL_TESTS = {
    "anova": "one-way analysis of variance, equal variances",
    "kruskal_wallis": "Kruskal-Wallis H, corrected for ties, chi-square",
}
# Values and weights of a group of which nothing is known.
NOBODY = np.empty(0), np.empty(0)
WEIGHTED_TEST = "z of the difference of weighted means; " + WEIGHTED


def function_change(members: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Summarise the change from baseline by group and month window.

    `members` are rows of `analysis.group_members`, `changes` of
    `analysis.window_changes`. One row per analysis, comparison set, group and window;
    n counts the members and is the sum of those assessed and of those who are not, by
    reason.
    """
    rows = []
    for keys, group, values, weights in groups_of(members, changes, "window_id"):
        status = group["status"].to_numpy(str)
        counts = {name: int((status == text).sum()) for name, text in STATUSES.items()}
        known = ~np.isnan(values)
        baseline = numbers(group, "baseline_total")
        rows.append(
            keys
            | {"n": len(group)}
            | counts
            | {"mean_baseline": mean(baseline[known], weights[known])}
            | describe(values, weights)
        )
    return typed_frame(rows, CHANGE_TYPES)


def function_slope_groups(members: pd.DataFrame, slopes: pd.DataFrame) -> pd.DataFrame:
    """Summarise the slopes of `analysis.function_slopes` by group and period."""
    rows = [
        keys
        | {"n": len(group), "n_with_slope": int((~np.isnan(values)).sum())}
        | describe(values, weights)
        for keys, group, values, weights in groups_of(members, slopes, "period")
    ]
    return typed_frame(rows, SLOPE_TYPES)


def function_change_tests(members: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Test the change from baseline between the groups of every comparison set."""
    rows = tests_of(members, changes, "window_id")
    return typed_frame(rows, CHANGE_TEST_TYPES)


def function_slope_tests(members: pd.DataFrame, slopes: pd.DataFrame) -> pd.DataFrame:
    """Test the slopes between the groups of every comparison set."""
    return typed_frame(tests_of(members, slopes, "period"), SLOPE_TEST_TYPES)


def joined(members: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """Return members with what was measured of them, in one order."""
    own = measured.drop(columns=["arm", "weight"], errors="ignore")
    rows = members_once(members).merge(own, on=["analysis_id", "set_id", "usubjid"])
    return rows.sort_values(["set_id", "usubjid"], kind="stable")


def value_column(measured: pd.DataFrame) -> str:
    """Return the name of the measured column."""
    return "change" if "change" in measured else "slope"


def groups_of(
    members: pd.DataFrame, measured: pd.DataFrame, by: str
) -> Iterator[tuple[dict, pd.DataFrame, np.ndarray, np.ndarray]]:
    """Yield keys, rows, values and weights of every group."""
    rows = joined(members, measured)
    keys = ["analysis_id", "comparison_set", "position", "group_name", by]
    for own, group in rows.groupby(keys):
        named = dict(zip(keys, own, strict=True))
        del named["position"]
        yield (
            named,
            group,
            numbers(group, value_column(measured)),
            group["weight"].to_numpy(float),
        )


def tests_of(members: pd.DataFrame, measured: pd.DataFrame, by: str) -> list[dict]:
    """Return the rows of every comparison and test."""
    result = []
    keys = ["analysis_id", "comparison_set", by]
    column = value_column(measured)
    needed = [*keys, "position", "group_name", column, "weight"]
    for own, rows in joined(members, measured)[needed].groupby(keys):
        named = dict(zip(keys, own, strict=True))
        known = rows[rows[column].notna()]
        samples = {
            str(name): (numbers(group, column), group["weight"].to_numpy(float))
            for name, group in known.groupby("group_name")
        }
        for groups in among(group_order(rows)):
            chosen = [samples.get(name, NOBODY) for name in reversed(groups)]
            result += [
                named | {"comparison": title(groups)} | row
                for row in compare(*map(list, zip(*chosen, strict=True)))
            ]
    return result


def compare(values: list[np.ndarray], weights: list[np.ndarray]) -> Iterator[dict]:
    """Yield a row for every test of two samples, or of several."""
    definitions = PAIR_TESTS if len(values) == 2 else SEVERAL_TESTS
    n = sum(len(sample) for sample in values)
    weighted = is_weighted(np.concatenate(weights))
    why_not = why_not_tested(values, weighted)
    for test, definition in definitions.items():
        row = {"test": test, "n": n, "definition": definition}
        yield row | ({"note": why_not} if why_not else run(test, values))
    if len(values) == 2 and weighted and min(map(len, values)):
        yield {"test": "weighted_means", "n": n} | weighted_test(values, weights)


def why_not_tested(values: list[np.ndarray], weighted: bool) -> str:
    """Return why the unweighted tests cannot be made, or nothing."""
    if min(len(sample) for sample in values) < 2:
        return "not computed: fewer than two values in a group"
    if all(np.ptp(sample) == 0 for sample in values):
        return "not computed: no values differ within a group"
    if weighted:
        return "not computed: the members have weights"
    return ""


def run(test: str, values: list[np.ndarray]) -> dict:
    """Return difference, statistic, degrees of freedom and p value of one test."""
    if test in ("welch", "t_test"):
        result = stats.ttest_ind(*values, equal_var=test == "t_test")
        interval = result.confidence_interval()
        return {
            "difference": values[0].mean() - values[1].mean(),
            "ci_low": interval.low,
            "ci_high": interval.high,
            "statistic": result.statistic,
            "df": result.df,
            "p_value": result.pvalue,
        }
    if test == "mann_whitney":
        result = stats.mannwhitneyu(*values, method="asymptotic")
        return {
            "difference": np.median(values[0]) - np.median(values[1]),
            "statistic": result.statistic,
            "p_value": result.pvalue,
        }
    result = (stats.f_oneway if test == "anova" else stats.kruskal)(*values)
    return {
        "statistic": result.statistic,
        "df": len(values) - 1,
        "p_value": result.pvalue,
    }


def weighted_test(values: list[np.ndarray], weights: list[np.ndarray]) -> dict:
    """Return the z test of two weighted means."""
    (first, second) = (
        describe(sample, weight) for sample, weight in zip(values, weights, strict=True)
    )
    difference = first["mean"] - second["mean"]
    se = np.hypot(*(robust_se(*pair) for pair in zip(values, weights, strict=True)))
    row = {"difference": difference, "definition": WEIGHTED_TEST}
    if se == 0:
        return row | {"note": "not computed: no values differ within a group"}
    reach = stats.norm.ppf(0.975) * se
    return row | {
        "ci_low": difference - reach,
        "ci_high": difference + reach,
        "statistic": difference / se,
        "p_value": 2 * stats.norm.sf(abs(difference / se)),
    }
