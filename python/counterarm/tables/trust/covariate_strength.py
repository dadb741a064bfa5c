"""How strong the measured covariates are, on the scale of a hidden confounder."""

import math
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from counterarm.tables.frames import NUMBER, TEXT, numbers, texts, typed_frame
from counterarm.tables.match_inputs import (
    eligible_by_analysis,
    is_treated,
)
from counterarm.tables.plans import EValuePlan, plans
from counterarm.tables.trust.estimates import NO_ESTIMATE
from counterarm.tables.trust.placebo_settings import follow_up_of
from counterarm.trust import EValue, covariate_strength, risk_ratio

TYPES = {
    "analysis_id": TEXT,
    "variable": TEXT,
    "rr_ud": NUMBER,
    "rr_eu": NUMBER,
    "bounding_factor": NUMBER,
    "times_as_strong": NUMBER,
    "times_as_strong_limit": NUMBER,
    "note": TEXT,
}
NO_RR_UD = "does not vary among the controls, or its coefficient may be infinite"
ONE_ARM = "one arm has it in nobody or in everybody: no multiple of it has an answer"
NO_STRENGTH = "a risk ratio of 1: no multiple of it has an answer"


def covariate_strength_table(
    subjects: pd.DataFrame,
    terms: pd.DataFrame,
    variables: pd.DataFrame,
    endpoints: pd.DataFrame,
    main: pd.DataFrame,
    e_values: pd.DataFrame,
) -> pd.DataFrame:
    """Return a row per analysis and covariate of its matching or balance.

    `subjects`, `endpoints`: of cohort; `terms`: protocol.analysis_matching_terms;
    `variables`: the seed; `main`: `main_models`; `e_values`: `e_value_table`, whose row
    of the main model is to be explained. All eligible subjects count, before matching.
    A category has a row for each level but the commonest (variable=LEVEL), a number is
    cut above the median of the treated. A covariate that is not known of every eligible
    subject takes no part and has a note, as has one whose risk ratio with death or
    with treatment has no number.
    """
    found = main.merge(e_values, on=["analysis_id", "model_id"])
    by_analysis = {plan.analysis_id: plan for plan in plans(found, EValuePlan)}
    rows = []
    for analysis_id, eligible, own in eligible_by_analysis(subjects, terms):
        result = by_analysis.get(analysis_id)
        if result is None:
            continue
        names = [name for name in own["variable"].unique() if name != "score"]
        unknown = {name: int(eligible[name].isna().sum()) for name in names}
        known = [name for name in names if not unknown[name]]
        covariates = yes_or_no(eligible, known, variables)
        follow_up = follow_up_of(
            endpoints, analysis_id, result.endpoint, eligible["usubjid"]
        )
        is_known = np.isfinite(follow_up.days)
        strengths = strength_rows(
            covariates[is_known].reset_index(drop=True),
            is_treated(eligible)[is_known],
            follow_up.days[is_known],
            follow_up.is_event[is_known],
            result,
        )
        strengths += [
            {"variable": name, "note": f"not known of {n} eligible subjects"}
            for name, n in unknown.items()
            if n
        ]
        rows += [{"analysis_id": analysis_id} | row for row in strengths]
    return typed_frame(rows, TYPES)


def yes_or_no(
    eligible: pd.DataFrame, names: list[str], variables: pd.DataFrame
) -> pd.DataFrame:
    """Return the numbers as they are, and a column per level but the commonest.

    The commonest level is what others are compared with: a rare one may have no death,
    and then no level would have a number.
    """
    kinds = variables.set_index("variable")["kind"]
    columns: dict[str, np.ndarray] = {}
    for name in names:
        if kinds[name] == "numeric":
            columns[name] = numbers(eligible, name)
            continue
        levels = texts(eligible, name).astype(str)
        commonest = levels.mode().iloc[0]
        for level in sorted(set(levels) - {commonest}, key=str.encode):
            columns[f"{name}={level}"] = (levels == level).to_numpy(float)
    return pd.DataFrame(columns, index=range(len(eligible)))


def strength_rows(
    covariates: pd.DataFrame,
    treated: np.ndarray,
    days: np.ndarray,
    events: np.ndarray,
    result: EValuePlan,
) -> list[dict[str, object]]:
    """Return the rows of one analysis; with a note where no model can be fitted."""
    try:
        found = covariate_strength(
            covariates,
            treated.astype(float),
            days,
            events.astype(float),
            explained(result),
            rare=result.outcome == "rare",
        )
    except ValueError as error:
        return [
            {"variable": name, "note": f"not fitted: {error}"}
            for name in covariates.columns
        ]
    rows = [
        row | {"note": note_of(row), "rr_eu": finite(row["rr_eu"])}
        for row in found.to_dict("records")
    ]
    if pd.isna(result.rr):
        nothing = dict.fromkeys(("times_as_strong", "times_as_strong_limit"), math.nan)
        return [row | nothing | {"note": row["note"] or NO_ESTIMATE} for row in rows]
    return rows


def explained(result: EValuePlan) -> EValue:
    """Return the result to be explained; one of nothing where it has no estimate."""
    is_rare = result.outcome == "rare"
    if pd.isna(result.rr):
        return EValue(1.0, 1.0, math.nan, math.nan)
    holds_1 = result.e_value_limit == 1
    rr_limit = 1.0 if holds_1 else risk_ratio(result.limit, rare=is_rare)
    return EValue(result.rr, rr_limit, result.e_value, result.e_value_limit)


def note_of(row: dict[Hashable, Any]) -> str | None:
    """Say why a covariate lacks a number, None where it has all."""
    if math.isnan(row["rr_ud"]):
        return NO_RR_UD
    if math.isinf(row["rr_eu"]):
        return ONE_ARM
    if math.isnan(row["times_as_strong"]):
        return NO_STRENGTH
    return None


def finite(value: float) -> float:
    """Return a number, NaN for an infinite one, which no reader of tables expects."""
    return value if math.isfinite(value) else math.nan
