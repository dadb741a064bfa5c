"""Survival curves, summaries and tests of the compared groups."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from counterarm.survival import (
    common_tau,
    kaplan_meier,
    log_rank,
    median,
    peto_g_rho1,
    rmst,
    with_conf_type,
)
from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame

# R's default first; the others stand beside it because other software prints them.
CONF_TYPES = ("log", "log-log", "plain")
TESTS = {"log_rank": log_rank, "peto_g_rho1": peto_g_rho1}

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
}
TEST_TYPES = {
    "analysis_id": TEXT,
    "endpoint": TEXT,
    "comparison_set": TEXT,
    "comparison": TEXT,
    "test": TEXT,
    "statistic": NUMBER,
    "statistic_kind": TEXT,
    "df": COUNT,
    "p_value": NUMBER,
    "p_adjusted": NUMBER,
    "definition": TEXT,
}


def survival_curves(members: pd.DataFrame) -> pd.DataFrame:
    """Estimate the Kaplan-Meier curve of every group, under three bands.

    `members` are rows of `analysis.group_members`. One row per analysis, endpoint,
    group, distinct day and conf_type. A group that stands in several comparison sets
    is estimated once.
    """
    rows = []
    for keys, time, event in groups_once(members):
        curve = kaplan_meier(time, event)
        for conf_type in CONF_TYPES:
            band = with_conf_type(curve, conf_type)
            rows += [
                keys
                | {
                    "day": day,
                    "n_risk": n_risk,
                    "n_event": n_event,
                    "n_censored": n_censored,
                    "survival": survival,
                    "ci_low": low,
                    "ci_high": high,
                    "conf_type": conf_type,
                }
                for day, n_risk, n_event, n_censored, survival, low, high in zip(
                    band.time.astype(int),
                    band.n_risk,
                    band.n_event,
                    band.n_censored,
                    band.survival,
                    band.ci_low,
                    band.ci_high,
                    strict=True,
                )
            ]
    return typed_frame(rows, CURVE_TYPES)


def survival_summary(members: pd.DataFrame) -> pd.DataFrame:
    """Summarise every group: median with three intervals, RMST up to a common day.

    tau is the smaller of the last days of the groups of the first comparison set, the
    arms. A group that was not followed that long has its own last day, and says so.
    """
    rows = []
    taus = {
        keys: common_tau(
            {
                str(name): group["days"].to_numpy(float)
                for name, group in arms.groupby("group_name")
            }
        )
        for keys, arms in first_set(members).groupby(["analysis_id", "endpoint"])
    }
    for keys, time, event in groups_once(members):
        tau, tau_rule = limit(taus[keys["analysis_id"], keys["endpoint"]], time)
        restricted = rmst(time, event, tau)
        curve = kaplan_meier(time, event)
        for conf_type in CONF_TYPES:
            middle = median(with_conf_type(curve, conf_type))
            rows.append(
                keys
                | {
                    "n": len(time),
                    "n_events": int(event.sum()),
                    "median_days": middle.estimate,
                    "median_ci_low": middle.ci_low,
                    "median_ci_high": middle.ci_high,
                    "conf_type": conf_type,
                    "rmst_days": restricted.estimate,
                    "rmst_se": restricted.std_err,
                    "tau": tau,
                    "tau_rule": tau_rule,
                }
            )
    return typed_frame(rows, SUMMARY_TYPES)


def survival_tests(members: pd.DataFrame) -> pd.DataFrame:
    """Test the groups of every comparison set, all together and by pairs.

    One row per analysis, endpoint, comparison and test. p_adjusted is Benjamini and
    Hochberg's over the pairs of a set with more than two groups; elsewhere null. A
    comparison without an event has a row without statistic that says so.
    """
    rows = []
    sets = members.groupby(["analysis_id", "endpoint", "comparison_set"], sort=True)
    for (analysis_id, endpoint, comparison_set), rows_of_set in sets:
        for test, function in TESTS.items():
            tested = [
                {
                    "analysis_id": analysis_id,
                    "endpoint": endpoint,
                    "comparison_set": comparison_set,
                    "comparison": " vs ".join(reversed(names)),
                    "test": test,
                }
                | run_test(function, compared)
                for names, compared in comparisons(rows_of_set)
            ]
            pairs = [row for row in tested if row["comparison"].count(" vs ") == 1]
            if len(pairs) > 1:
                adjusted = benjamini_hochberg([row["p_value"] for row in pairs])
                for row, p_adjusted in zip(pairs, adjusted, strict=True):
                    row["p_adjusted"] = p_adjusted
            rows += tested
    return typed_frame(rows, TEST_TYPES)


def groups_once(
    members: pd.DataFrame,
) -> Iterator[tuple[dict, np.ndarray, np.ndarray]]:
    """Yield keys, days and events of every group, from the first set that names it."""
    keys = ["analysis_id", "endpoint", "group_name"]
    first = members.groupby(keys)["comparison_set"].transform("min")
    for values, group in members[members["comparison_set"] == first].groupby(keys):
        ordered = group.sort_values(["days", "usubjid"], kind="stable")
        yield (
            dict(zip(keys, values, strict=True)),
            ordered["days"].to_numpy(float),
            ordered["is_event"].to_numpy(bool),
        )


def first_set(members: pd.DataFrame) -> pd.DataFrame:
    """Return the members of each analysis's first comparison set."""
    first = members.groupby(["analysis_id", "endpoint"])["comparison_set"].transform(
        "min"
    )
    return members[members["comparison_set"] == first]


def limit(common: object, time: np.ndarray) -> tuple[float, str]:
    """Return the day up to which a group's RMST is taken, and the rule."""
    if time.max() >= common.tau:
        return common.tau, common.tau_rule
    return float(time.max()), "the group's own last day, before that of the arms"


def comparisons(
    rows: pd.DataFrame,
) -> Iterator[tuple[list[str], pd.DataFrame]]:
    """Yield names, in order of position, and members of each comparison of a set."""
    order = rows.drop_duplicates("group_name").sort_values("position")
    names = order["group_name"].tolist()
    if len(names) > 2:
        yield names, rows
    for pair in combinations(names, 2):
        yield list(pair), rows[rows["group_name"].isin(pair)]


def run_test(function: object, compared: pd.DataFrame) -> dict:
    """Return the columns of one test's row."""
    try:
        result = function(
            compared["days"].to_numpy(float),
            compared["is_event"].to_numpy(bool),
            compared["group_name"].to_numpy(str),
        )
    except ValueError as error:
        return {"p_value": np.nan, "definition": f"not computed: {error}"}
    return {
        "statistic": result.statistic,
        "statistic_kind": result.statistic_kind,
        "df": result.df,
        "p_value": result.p_value,
        "definition": result.definition,
    }


def benjamini_hochberg(p_values: list[float]) -> np.ndarray:
    """Adjust p values for the false discovery rate (Benjamini and Hochberg 1995).

    NaN stays NaN and does not count.
    """
    p = np.asarray(p_values, float)
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    descending = known[np.argsort(-p[known], kind="stable")]
    ranks = np.arange(len(descending), 0, -1)
    stepped = np.minimum.accumulate(p[descending] * len(descending) / ranks)
    adjusted[descending] = np.minimum(stepped, 1.0)
    return adjusted
