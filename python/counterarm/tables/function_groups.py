"""Change and slope of function by group, with their tests."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from counterarm.tables.candidates import subject_of
from counterarm.tables.comparisons import among, group_order, members_once, title
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame
from counterarm.tables.means import (
    MEAN_TYPES,
    REPEATED,
    WEIGHTED,
    describe,
    mean,
    robust_se,
    weighting_of,
)
from counterarm.ties import tied_samples

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
    "welch": "Welch's t test, unequal variances",
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
WEIGHTED_TEST = f"z of the difference of weighted means; {WEIGHTED}; {REPEATED}"


@dataclass(frozen=True)
class Values:
    """What was measured in a group: one element per row, a subject may have several."""

    value: np.ndarray
    weight: np.ndarray
    subject: np.ndarray

    @property
    def parts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the arrays, as `counterarm.tables.means` takes them."""
        return self.value, self.weight, self.subject


NOBODY = Values(np.empty(0), np.empty(0), np.empty(0, str))


def function_change(members: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Summarise the change from baseline by group and month window.

    `members` are rows of `analysis.group_members`, `changes` of
    `analysis.window_changes`. One row per analysis, comparison set, group and window;
    n counts the members and is the sum of those assessed and of those who are not, by
    reason.
    """
    rows = []
    for keys, group, values in groups_of(members, changes, "window_id"):
        status = group["status"].to_numpy(str)
        counts = {name: int((status == text).sum()) for name, text in STATUSES.items()}
        known = ~np.isnan(values.value)
        baseline = numbers(group, "baseline_total")
        rows.append(
            keys
            | {"n": len(group)}
            | counts
            | {"mean_baseline": mean(baseline[known], values.weight[known])}
            | describe(*values.parts)
        )
    return typed_frame(rows, CHANGE_TYPES)


def function_slope_groups(members: pd.DataFrame, slopes: pd.DataFrame) -> pd.DataFrame:
    """Summarise the slopes of `analysis.function_slopes` by group and period."""
    rows = [
        keys
        | {"n": len(group), "n_with_slope": int((~np.isnan(values.value)).sum())}
        | describe(*values.parts)
        for keys, group, values in groups_of(members, slopes, "period")
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
) -> Iterator[tuple[dict, pd.DataFrame, Values]]:
    """Yield keys, rows and values of every group."""
    rows = joined(members, measured)
    keys = ["analysis_id", "comparison_set", "position", "group_name", by]
    for own, group in rows.groupby(keys):
        named = dict(zip(keys, own, strict=True))
        del named["position"]
        yield named, group, values_of(group, value_column(measured))


def values_of(rows: pd.DataFrame, column: str) -> Values:
    """Return a measured column with the weights and subjects of its rows."""
    return Values(
        numbers(rows, column),
        rows["weight"].to_numpy(float),
        subject_of(rows["usubjid"]).astype(str),
    )


def tests_of(members: pd.DataFrame, measured: pd.DataFrame, by: str) -> list[dict]:
    """Return the rows of every comparison and test."""
    result = []
    keys = ["analysis_id", "comparison_set", by]
    column = value_column(measured)
    needed = [*keys, "position", "group_name", column, "weight", "usubjid"]
    for own, rows in joined(members, measured)[needed].groupby(keys):
        named = dict(zip(keys, own, strict=True))
        known = rows[rows[column].notna()]
        samples = {
            str(name): values_of(group, column)
            for name, group in known.groupby("group_name")
        }
        for groups in among(group_order(rows)):
            chosen = [samples.get(name, NOBODY) for name in reversed(groups)]
            result += [
                named | {"comparison": title(groups)} | row for row in compare(chosen)
            ]
    return result


def compare(groups: list[Values]) -> Iterator[dict]:
    """Yield a row for every test of two groups, or of several."""
    definitions = PAIR_TESTS if len(groups) == 2 else SEVERAL_TESTS
    values = [group.value for group in groups]
    n = sum(map(len, values))
    weighting = weighting_of(
        np.concatenate([group.weight for group in groups]),
        np.concatenate([group.subject for group in groups]),
    )
    why_not = why_not_tested(values, weighting)
    for test, definition in definitions.items():
        row = {"test": test, "n": n, "definition": definition}
        yield row | ({"note": why_not} if why_not else run(test, values))
    if len(groups) == 2 and weighting and min(map(len, values)):
        yield {"test": "weighted_means", "n": n} | weighted_test(groups)


def why_not_tested(values: list[np.ndarray], weighting: str) -> str:
    """Return why the unweighted tests cannot be made, or nothing."""
    if min(len(sample) for sample in values) < 2:
        return "not computed: fewer than two values in a group"
    if all(np.ptp(sample) == 0 for sample in values):
        return "not computed: no values differ within a group"
    return f"not computed: {weighting}" if weighting else ""


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
        result = stats.mannwhitneyu(*tied_samples(values), method="asymptotic")
        return {
            "difference": np.median(values[0]) - np.median(values[1]),
            "statistic": result.statistic,
            "p_value": result.pvalue,
        }
    if test == "anova":
        result = stats.f_oneway(*values)
    else:
        result = stats.kruskal(*tied_samples(values))
    return {
        "statistic": result.statistic,
        "df": len(values) - 1,
        "p_value": result.pvalue,
    }


def weighted_test(groups: list[Values]) -> dict:
    """Return the z test of two weighted means."""
    first, second = (mean(group.value, group.weight) for group in groups)
    difference = first - second
    errors = [robust_se(*group.parts) for group in groups]
    se = np.hypot(errors[0], errors[1])
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
