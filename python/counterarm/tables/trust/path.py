"""The protocol's path in one call: score, matching, members of the Cox model."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from counterarm.matching import Matches
from counterarm.tables.candidates import subject_of
from counterarm.tables.cox import estimates, fit_model, notes
from counterarm.tables.groups import entry_days
from counterarm.tables.match_inputs import (
    fit_score,
    is_discarded,
    is_treated,
    needs_score,
    score_of,
)
from counterarm.tables.matching import PAIRED
from counterarm.tables.pairing import Pairing
from counterarm.tables.plans import ModelPlan, plans
from counterarm.tables.trust.main_model import TREATED, main_models
from counterarm.tables.weighting import sets_and_weights

ENDPOINT = "OS"


@dataclass(frozen=True)
class Members:
    """Members of matched sets, a control of k sets k times.

    `rows` has set_id, usubjid, weight, days, is_event, entry_days and `treated`, ready
    for `fit_model`; who has no days is not in it. `n_sets` counts pairs or sets, None
    where the method makes neither.
    """

    rows: pd.DataFrame
    n_sets: int | None


def scores_of(
    eligible: pd.DataFrame, own: pd.DataFrame, plan: pd.Series, variables: pd.DataFrame
) -> pd.DataFrame:
    """Fit the propensity score that terms ask for; no rows where they ask for none.

    `eligible` are rows of `cohort.subjects` of one analysis by usubjid, both arms;
    `own` its matching terms; `plan` its row of matching, named by the analysis.
    Raises `NoScoreError` where these subjects have no score.
    """
    columns = ["analysis_id", "usubjid", "score", "linear_predictor"]
    if not needs_score(own):
        return pd.DataFrame(columns=columns)
    fit = fit_score(eligible, own, variables)
    return pd.DataFrame(
        {
            "analysis_id": plan.name,
            "usubjid": eligible["usubjid"].to_numpy(),
            "score": fit.score,
            "linear_predictor": fit.linear_predictor,
        }
    )


def matched_members(
    eligible: pd.DataFrame, scores: pd.DataFrame, own: pd.DataFrame, plan: pd.Series
) -> Members:
    """Match the eligible as the plan says, with the sets and weights of the warehouse.

    `eligible` has days and is_event beside the covariates; other arguments as
    `scores_of`. Sets are numbered in order of the treated, as in `matching.pairs`.
    """
    if plan["method"] in PAIRED:
        matches = Pairing(eligible, own, plan).pairs(
            is_treated(eligible), score_of(eligible, scores, plan)
        )
        return members_of_pairs(eligible, matches)
    kept = eligible[~is_discarded(eligible, scores, plan)].reset_index(drop=True)
    sets, weights = sets_and_weights(kept, scores, own, plan)
    rows = np.flatnonzero(weights > 0)
    n_sets = None if sets is None else len(np.unique(sets[rows]))
    if sets is None:
        sets = np.unique(subject_of(kept["usubjid"]), return_inverse=True)[1]
    numbers = sets[rows]
    return Members(member_rows(kept, rows, numbers, weights[rows]), n_sets)


def members_of_pairs(eligible: pd.DataFrame, matches: Matches) -> Members:
    """Return the members of pairs: a set is a treated subject with its controls."""
    return Members(member_rows(eligible, *places(matches)), len(matches))


def places(matches: Matches) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return row, number of the set and weight of each member of pairs.

    The treated come first and weigh 1, the controls of a set weigh 1 together.
    """
    treated, number = np.unique(matches.treated_index, return_inverse=True)
    share = 1.0 / np.bincount(number, minlength=len(treated))
    return (
        np.concatenate([treated, matches.control_index]),
        np.concatenate([np.arange(len(treated)), number]),
        np.concatenate([np.ones(len(treated)), share[number]]),
    )


def member_rows(
    kept: pd.DataFrame, rows: np.ndarray, sets: np.ndarray, weights: np.ndarray
) -> pd.DataFrame:
    """Return the rows of a Cox model of treatment alone, without who has no days."""
    days = kept["days"].to_numpy(float, na_value=np.nan)[rows]
    members = pd.DataFrame(
        {
            "set_id": sets,
            "usubjid": kept["usubjid"].to_numpy()[rows],
            "weight": weights,
            "days": days,
            "is_event": kept["is_event"].to_numpy(bool, na_value=False)[rows],
            "entry_days": entry_days(kept)[rows],
            TREATED: is_treated(kept)[rows].astype(float),
        }
    )
    return members if not np.isnan(days).any() else members[~np.isnan(days)]


def estimate(members: Members, plan: ModelPlan) -> dict[str, object]:
    """Fit the model of treatment alone; coef and the rest, or the note why not.

    n_events counts a control of k sets k times. A coefficient that may be infinite has
    no estimate, and a note.
    """
    rows = members.rows
    counts: dict[str, object] = {
        "n_pairs": members.n_sets,
        "n_events": int(rows["is_event"].sum()),
    }
    try:
        fit = fit_model(plan, rows, [TREATED])
    except ValueError as error:
        return counts | {"note": f"not fitted: {error}"}
    return counts | {"note": notes(plan, rows, fit)} | estimates(fit, 0)


def treatment_models(
    models: pd.DataFrame, model_terms: pd.DataFrame
) -> dict[str, dict[str, ModelPlan]]:
    """Return the variances of each analysis's main model, that of treatment alone.

    `models` and `model_terms` are those of the protocol for every analysis, inherited
    ones included. An analysis without such a model of survival is not in it.
    """
    main = main_models(models, model_terms)[["analysis_id", "model_id", "endpoint"]]
    found: dict[str, dict[str, ModelPlan]] = {}
    for plan in plans(models.merge(main), ModelPlan):
        if plan.endpoint == ENDPOINT:
            found.setdefault(plan.analysis_id, {})[plan.variance] = plan
    return found
