"""Differences between two groups that do not rest on a constant hazard ratio."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from counterarm.survival import (
    Difference,
    Influence,
    difference,
    median,
    ratio,
    rmst_influence,
    survival_influence,
)
from counterarm.tables.frames import NUMBER, TEXT, typed_frame
from counterarm.tables.groups import (
    SurvivalComparison,
    SurvivalSample,
    common_taus,
    comparisons,
    read_groups,
)
from counterarm.tables.survival import curve_of

# 12 and 24 months of 365/12 days
SURVIVAL_DAYS = {12: 365.0, 24: 730.0}
INDEPENDENT = (
    "groups independent of each other; Greenwood, or robust by subject where weighted"
)
LATE = "groups independent of each other; robust by subject, as entry is delayed"
BY_SET = "robust, rows of a matched set added up"

DIFFERENCE_TYPES = {
    "analysis_id": TEXT,
    "endpoint": TEXT,
    "comparison_set": TEXT,
    "comparison": TEXT,
    "measure": TEXT,
    "variance": TEXT,
    "at_day": NUMBER,
    "first_value": NUMBER,
    "second_value": NUMBER,
    "estimate": NUMBER,
    "se": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "z": NUMBER,
    "p_value": NUMBER,
    "weighting": TEXT,
    "definition": TEXT,
    "note": TEXT,
}


def survival_differences(members: pd.DataFrame) -> pd.DataFrame:
    """Compare restricted means, survival and medians of every pair of groups.

    `members` are rows of `analysis.group_members`. One row per analysis, endpoint,
    comparison, measure and variance, the first group named less (or over) the second.
    `naive` takes the groups as independent of each other, `cluster` adds up the rows of
    a matched set. The restricted mean runs to the common day of the arms, or to the
    last day of the group that was followed for less. Rows with delayed entry are at
    risk from then on. What cannot be computed has a row
    whose note gives the reason; a difference of medians has no standard error here.
    """
    rows = []
    groups = read_groups(members)
    taus = common_taus(groups)
    for keys, compared_groups in comparisons(groups):
        tau = taus[keys["analysis_id"], keys["endpoint"]].tau
        for comparison in compared_groups:
            if len(comparison.groups) == 2:
                named = keys | {"comparison": comparison.title}
                rows += [named | row for row in compared(comparison, tau)]
    return typed_frame(rows, DIFFERENCE_TYPES)


def compared(comparison: SurvivalComparison, tau: float) -> list[dict]:
    """Return the rows of one pair of groups."""
    names = [group.name for group in comparison.groups]
    second, first = (group.sample for group in comparison.groups)
    last = min(tau, first.time.max(), second.time.max())
    rows = []
    for measure, combine in (("rmst_difference", difference), ("rmst_ratio", ratio)):
        words = f"restricted mean survival up to day {last:g}, {measure[5:]}"
        rows += measured(measure, combine, last, words, first, second, rmst_influence)
    for months, day in SURVIVAL_DAYS.items():
        measure = f"survival_difference_{months}_months"
        words = f"Kaplan-Meier survival at day {day:g}, difference"
        unseen = [
            name
            for name, sample in zip(reversed(names), (first, second), strict=True)
            if not is_known(sample, day)
        ]
        if unseen:
            note = f"not computed: {' and '.join(unseen)} not followed to day {day:g}"
            rows += [
                {"measure": measure, "variance": variance, "at_day": day, "note": note}
                | {"definition": words}
                for variance in ("naive", "cluster")
            ]
            continue
        rows += measured(
            measure, difference, day, words, first, second, survival_influence
        )
    for row in rows:
        silent = [
            name
            for name, sample in zip(reversed(names), (first, second), strict=True)
            if not (sample.event & (sample.time <= row["at_day"])).any()
        ]
        if silent and "note" not in row:
            row["note"] = f"no event in {silent[0]}: its variance counts as 0"
    rows.append(medians(first, second))
    return [row | {"weighting": comparison.sample.weighting} for row in rows]


def measured(
    measure: str,
    combine: Callable[..., Difference],
    day: float,
    words: str,
    first: SurvivalSample,
    second: SurvivalSample,
    influence: Callable[..., Influence],
) -> list[dict]:
    """Return a measure's rows, one per variance."""
    found = [
        influence(
            sample.time,
            sample.event,
            day,
            entry=sample.delayed_entry,
            weights=sample.case_weights,
        )
        for sample in (first, second)
    ]
    subjects = np.concatenate([first.subject, second.subject])
    sets = np.concatenate([first.matched_set, second.matched_set])
    is_repeated = len(np.unique(subjects)) < len(subjects)
    clusters = {
        "naive": subjects if is_repeated else None,
        "cluster": (sets, subjects) if is_repeated else sets,
    }
    is_late = any(sample.delayed_entry is not None for sample in (first, second))
    independent = LATE if is_late else INDEPENDENT
    rows = []
    for variance, ways in clusters.items():
        row = {
            "measure": measure,
            "variance": variance,
            "at_day": day,
            "first_value": found[0].estimate,
            "second_value": found[1].estimate,
            "definition": (
                f"{words}; {independent if variance == 'naive' else BY_SET}"
            ),
        }
        try:
            result = combine(*found, cluster=ways)
        except ValueError as error:
            rows.append(row | {"note": f"not computed: {error}"})
            continue
        rows.append(
            row
            | {
                "estimate": result.estimate,
                "se": result.std_err,
                "ci_low": result.ci_low,
                "ci_high": result.ci_high,
                "z": result.z,
                "p_value": result.p_value,
            }
        )
    return rows


def medians(first: SurvivalSample, second: SurvivalSample) -> dict:
    """Return the row of the difference of medians."""
    values = [median(curve_of(sample)).estimate for sample in (first, second)]
    note = "no standard error: the medians' intervals are in survival_summary"
    if np.isnan(values).any():
        note = "not computed: a median is not reached"
    return {
        "measure": "median_difference",
        "variance": "none",
        "first_value": values[0],
        "second_value": values[1],
        "estimate": values[0] - values[1],
        "definition": "Kaplan-Meier median, difference",
        "note": note,
    }


def is_known(sample: SurvivalSample, day: float) -> bool:
    """Tell whether a group's curve is known at a day: followed so long, or all died."""
    last = sample.time.max()
    return last >= day or bool(sample.event[sample.time == last].all())
