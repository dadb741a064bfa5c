"""Weights of subjects where a method makes no pairs: sets, strata, scores, nothing."""

from typing import Any

import numpy as np
import pandas as pd

from counterarm.matching import (
    NoWeightsError,
    coarsened_strata,
    energy_weights,
    entropy_weights,
    match_full,
    match_subclass,
    score_weights,
    set_weights,
)
from counterarm.matching.coarsening import read_cutpoints
from counterarm.tables.candidates import subject_of
from counterarm.tables.frames import NUMBER, TEXT, typed_frame
from counterarm.tables.match_inputs import (
    calipers,
    covariates,
    eligible_by_analysis,
    is_discarded,
    is_treated,
    lacks_score,
    naming,
    score_caliper,
    score_of,
    strata,
)
from counterarm.tables.matching import PAIRED

TYPES = {
    "analysis_id": TEXT,
    "set_id": TEXT,
    "usubjid": TEXT,
    "arm": TEXT,
    "weight": NUMBER,
}


def weigh_subjects(
    subjects: pd.DataFrame,
    scores: pd.DataFrame,
    matching: pd.DataFrame,
    terms: pd.DataFrame,
) -> pd.DataFrame:
    """Weigh the subjects of every analysis whose method makes no pairs.

    One row per analysis and subject with a weight. A set is a set of the full
    matching or an exact or coarsened stratum, numbered in order of its first treated
    `usubjid`, or a subclass, numbered by ascending score; where there is none of these,
    each subject is a separate set, so that a variance clustered by set is a robust
    one. Weights are those of `set_weights` (full, exact, cem, subclass),
    `score_weights` (ipw: ATT, overlap: ATO), `entropy_weights` and `energy_weights`,
    and 1 for the method none. An analysis for which there are no such weights has no
    rows: `unmatched_table` has the reason.
    """
    plans = matching.set_index("analysis_id")
    rows = []
    for analysis_id, eligible, own in eligible_by_analysis(subjects, terms):
        plan = plans.loc[analysis_id]
        if plan["method"] in PAIRED:
            continue
        is_free_of_scores = plan["method"] == "none" and pd.isna(plan["discard"])
        if not is_free_of_scores and lacks_score(own, scores, analysis_id):
            continue
        with naming(analysis_id, "the weights"):
            eligible = eligible[~is_discarded(eligible, scores, plan)]
            try:
                sets, weights = sets_and_weights(eligible, scores, own, plan)
            except NoWeightsError:
                continue
        usubjid = eligible["usubjid"].astype(str)
        if sets is None:
            # a subject's index days are one set: they are not independent
            set_id = [f"{analysis_id}-{name}" for name in subject_of(usubjid)]
        else:
            set_id = [f"{analysis_id}-{number + 1:05d}" for number in sets]
        weighed = eligible[["analysis_id", "usubjid", "arm"]].assign(
            set_id=set_id, weight=weights
        )
        rows.append(weighed[weighed["weight"] > 0])
    records = pd.concat(rows).to_dict("records") if rows else []
    return typed_frame(records, TYPES)


def sets_and_weights(
    eligible: pd.DataFrame, scores: pd.DataFrame, own: pd.DataFrame, plan: pd.Series
) -> tuple[np.ndarray | None, np.ndarray]:
    """Return the number of each subject's set, None without sets, and its weight.

    Raises NoWeightsError where the subjects have no such weights.
    """
    treated = is_treated(eligible)
    score = score_of(eligible, scores, plan)
    if plan["method"] == "none":
        return None, np.ones(len(eligible))
    if plan["method"] == "exact":
        sets = numbered_by_treated(strata(eligible, own), treated)
        return sets, set_weights(treated, sets)
    if plan["method"] == "cem":
        sets = coarsened(eligible, own, treated)
        return sets, set_weights(treated, sets)
    if plan["method"] == "subclass":
        sets = match_subclass(score, treated, int(plan["subclasses"]))
        return sets, set_weights(treated, sets)
    if plan["method"] == "entropy":
        by_name = given(own, "moments")
        moments = {name: int(value) for name, value in by_name.items()}
        columns = covariates(eligible, own)
        return None, entropy_weights(columns, treated, moments=moments)
    if plan["method"] == "energy":
        return None, energy_weights(covariates(eligible, own), treated)
    if plan["method"] == "full":
        found = match_full(
            score,
            treated,
            exact=strata(eligible, own),
            score_caliper=score_caliper(own, score),
            variable_calipers=calipers(eligible, own),
        )
        return found.sets, set_weights(treated, found.sets)
    estimand = {"ipw": "ATT", "overlap": "ATO"}[plan["method"]]
    probability = score_of(eligible, scores, plan.drop("score_scale"))
    return None, score_weights(probability, treated, estimand)


def coarsened(
    eligible: pd.DataFrame, own: pd.DataFrame, treated: np.ndarray
) -> np.ndarray:
    """Return each subject's coarsened stratum within its exact one; -1 without one."""
    columns = covariates(eligible, own)
    by_name = given(own, "cutpoints")
    cutpoints = {name: read_cutpoints(str(text)) for name, text in by_name.items()}
    exact = strata(eligible, own)
    if exact is not None:
        columns = columns.assign(**{"exact stratum": exact.astype(str)})
    return coarsened_strata(columns, treated, cutpoints=cutpoints)


def given(own: pd.DataFrame, column: str) -> dict[str, Any]:
    """Return what a column says of the covariates, where it says something."""
    terms = own[own["role"] == "covariate"]
    if column not in terms:
        return {}
    filled = terms[terms[column].notna()]
    return dict(zip(filled["variable"], filled[column], strict=True))


def numbered_by_treated(codes: np.ndarray, treated: np.ndarray) -> np.ndarray:
    """Return each subject's stratum, numbered by its first treated; -1 without one."""
    first = pd.unique(codes[treated])
    number = pd.Series(np.arange(len(first)), index=first)
    return number.reindex(codes, fill_value=-1).to_numpy()
