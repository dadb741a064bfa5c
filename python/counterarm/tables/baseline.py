"""Baseline characteristics of the arms and their tests: the papers' Table 1."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from counterarm.tables.frames import NUMBER, TEXT, numbers, texts, typed_frame

TABLE_TYPES = {
    "analysis_id": TEXT,
    "sample": TEXT,
    "variable": TEXT,
    "level": TEXT,
    "group_name": TEXT,
    "statistic": TEXT,
    "value": NUMBER,
}
TEST_TYPES = {
    "analysis_id": TEXT,
    "sample": TEXT,
    "variable": TEXT,
    "comparison": TEXT,
    "test": TEXT,
    "statistic": NUMBER,
    "p_value": NUMBER,
}


def baseline_table(
    subjects: pd.DataFrame, matched: pd.DataFrame, variables: pd.DataFrame
) -> pd.DataFrame:
    """Describe every variable by arm among the eligible and among the matched.

    `subjects` and `matched` are rows of `cohort.subjects` and
    `matching.matched_subjects`; a control in several sets counts in each. Numeric
    variables have n, n_missing, mean, sd, median, q1, q3, min and max; categorical ones
    n and percent of the known by level, and n_missing.
    """
    rows = []
    for keys, sample, name, is_numeric in columns_of(subjects, matched, variables):
        for arm, group in sample.groupby("arm"):
            own = keys | {"variable": name, "group_name": arm}
            describe = describe_numbers if is_numeric else describe_levels
            rows += [own | row for row in describe(group, name)]
    return typed_frame(rows, TABLE_TYPES)


def baseline_tests(
    subjects: pd.DataFrame, matched: pd.DataFrame, variables: pd.DataFrame
) -> pd.DataFrame:
    """Compare the arms on every variable, as the papers do.

    Numeric variables: t_test (equal variances), welch and mann_whitney (asymptotic,
    corrected for continuity). Categorical ones: chi_square, and for two levels
    chi_square_yates and fisher_exact (statistic: odds ratio). A variable that is known
    of fewer than two in an arm, or has one level, has no row.
    """
    rows = []
    for keys, sample, name, is_numeric in columns_of(subjects, matched, variables):
        compare = compare_numbers if is_numeric else compare_levels
        own = keys | {"variable": name, "comparison": "treated vs control"}
        rows += [
            own | {"test": test, "statistic": statistic, "p_value": p_value}
            for test, statistic, p_value in compare(sample, name)
        ]
    return typed_frame(rows, TEST_TYPES)


def columns_of(
    subjects: pd.DataFrame, matched: pd.DataFrame, variables: pd.DataFrame
) -> Iterator[tuple[dict, pd.DataFrame, str, bool]]:
    """Yield analysis and sample, its rows, a variable known of any, whether numeric."""
    samples = {
        "unmatched": subjects[subjects["is_eligible"].astype(bool)],
        "matched": matched,
    }
    for sample, rows in samples.items():
        for analysis_id, own in rows.groupby("analysis_id"):
            ordered = own.sort_values("usubjid", kind="stable")
            for variable in variables.sort_values("variable").itertuples():
                if ordered[variable.variable].notna().any():
                    yield (
                        {"analysis_id": analysis_id, "sample": sample},
                        ordered,
                        variable.variable,
                        variable.kind == "numeric",
                    )


def describe_numbers(group: pd.DataFrame, name: str) -> Iterator[dict]:
    """Yield the statistics of a numeric variable in one group."""
    values = numbers(group, name)
    known = values[~np.isnan(values)]
    yield {"statistic": "n", "value": len(known)}
    yield {"statistic": "n_missing", "value": len(values) - len(known)}
    if not len(known):
        return
    q1, middle, q3 = np.quantile(known, [0.25, 0.5, 0.75])
    statistics = {
        "mean": known.mean(),
        "sd": known.std(ddof=1) if len(known) > 1 else np.nan,
        "median": middle,
        "q1": q1,
        "q3": q3,
        "min": known.min(),
        "max": known.max(),
    }
    yield from (
        {"statistic": statistic, "value": value}
        for statistic, value in statistics.items()
    )


def describe_levels(group: pd.DataFrame, name: str) -> Iterator[dict]:
    """Yield count and percent of every level of a variable in one group."""
    values = texts(group, name)
    known = values.dropna()
    yield {"statistic": "n_missing", "value": len(values) - len(known)}
    for level, count in known.value_counts().sort_index().items():
        yield {"level": level, "statistic": "n", "value": count}
        yield {
            "level": level,
            "statistic": "percent",
            "value": 100.0 * count / len(known),
        }


def compare_numbers(
    sample: pd.DataFrame, name: str
) -> Iterator[tuple[str, float, float]]:
    """Yield test, statistic and p value for a numeric variable."""
    values = numbers(sample, name)
    known = ~np.isnan(values)
    treated = values[known & (sample["arm"] == "treated").to_numpy(bool)]
    control = values[known & (sample["arm"] == "control").to_numpy(bool)]
    if min(len(treated), len(control)) < 2 or np.ptp(values[known]) == 0:
        return
    if np.ptp(treated) > 0 or np.ptp(control) > 0:
        yield "t_test", *stats.ttest_ind(treated, control)
        yield "welch", *stats.ttest_ind(treated, control, equal_var=False)
    yield (
        "mann_whitney",
        *stats.mannwhitneyu(treated, control, method="asymptotic"),
    )


def compare_levels(
    sample: pd.DataFrame, name: str
) -> Iterator[tuple[str, float, float]]:
    """Yield test, statistic and p value for a categorical variable."""
    counts = pd.crosstab(texts(sample, name), sample["arm"]).to_numpy()
    if min(counts.shape) < 2:
        return
    plain = stats.chi2_contingency(counts, correction=False)
    yield "chi_square", plain.statistic, plain.pvalue
    if counts.shape == (2, 2):
        corrected = stats.chi2_contingency(counts, correction=True)
        yield "chi_square_yates", corrected.statistic, corrected.pvalue
        yield "fisher_exact", *stats.fisher_exact(counts)
