"""Baseline characteristics of arms and groups, and their tests: the papers' Table 1."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from counterarm.matching import effective_sample_size
from counterarm.tables.comparisons import (
    Comparison,
    Group,
    Sample,
    samples,
    subject_weights,
)
from counterarm.tables.frames import FLAG, NUMBER, TEXT, numbers, texts, typed_frame
from counterarm.tables.group_tests import (
    SEVERAL_NUMERIC,
    TWO_NUMERIC,
    compare_levels_of,
    compare_numbers,
    not_computed,
)

TABLE_TYPES = {
    "analysis_id": TEXT,
    "sample": TEXT,
    "variable": TEXT,
    "level": TEXT,
    "group_name": TEXT,
    "statistic": TEXT,
    "value": NUMBER,
    "is_weighted": FLAG,
}
TEST_TYPES = {
    "analysis_id": TEXT,
    "sample": TEXT,
    "variable": TEXT,
    "comparison": TEXT,
    "test": TEXT,
    "statistic": NUMBER,
    "p_value": NUMBER,
    "difference": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "definition": TEXT,
    "note": TEXT,
}
WEIGHTED = (
    "the subjects of a group have unequal weights, which the test does not allow; "
    "see matching.balance"
)


def baseline_table(
    subjects: pd.DataFrame,
    matched: pd.DataFrame,
    members: pd.DataFrame,
    variables: pd.DataFrame,
) -> pd.DataFrame:
    """Describe every variable by arm among the eligible, by group among the matched.

    `subjects`, `matched` and `members` are rows of `cohort.subjects`,
    `matching.matched_subjects` and `analysis.group_members`; a control in several sets
    counts in each. Numeric variables have n, n_missing, mean, sd, median, q1, q3, min
    and max; categorical ones n and percent of the known by level, and n_missing.

    In a group whose subjects do not all weigh the same, n stays a count; mean, sd,
    quantiles and percent are weighted, and n_subjects, weight (its sum) and ess (Kish's
    effective sample size, of the known) are beside them. The weights of a subject in
    several sets are added up. The weighted variance is
    sum(w (x - mean)^2) / (W - sum(w^2) / W), W = sum(w), which is the common one where
    all weigh the same; weighted quantiles invert the weighted distribution and average
    at its steps.
    """
    rows = []
    for sample in samples(subjects, matched, members):
        for name, is_numeric in known_variables(sample, variables):
            values = column(sample, name, is_numeric)
            describe = describe_numbers if is_numeric else describe_levels
            for group in sample.groups:
                own = keys_of(sample, name) | {
                    "group_name": group.name,
                    "is_weighted": group.is_weighted,
                }
                rows += [own | row for row in describe(group, values[group.places])]
    return typed_frame(rows, TABLE_TYPES)


def baseline_tests(
    subjects: pd.DataFrame,
    matched: pd.DataFrame,
    members: pd.DataFrame,
    variables: pd.DataFrame,
) -> pd.DataFrame:
    """Compare on every variable the arms, and the groups of every comparison set.

    Each row's definition says what `counterarm.tables.group_tests` computed. In a
    comparison with a weighted group nothing is tested, and the rows have a note.
    """
    rows = []
    for sample in samples(subjects, matched, members):
        for name, is_numeric in known_variables(sample, variables):
            values = column(sample, name, is_numeric)
            for comparison in sample.comparisons:
                own = keys_of(sample, name) | {"comparison": comparison.name}
                rows += [own | row for row in tests_of(comparison, values, is_numeric)]
    return typed_frame(rows, TEST_TYPES)


def keys_of(sample: Sample, variable: str) -> dict:
    """Return the first columns of a row."""
    return {
        "analysis_id": sample.analysis_id,
        "sample": sample.sample,
        "variable": variable,
    }


def known_variables(
    sample: Sample, variables: pd.DataFrame
) -> Iterator[tuple[str, bool]]:
    """Yield each variable that is known of any in the sample, and whether numeric.

    A variable that no analysis names has no column.
    """
    for variable in variables.sort_values("variable").itertuples():
        name = variable.variable
        if name in sample.rows and sample.rows[name].notna().any():
            yield variable.variable, variable.kind == "numeric"


def column(sample: Sample, name: str, is_numeric: bool) -> np.ndarray:
    """Return a variable of a sample: floats with NaN, or texts with None."""
    if is_numeric:
        return numbers(sample.rows, name)
    return texts(sample.rows, name).to_numpy(object)


def describe_numbers(group: Group, values: np.ndarray) -> Iterator[dict]:
    """Yield the statistics of a numeric variable in one group."""
    is_known = ~np.isnan(values)
    known = values[is_known]
    yield {"statistic": "n", "value": len(known)}
    yield {"statistic": "n_missing", "value": len(values) - len(known)}
    if group.is_weighted:
        yield from weight_statistics(group, is_known)
    if not len(known):
        return
    if group.is_weighted:
        mean, sd, (q1, middle, q3) = weighted_statistics(group, values, is_known)
    else:
        mean, sd = known.mean(), known.std(ddof=1) if len(known) > 1 else np.nan
        q1, middle, q3 = np.quantile(known, [0.25, 0.5, 0.75])
    statistics = {
        "mean": mean,
        "sd": sd,
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


def describe_levels(group: Group, values: np.ndarray) -> Iterator[dict]:
    """Yield count and percent of every level of a variable in one group."""
    is_known = pd.notna(values)
    known = values[is_known]
    yield {"statistic": "n_missing", "value": len(values) - len(known)}
    if group.is_weighted:
        yield from weight_statistics(group, is_known)
    for level, count in sorted(Counter(known).items()):
        yield {"level": level, "statistic": "n", "value": count}
        percent = 100.0 * count / len(known)
        if group.is_weighted:
            weight = group.weight[values == level].sum()
            yield {"level": level, "statistic": "weight", "value": weight}
            percent = 100.0 * weight / group.weight[is_known].sum()
        yield {"level": level, "statistic": "percent", "value": percent}


def weight_statistics(group: Group, is_known: np.ndarray) -> Iterator[dict]:
    """Yield subjects, sum of weights and effective sample size of the known."""
    _, own = subject_weights(group.usubjid[is_known], group.weight[is_known])
    yield {"statistic": "n_subjects", "value": len(own)}
    yield {"statistic": "weight", "value": own.sum()}
    yield {"statistic": "ess", "value": effective_sample_size(own)}


def weighted_statistics(
    group: Group, values: np.ndarray, is_known: np.ndarray
) -> tuple[float, float, list[float]]:
    """Return weighted mean, SD and quartiles, a subject's weights added up."""
    first, w = subject_weights(group.usubjid[is_known], group.weight[is_known])
    x = values[is_known][first]
    order = np.argsort(x, kind="stable")
    x, w = x[order], w[order]
    total = w.sum()
    mean = float((w * x).sum() / total)
    freedom = total - np.square(w).sum() / total
    variance = (w * np.square(x - mean)).sum() / freedom if freedom > 0 else np.nan
    return (
        mean,
        float(np.sqrt(variance)),
        [quantile(x, w, q) for q in (0.25, 0.5, 0.75)],
    )


def quantile(x: np.ndarray, w: np.ndarray, share: float) -> float:
    """Invert the weighted distribution of sorted values, averaging at its steps."""
    reached = np.cumsum(w) / w.sum()
    at = int(np.searchsorted(reached, share - 1e-12))
    if at + 1 < len(x) and abs(reached[at] - share) <= 1e-12:
        return float((x[at] + x[at + 1]) / 2)
    return float(x[min(at, len(x) - 1)])


def tests_of(
    comparison: Comparison, values: np.ndarray, is_numeric: bool
) -> Iterator[dict]:
    """Yield the tests of one variable of the sample in one comparison."""
    several = len(comparison.groups) > 2
    if any(group.is_weighted for group in comparison.groups):
        numeric = SEVERAL_NUMERIC if several else TWO_NUMERIC
        yield from not_computed(numeric if is_numeric else ("chi_square",), WEIGHTED)
    elif is_numeric:
        by_group = [values[group.places] for group in comparison.groups]
        yield from compare_numbers([own[~np.isnan(own)] for own in by_group])
    else:
        counts = [
            Counter(own[pd.notna(own)])
            for own in (values[group.places] for group in comparison.groups)
        ]
        levels = sorted(set().union(*counts))
        table = [[of_group[level] for of_group in counts] for level in levels]
        names = [group.name for group in comparison.groups]
        shape = (len(levels), len(names))
        yield from compare_levels_of(levels, names, np.array(table, int).reshape(shape))
