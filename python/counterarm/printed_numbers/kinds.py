"""The kinds of checks: what each computes, which numbers it judges and which follow."""

from collections.abc import Callable
from dataclasses import dataclass

from counterarm.printed_numbers import (
    counts,
    curves,
    inference,
    power,
    regression,
    survival,
    whole_numbers,
)
from counterarm.printed_numbers.finding import Finding, Items
from counterarm.printed_numbers.tables2x2 import count_test


@dataclass(frozen=True)
class Kind:
    """A kind of check.

    `blamed` are the roles that a contradiction puts in doubt, `follows` those that the
    others determine when they agree, `formula` how, in words.
    """

    check: Callable[[Items, dict[str, str]], Finding]
    blamed: tuple[str, ...]
    follows: tuple[str, ...]
    formula: str


KINDS = {
    "percent": Kind(
        counts.percent, ("percent",), ("percent",), "100 x count / total, rounded"
    ),
    "sum": Kind(counts.total_of, ("whole",), ("whole",), "the sum of its parts"),
    "split": Kind(
        counts.total_of,
        ("whole", "part"),
        ("whole",),
        "the sum of the parts of a split",
    ),
    "percent_sum": Kind(
        counts.percent_total, ("part",), (), "percentages of a split add to 100"
    ),
    "ratio": Kind(
        counts.ratio, ("ratio",), ("ratio",), "numerator / denominator, rounded"
    ),
    "ratio_split": Kind(
        counts.ratio_split,
        ("whole",),
        (),
        "the whole numbers that make the printed ratios of a split, added",
    ),
    "same": Kind(
        counts.same, ("first", "second"), ("second",), "the same number, printed again"
    ),
    "matched": Kind(
        counts.same,
        ("first", "second"),
        ("second",),
        "the same count in the other group, which is matched to it",
    ),
    "at_most": Kind(counts.at_most, ("whole", "part"), (), "no part beyond the whole"),
    "union": Kind(
        counts.union,
        ("whole",),
        (),
        "subjects with any event: from the most frequent to all added",
    ),
    "listed_above": Kind(
        counts.listed_above, ("count",), (), "a listed percentage passes the threshold"
    ),
    "median_split": Kind(
        counts.median_split,
        ("below", "above"),
        (),
        "no more than half of all lie strictly below their median",
    ),
    "in_order": Kind(survival.in_order, ("value",), (), "the numbers rise"),
    "median_events": Kind(
        survival.median_events,
        ("median",),
        (),
        "a median not reached means fewer events than half the subjects",
    ),
    "rmst_median": Kind(
        survival.rmst_median, ("rmst",), (), "survival is above 1/2 up to the median"
    ),
    "months": Kind(survival.months, ("months",), ("months",), "days / (365/12)"),
    "risk_reduction": Kind(
        survival.risk_reduction,
        ("percent",),
        ("percent",),
        "100 x (1 - hazard ratio)",
    ),
    "difference": Kind(
        survival.difference, ("difference",), ("difference",), "first - second"
    ),
    "pairs_within": Kind(
        survival.pairs_within,
        ("first", "second", "over"),
        (),
        "values of one rank differ by the caliper of the pairs at most",
    ),
    "ratio_interval": Kind(
        inference.ratio_in_interval,
        ("estimate", "low", "high"),
        ("estimate",),
        "the geometric mean of the 95% limits",
    ),
    "number_interval": Kind(
        inference.number_in_interval,
        ("estimate", "low", "high"),
        ("estimate",),
        "the middle of the 95% limits",
    ),
    "p_of_ratio": Kind(
        inference.p_of_ratio, ("p",), ("p",), "Wald z of the log ratio and its limits"
    ),
    "p_of_number": Kind(
        inference.p_of_number, ("p",), ("p",), "Wald z of the estimate and its limits"
    ),
    "p_of_se": Kind(
        inference.p_of_standard_error,
        ("p",),
        ("p",),
        "estimate / standard error, normal or t",
    ),
    "standardised_beta": Kind(
        regression.standardised_beta,
        ("estimate", "se"),
        (),
        "standard error of a standardised coefficient, sqrt((1 - beta^2) / (n - 2))",
    ),
    "p_of_two_estimates": Kind(
        inference.p_of_two_estimates,
        ("p",),
        ("p",),
        "z of the difference of two estimates with standard errors",
    ),
    "t_test": Kind(
        inference.t_test,
        ("p",),
        ("p",),
        "t test (Student's or Welch's) of means, deviations and sizes",
    ),
    "smd_below": Kind(
        inference.smd_below, ("bound",), ("bound",), "standardized difference"
    ),
    "count_test": Kind(
        count_test,
        ("p",),
        ("p",),
        "chi-square with or without Yates's correction, or Fisher's exact test",
    ),
    "grim": Kind(
        whole_numbers.grim, ("mean",), (), "a whole sum over the number of subjects"
    ),
    "grimmer": Kind(
        whole_numbers.grimmer, ("sd", "mean"), (), "whole sums of values and squares"
    ),
    "log_rank_power": Kind(
        power.log_rank_power,
        ("power",),
        ("power",),
        "Freedman's formula for the power of the log-rank test",
    ),
    "logistic_table": Kind(
        curves.logistic_table,
        ("slope",),
        ("slope",),
        "the slope of the logistic curve through the printed probabilities",
    ),
}
