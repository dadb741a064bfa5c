"""Differences of extrapolated mean survival between two groups."""

import math
from itertools import product

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from counterarm.survival import ParametricFit, difference, fit_distribution
from counterarm.tables.extrapolation import AS_RECORDED
from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame
from counterarm.tables.groups import (
    NONE,
    SurvivalComparison,
    SurvivalSample,
    comparisons,
    read_groups,
)

TYPES = {
    "analysis_id": TEXT,
    "endpoint": TEXT,
    "comparison_set": TEXT,
    "comparison": TEXT,
    "distribution": TEXT,
    "measure": TEXT,
    "variance": TEXT,
    "follow_up_rule": TEXT,
    "horizon_days": COUNT,
    "first_value": NUMBER,
    "second_value": NUMBER,
    "estimate": NUMBER,
    "se": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "p_value": NUMBER,
    "last_common_day": COUNT,
    "within_follow_up": NUMBER,
    "weighting": TEXT,
    "definition": TEXT,
    "note": TEXT,
}
KEYS = ["analysis_id", "endpoint", "comparison_set"]
MEASURES = ("mean_difference", "restricted_mean_difference")
SAME = "same distribution fitted separately to each group; delta method, normal limits"
DEFINITIONS = {
    "naive": f"{SAME}; independent groups, variance from the likelihood",
    "cluster": f"{SAME}; robust, clustered by matched set and by subject",
}
WEIGHTED = "weighted: no variance from the likelihood"
NORMAL_975 = float(ndtri(0.975))


def extrapolation_differences(
    members: pd.DataFrame, plans: pd.DataFrame, rules: dict[str, str]
) -> pd.DataFrame:
    """Compare the extrapolated means of every pair of groups, by distribution.

    Arguments as those of `extrapolation_table`. One row per analysis, endpoint,
    comparison, distribution, measure and variance; days, the first group named less the
    second, by the same distribution in both (NICE DSU TSD 14). `mean_difference` is of
    means over all time, `restricted_mean_difference` of means up to the horizon, and
    `within_follow_up` that part of either which is reached by the last day on which
    both groups were followed. What cannot be computed has a note.
    """
    keyed = {tuple(plan[k] for k in KEYS): plan for plan in plans.to_dict("records")}
    wanted = members.merge(plans[KEYS].drop_duplicates(), on=KEYS)
    rows = []
    for keys, pairs in comparisons(read_groups(wanted)):
        plan = keyed[tuple(keys[k] for k in KEYS)]
        horizon = int(plan["horizon_days"])
        rule = rules.get(keys["analysis_id"])
        for pair in pairs:
            if len(pair.groups) != 2:
                continue
            shared = keys | {
                "comparison": pair.title,
                "follow_up_rule": rule,
                "horizon_days": horizon,
                "weighting": pair.sample.weighting,
            }
            for name in str(plan["distributions"]).split("|"):
                rows += [
                    shared | {"distribution": name} | row
                    for row in compared(pair, name, horizon)
                ]
    for row in rows:
        notes = [row.get("note"), AS_RECORDED]
        if row["follow_up_rule"] == "as_recorded":
            row["note"] = "; ".join(note for note in notes if note)
    return typed_frame(rows, TYPES)


def compared(pair: SurvivalComparison, distribution: str, horizon: int) -> list[dict]:
    """Return the rows of one pair of groups and distribution."""
    second, first = (group.sample for group in pair.groups)
    last = int(min(first.time.max(), second.time.max()))
    rows: list[dict] = [
        {
            "measure": measure,
            "variance": variance,
            "last_common_day": last,
            "definition": DEFINITIONS[variance],
        }
        for measure, variance in product(MEASURES, DEFINITIONS)
    ]
    try:
        fits = fitted(first, distribution), fitted(second, distribution)
    except ValueError as error:
        return [row | {"note": f"not fitted: {error}"} for row in rows]
    names = [group.name for group in reversed(pair.groups)]
    missing = [name for name, fit in zip(names, fits, strict=True) if not fit.converged]
    if missing:
        note = f"not fitted: {' and '.join(missing)} did not converge"
        return [row | {"note": note} for row in rows]
    reached = [fit.restricted_mean(last).estimate for fit in fits]
    for row in rows:
        tau = None if row["measure"] == MEASURES[0] else horizon
        row["within_follow_up"] = reached[0] - reached[1]
        row |= estimated(fits, (first, second), names, row["variance"], tau)
    return rows


def fitted(sample: SurvivalSample, distribution: str) -> ParametricFit:
    """Fit a distribution to one group; raises as `fit_distribution`."""
    return fit_distribution(
        sample.time,
        sample.event,
        distribution,
        entry=sample.delayed_entry,
        weights=None if sample.weighting == NONE else sample.weight,
    )


def estimated(
    fits: tuple[ParametricFit, ParametricFit],
    samples: tuple[SurvivalSample, SurvivalSample],
    names: list[str],
    variance: str,
    tau: int | None,
) -> dict[str, object]:
    """Return a difference of means with its error in one variance."""
    means = [fit.mean() if tau is None else fit.restricted_mean(tau) for fit in fits]
    values = [one.estimate for one in means]
    endless = [
        name for name, value in zip(names, values, strict=True) if math.isnan(value)
    ]
    row: dict[str, object] = {"first_value": values[0], "second_value": values[1]}
    if endless:
        return row | {"note": f"no finite mean of {' and '.join(endless)}"}
    row["estimate"] = values[0] - values[1]
    if variance == "naive":
        if any(sample.weighting != NONE for sample in samples):
            return row | {"note": WEIGHTED}
        return row | limits(
            values[0] - values[1], math.hypot(*(one.std_err for one in means))
        )
    sets = np.concatenate([sample.matched_set for sample in samples])
    subjects = np.concatenate([sample.subject for sample in samples])
    is_repeated = len(np.unique(subjects)) < len(subjects)
    influence = [fit.mean_influence(tau) for fit in fits]
    try:
        found = difference(
            *influence, cluster=(sets, subjects) if is_repeated else sets
        )
    except ValueError as error:
        return row | {"note": f"no standard error: {error}"}
    return row | limits(found.estimate, found.std_err)


def limits(estimate: float, error: float) -> dict[str, object]:
    """Return standard error, 95% limits and p value; a note where there is none."""
    if not (np.isfinite(error) and error > 0):
        return {"note": "no standard error: the likelihood is flat"}
    return {
        "se": error,
        "ci_low": estimate - NORMAL_975 * error,
        "ci_high": estimate + NORMAL_975 * error,
        "p_value": float(2 * ndtr(-abs(estimate / error))),
    }
