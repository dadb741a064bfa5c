"""Extrapolated survival of groups: fits, their means, curves and parameters."""

import json
import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from counterarm.survival import ParametricFit, fit_distribution
from counterarm.survival.extrapolation import BY_LIFELINES, shape_of
from counterarm.tables.frames import (
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    stacked_frame,
    typed_frame,
)
from counterarm.tables.groups import NONE, SurvivalGroup, read_groups

KEYS = {
    "analysis_id": TEXT,
    "endpoint": TEXT,
    "comparison_set": TEXT,
    "group_name": TEXT,
    "distribution": TEXT,
}
TYPES = {
    **KEYS,
    "follow_up_rule": TEXT,
    "n": COUNT,
    "n_events": COUNT,
    "last_day": COUNT,
    "n_parameters": COUNT,
    "log_likelihood": NUMBER,
    "aic": NUMBER,
    "bic": NUMBER,
    "aic_rank": COUNT,
    "median_days": NUMBER,
    "mean_days": NUMBER,
    "mean_se": NUMBER,
    "mean_ci_low": NUMBER,
    "mean_ci_high": NUMBER,
    "share_beyond_follow_up": NUMBER,
    "horizon_days": COUNT,
    "restricted_mean_days": NUMBER,
    "restricted_mean_se": NUMBER,
    "restricted_mean_ci_low": NUMBER,
    "restricted_mean_ci_high": NUMBER,
    "parameters": TEXT,
    "software": TEXT,
    "weighting": TEXT,
    "definition": TEXT,
    "statement": TEXT,
    "note": TEXT,
}
PARAMETER_TYPES = {
    **KEYS,
    "position": COUNT,
    "parameter": TEXT,
    "estimate": NUMBER,
    "se": NUMBER,
}
CURVE_TYPES = {
    **KEYS,
    "day": COUNT,
    "survival": NUMBER,
    "is_beyond_follow_up": FLAG,
}
DEFINITION = (
    "maximum likelihood for each group alone, parameters as in R's flexsurv; intervals "
    "of the log mean by the delta method; AIC and BIC with the number of subjects"
)
AS_RECORDED = (
    "as recorded, deaths of controls are counted for longer than survival: the "
    "extrapolation continues that difference"
)
NO_MEAN = "no finite mean: the survival curve does not fall fast enough"
_POINTS = 61


def extrapolation_table(
    members: pd.DataFrame, plans: pd.DataFrame, rules: dict[str, str]
) -> pd.DataFrame:
    """Fit every distribution that a row of extrapolations.csv asks for.

    `members` are rows of `analysis.group_members`; `plans` those of the seed: endpoint,
    comparison_set, distributions joined by |, horizon_days; `rules` the follow-up rule
    of each analysis. One row per analysis, endpoint, set, group and distribution. What
    cannot be fitted has a row without estimates and a note that gives the reason.
    """
    rows: list[dict[str, object]] = []
    for group, plan in asked(members, plans):
        fitted = [
            {"distribution": name} | one_fit(group, name, int(plan["horizon_days"]))
            for name in str(plan["distributions"]).split("|")
        ]
        known = sorted(
            (row["aic"], number)
            for number, row in enumerate(fitted)
            if not math.isnan(row.get("aic", math.nan))
        )
        for rank, (_, number) in enumerate(known, start=1):
            fitted[number]["aic_rank"] = rank
        rule = rules.get(group.analysis_id)
        for row in fitted:
            if rule == "as_recorded":
                notes = (row.get("note"), AS_RECORDED)
                row["note"] = "; ".join(note for note in notes if note)
            rows.append(
                group.keys
                | {"comparison_set": group.comparison_set, "follow_up_rule": rule}
                | row
            )
    return typed_frame(rows, TYPES)


def asked(
    members: pd.DataFrame, plans: pd.DataFrame
) -> Iterator[tuple[SurvivalGroup, dict]]:
    """Yield the groups that rows of the seed ask for, in order, with the row."""
    keys = ["analysis_id", "endpoint", "comparison_set"]
    wanted = members.merge(plans[keys].drop_duplicates(), on=keys)
    by_key = {
        tuple(plan[key] for key in keys): plan for plan in plans.to_dict("records")
    }
    for group in read_groups(wanted):
        yield group, by_key[group.analysis_id, group.endpoint, group.comparison_set]


def one_fit(group: SurvivalGroup, distribution: str, horizon: int) -> dict:
    """Return the columns of one distribution fitted to one group."""
    sample = group.sample
    row: dict[str, object] = {
        "n": len(np.unique(sample.subject)),
        "n_events": int(sample.event.sum()),
        "last_day": int(sample.time.max()),
        "horizon_days": horizon,
        "software": "lifelines" if distribution in BY_LIFELINES else "counterarm",
        "weighting": sample.weighting,
        "definition": DEFINITION,
    }
    try:
        fit = fit_distribution(
            sample.time,
            sample.event,
            distribution,
            entry=sample.delayed_entry,
            weights=None if sample.weighting == NONE else sample.weight,
        )
    except ValueError as error:
        return row | {"note": f"not fitted: {error}"}
    row |= {
        "n_parameters": len(fit.names),
        "log_likelihood": fit.log_likelihood,
        "aic": fit.aic,
        "bic": fit.bic,
        "note": fit.note or None,
    }
    return row | means_of(fit, horizon) if fit.converged else row


def means_of(fit: ParametricFit, horizon: int) -> dict[str, object]:
    """Return the columns of the means of a fit, its parameters and the statement."""
    row: dict[str, object] = {"median_days": fit.median(), "parameters": as_json(fit)}
    for name, mean in (
        ("mean", fit.mean()),
        ("restricted_mean", fit.restricted_mean(horizon)),
    ):
        row |= {
            f"{name}_days": mean.estimate,
            f"{name}_se": mean.std_err,
            f"{name}_ci_low": mean.ci_low,
            f"{name}_ci_high": mean.ci_high,
        }
    ends = f"extrapolated beyond day {fit.last_time:,.0f}, the last of follow-up"
    within = fit.restricted_mean(fit.last_time).estimate
    if math.isnan(fit.mean().estimate):
        notes = [fit.note, NO_MEAN] if fit.note else [NO_MEAN]
        return row | {"statement": ends, "note": "; ".join(notes)}
    share = 1 - within / fit.mean().estimate
    return row | {
        "share_beyond_follow_up": share,
        "statement": f"{ends}: {share:.0%} of the mean lies there",
    }


def as_json(fit: ParametricFit) -> str:
    """Write parameters, standard errors and knots as one object, digits and all."""
    errors = [None if math.isnan(e) else float(e) for e in fit.std_err]
    return json.dumps(
        {
            "estimate": dict(zip(fit.names, map(float, fit.estimate), strict=True)),
            "se": dict(zip(fit.names, errors, strict=True)),
            "knots": list(fit.knots),
        }
    )


def parameter_table(fits: pd.DataFrame) -> pd.DataFrame:
    """Return a row per parameter of each fit; `fits` are those of the first table.

    The knots of a spline follow its parameters, in days.
    """
    rows = []
    for row in fits[fits["parameters"].notna()].to_dict("records"):
        held = json.loads(row["parameters"])
        values = [
            (name, value, held["se"][name]) for name, value in held["estimate"].items()
        ]
        values += [(f"knot{i}", day, None) for i, day in enumerate(held["knots"])]
        rows += [
            {key: row[key] for key in KEYS}
            | {"position": i, "parameter": name, "estimate": value, "se": error}
            for i, (name, value, error) in enumerate(values, start=1)
        ]
    return typed_frame(rows, PARAMETER_TYPES)


def curve_table(fits: pd.DataFrame) -> pd.DataFrame:
    """Return the fitted survival of each fit on 61 days from 0 to the horizon.

    The horizon is the later of the protocol's and the group's last day.
    """
    parts = []
    for row in fits[fits["parameters"].notna()].to_dict("records"):
        held = json.loads(row["parameters"])
        shape = shape_of(row["distribution"], tuple(held["knots"]))
        free = shape.theta(np.array(list(held["estimate"].values())))
        end = max(row["horizon_days"], row["last_day"])
        day = np.unique(np.linspace(0, end, _POINTS).round())
        survival = np.ones(len(day))
        with np.errstate(over="ignore"):
            survival[1:] = np.exp(shape.log_survival(free, day[1:]))
        parts.append(
            {key: row[key] for key in KEYS}
            | {
                "day": day.astype(int),
                "survival": survival,
                "is_beyond_follow_up": day > row["last_day"],
            }
        )
    return stacked_frame(parts, CURVE_TYPES)
