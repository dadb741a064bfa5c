"""Survival curves and summaries of the compared groups."""

import numpy as np
import pandas as pd

from counterarm.survival import (
    CommonTau,
    kaplan_meier,
    median,
    rmst,
    with_conf_type,
)
from counterarm.survival.kaplan_meier import ConfType, SurvivalCurve
from counterarm.tables.frames import (
    COUNT,
    NUMBER,
    TEXT,
    stacked_frame,
    typed_frame,
)
from counterarm.tables.groups import (
    SurvivalSample,
    common_taus,
    groups_once,
    read_groups,
)

# R's default first; then the others, which other software prints.
CONF_TYPES: tuple[ConfType, ...] = ("log", "log-log", "plain")

CURVE_TYPES = {
    "analysis_id": TEXT,
    "endpoint": TEXT,
    "group_name": TEXT,
    "day": COUNT,
    "n_risk": COUNT,
    "n_event": COUNT,
    "n_censored": COUNT,
    "survival": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "conf_type": TEXT,
    "n_risk_weighted": NUMBER,
    "weighting": TEXT,
}
SUMMARY_TYPES = {
    "analysis_id": TEXT,
    "endpoint": TEXT,
    "group_name": TEXT,
    "n": COUNT,
    "n_events": COUNT,
    "median_days": NUMBER,
    "median_ci_low": NUMBER,
    "median_ci_high": NUMBER,
    "conf_type": TEXT,
    "rmst_days": NUMBER,
    "rmst_se": NUMBER,
    "tau": NUMBER,
    "tau_rule": TEXT,
    "n_weighted": NUMBER,
    "weighting": TEXT,
}


def survival_curves(members: pd.DataFrame) -> pd.DataFrame:
    """Estimate the Kaplan-Meier curve of every group, under three bands.

    `members` are rows of `analysis.group_members`. One row per analysis, endpoint,
    group, distinct day and conf_type. A group that is in several comparison sets
    is estimated once. Where a weight differs from 1 or a subject has several rows the
    curve is weighted and its bands robust, summed over each subject's rows. Rows that
    come under observation after time zero are at risk from their entry on.
    """
    parts = []
    for group in groups_once(read_groups(members)):
        sample = group.sample
        curve = curve_of(sample)
        day = curve.time.astype(int)
        for conf_type in CONF_TYPES:
            band = with_conf_type(curve, conf_type)
            parts.append(
                group.keys
                | {
                    "day": day,
                    "n_risk": band.n_risk,
                    "n_event": band.n_event,
                    "n_censored": band.n_censored,
                    "survival": band.survival,
                    "ci_low": band.ci_low,
                    "ci_high": band.ci_high,
                    "conf_type": conf_type,
                    "n_risk_weighted": band.n_risk_weighted,
                    "weighting": sample.weighting,
                }
            )
    return stacked_frame(parts, CURVE_TYPES)


def survival_summary(members: pd.DataFrame) -> pd.DataFrame:
    """Summarise every group: median with three intervals, RMST up to a common day.

    tau is the smaller of the last days of the groups of the first comparison set, the
    arms. A group that was not followed that long has its last day, and a note.
    Weighted, robust and with delayed entry where `survival_curves` is.
    """
    rows = []
    groups = read_groups(members)
    taus = common_taus(groups)
    for group in groups_once(groups):
        sample = group.sample
        tau, tau_rule = limit(taus[group.analysis_id, group.endpoint], sample.time)
        restricted = rmst(
            sample.time,
            sample.event,
            tau,
            entry=sample.delayed_entry,
            weights=sample.case_weights,
            cluster=sample.subject_clusters,
        )
        curve = curve_of(sample)
        for conf_type in CONF_TYPES:
            middle = median(with_conf_type(curve, conf_type))
            rows.append(
                group.keys
                | {
                    "n": len(sample.time),
                    "n_events": int(sample.event.sum()),
                    "median_days": middle.estimate,
                    "median_ci_low": middle.ci_low,
                    "median_ci_high": middle.ci_high,
                    "conf_type": conf_type,
                    "rmst_days": restricted.estimate,
                    "rmst_se": restricted.std_err,
                    "tau": tau,
                    "tau_rule": tau_rule,
                    "n_weighted": float(sample.weight.sum()),
                    "weighting": sample.weighting,
                }
            )
    return typed_frame(rows, SUMMARY_TYPES)


def curve_of(sample: SurvivalSample) -> SurvivalCurve:
    """Estimate a group's curve, weighted where its rows are."""
    return kaplan_meier(
        sample.time,
        sample.event,
        entry=sample.delayed_entry,
        weights=sample.case_weights,
        cluster=sample.subject_clusters,
    )


def limit(common: CommonTau, time: np.ndarray) -> tuple[float, str]:
    """Return the day up to which a group's RMST is taken, and the rule."""
    if time.max() >= common.tau:
        return common.tau, common.tau_rule
    return float(time.max()), "the group's last day, before that of the arms"
