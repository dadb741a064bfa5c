"""Tests between the compared groups, each with the words for what it is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from counterarm.survival import (
    TestResult,
    cox_f,
    cox_mantel,
    gehan,
    log_rank_permutation,
    peto_peto,
)
from counterarm.survival.two_sample import (
    RiskTable,
    Weighting,
    log_rank_of,
    risk_table,
)
from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame
from counterarm.tables.groups import NONE, SurvivalComparison, comparisons, read_groups

TEST_TYPES = {
    "analysis_id": TEXT,
    "endpoint": TEXT,
    "comparison_set": TEXT,
    "comparison": TEXT,
    "test": TEXT,
    "statistic": NUMBER,
    "statistic_kind": TEXT,
    "df": COUNT,
    "df2": COUNT,
    "p_value": NUMBER,
    "p_adjusted": NUMBER,
    "weighting": TEXT,
    "definition": TEXT,
}


@dataclass(frozen=True)
class Test:
    """A test of the table.

    `of_two` needs two groups, whose first the comparison names first. Ranks and scores
    have no weighted form, and none with delayed entry. `by_set` sums the robust
    variance over matched sets.
    """

    __test__ = False  # keeps pytest from collecting it

    function: Callable[..., TestResult]
    of_two: bool = False
    has_weighted_form: bool = True
    by_set: bool = False
    of_risk_table: bool = False


def of_log_rank(weighting: Weighting, *, by_set: bool = False) -> Test:
    """Return the log-rank test in one weighting."""
    function = partial(log_rank_of, weighting=weighting)
    return Test(function, by_set=by_set, of_risk_table=True)


TESTS = {
    "log_rank": of_log_rank("log_rank"),
    "log_rank_cluster": of_log_rank("log_rank", by_set=True),
    "peto_g_rho1": of_log_rank("peto_g_rho1"),
    "gehan_breslow": of_log_rank("gehan_breslow"),
    "tarone_ware": of_log_rank("tarone_ware"),
    "fh_0_1": of_log_rank((0, 1)),
    "fh_1_1": of_log_rank((1, 1)),
    "cox_mantel": Test(cox_mantel, of_two=True),
    "gehan": Test(gehan, of_two=True, has_weighted_form=False),
    "gehan_uncorrected": Test(
        partial(gehan, correction=False), of_two=True, has_weighted_form=False
    ),
    "cox_f": Test(cox_f, of_two=True, has_weighted_form=False),
    "log_rank_permutation": Test(
        log_rank_permutation, of_two=True, has_weighted_form=False
    ),
    "peto_peto": Test(peto_peto, of_two=True, has_weighted_form=False),
}


def survival_tests(members: pd.DataFrame) -> pd.DataFrame:
    """Test the groups of every comparison set, all together and by pairs.

    `members` are rows of `analysis.group_members`. One row per analysis, endpoint,
    comparison and test; tests of two groups have rows for pairs only. p_adjusted is
    Benjamini and Hochberg's over the pairs of a set with more than two groups;
    elsewhere null. Where a weight differs from 1 or a subject has several rows, tests
    are weighted and their variance robust; rows with delayed entry are at risk from
    then on. A test that has no such form, and a comparison that has no event, has a row
    without statistic and with a note.
    """
    rows = []
    for keys, compared in comparisons(read_groups(members)):
        tables: dict[str, RiskTable] = {}
        for name, test in TESTS.items():
            tested = [
                keys
                | {
                    "comparison": comparison.title,
                    "test": name,
                    "weighting": comparison.sample.weighting,
                }
                | run_test(test, comparison, tables)
                for comparison in compared
                if len(comparison.groups) == 2 or not test.of_two
            ]
            pairs = [row for row in tested if row["comparison"].count(" vs ") == 1]
            if len(pairs) > 1:
                adjusted = benjamini_hochberg([row["p_value"] for row in pairs])
                for row, p_adjusted in zip(pairs, adjusted, strict=True):
                    row["p_adjusted"] = p_adjusted
            rows += tested
    return typed_frame(rows, TEST_TYPES)


def run_test(
    test: Test, comparison: SurvivalComparison, tables: dict[str, RiskTable]
) -> dict:
    """Return the columns of one test's row; `tables` keeps those of a set by title."""
    sample = comparison.sample
    options: dict = {"first": comparison.first_code} if test.of_two else {}
    if sample.weighting != NONE:
        if not test.has_weighted_form:
            return not_computed(
                "the test is not implemented for weighted or repeated rows"
            )
        options["weights"] = sample.weight
    if sample.delayed_entry is not None:
        if not test.has_weighted_form:
            return not_computed("the test is not implemented for delayed entry")
        options["entry"] = sample.delayed_entry
    clusters = [sample.matched_set] if test.by_set else []
    if sample.is_repeated:
        clusters.append(sample.subject)
    if clusters:
        options["cluster"] = tuple(clusters) if len(clusters) == 2 else clusters[0]
    arrays = sample.time, sample.event, sample.group
    try:
        if test.of_risk_table:
            own = {key: options.pop(key, None) for key in ("weights", "entry")}
            if comparison.title not in tables:
                tables[comparison.title] = risk_table(*arrays, **own)
            result = test.function(tables[comparison.title], **options)
        else:
            result = test.function(*arrays, **options)
    except ValueError as error:
        return not_computed(str(error))
    definition = result.definition
    if clusters:
        ways = "matched set and subject" if len(clusters) == 2 else "matched set"
        definition = definition.replace(
            "by cluster", f"by {ways if test.by_set else 'subject'}"
        )
    return {
        "statistic": result.statistic,
        "statistic_kind": result.statistic_kind,
        "df": result.df,
        "df2": result.df2,
        "p_value": result.p_value,
        "definition": definition,
    }


def not_computed(reason: str) -> dict:
    """Return the columns of a row without statistic, with the reason."""
    return {"p_value": np.nan, "definition": f"not computed: {reason}"}


def benjamini_hochberg(p_values: list[float]) -> np.ndarray:
    """Adjust p values for the false discovery rate; NaN stays NaN and does not count.

    Source: Benjamini and Hochberg 1995.
    """
    p = np.asarray(p_values, float)
    is_known = ~np.isnan(p)
    adjusted = np.full(len(p), np.nan)
    known = p[is_known]
    order = np.argsort(known)
    scaled = known[order] * (len(known) / np.arange(1.0, len(known) + 1))
    least = np.minimum.accumulate(scaled[::-1])[::-1]
    of_known = np.empty(len(known))
    of_known[order] = np.clip(least, 0.0, 1.0)
    adjusted[is_known] = of_known
    return adjusted
