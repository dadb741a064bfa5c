"""Who of the eligible is in the matched sample, who is not and why, and its worth."""

from typing import Any

import numpy as np
import pandas as pd

from counterarm.matching import (
    NoScoreError,
    NoWeightsError,
    effective_sample_size,
)
from counterarm.matching._calipers import within
from counterarm.tables.candidates import is_repeated, subject_of
from counterarm.tables.frames import COUNT, NUMBER, TEXT, sorted_by_subject, typed_frame
from counterarm.tables.match_inputs import (
    calipers,
    fit_score,
    is_discarded,
    is_treated,
    lacks_score,
    naming,
    score_caliper,
    score_of,
    strata,
)
from counterarm.tables.plans import MatchingPlan, plans
from counterarm.tables.weighting import coarsened, sets_and_weights

UNMATCHED_TYPES = {
    "analysis_id": TEXT,
    "usubjid": TEXT,
    "arm": TEXT,
    "score": NUMBER,
    "reason": TEXT,
}
SUMMARY_TYPES = {
    "analysis_id": TEXT,
    "arm": TEXT,
    "method": TEXT,
    "discard": TEXT,
    "estimand": TEXT,
    "population": TEXT,
    "n_eligible": COUNT,
    "n_discarded": COUNT,
    "n_left_out": COUNT,
    "n_used": COUNT,
    "n_subjects": COUNT,
    "n_sets": COUNT,
    "sum_of_weights": NUMBER,
    "effective_sample_size": NUMBER,
    "largest_weight": NUMBER,
    "largest_share": NUMBER,
}
NO_SCORE = "no propensity score could be fitted"
EMPTY_ARM = "the other arm has no eligible subject"
DISCARDED = "discarded: outside the common support"
LACKS_ARM = "the stratum has no subject of the other arm"
NOBODY_NEAR = "no subject of the other arm within the calipers"
NOT_CHOSEN = "not chosen: others were nearer"
ANOTHER_DAY = "the subject is matched on another index day"
NO_WEIGHT = "weight 0: others are more like the treated"
NO_WEIGHTS = "no balancing weights"
# Methods without sets, which weigh every eligible subject, or nearly so.
WITHOUT_SETS = ("none", "ipw", "overlap", "entropy", "energy")
# Subjects whose differences from all others are looked at in one go.
_CHUNK = 200


def unmatched_table(
    subjects: pd.DataFrame,
    matched: pd.DataFrame,
    scores: pd.DataFrame,
    matching: pd.DataFrame,
    terms: pd.DataFrame,
    variables: pd.DataFrame,
) -> pd.DataFrame:
    """List the eligible subjects whom the matched sample leaves out, and why.

    One row per analysis and eligible subject that is not in `matched`, so that those
    and these are all the eligible. The first reason that holds is given: the other arm
    is empty, no propensity score could be fitted, no weights balance, discarded, the
    stratum lacks an arm, nobody of the other arm is within the calipers, not chosen,
    weight 0. Where a subject is matched on one of its index days only, the others say
    so.
    """
    matching = matching.set_index("analysis_id")
    eligible = subjects[subjects["is_eligible"].astype(bool)]
    rows = []
    for analysis_id, unsorted in eligible.groupby("analysis_id", sort=True):
        own = sorted_by_subject(unsorted)
        used = set(matched.loc[matched["analysis_id"] == analysis_id, "usubjid"])
        with naming(str(analysis_id), "the unmatched subjects"):
            of_analysis = terms[terms["analysis_id"] == analysis_id]
            plan = matching.loc[analysis_id]
            reason: Any = no_score(own, scores, of_analysis, variables)
            if reason is None and not used:
                reason = no_weights(own, scores, plan, of_analysis)
            if reason is None:
                reason = reasons(own, scores, plan, of_analysis)
                if plan.get("subject_use") == "once":
                    others = set(subject_of(sorted(used)))
                    is_other = pd.Series(subject_of(own["usubjid"])).isin(others)
                    reason = np.where(is_other, ANOTHER_DAY, reason)
        score = score_of(own, scores, matching.loc[analysis_id].drop("score_scale"))
        listed = own[["analysis_id", "usubjid", "arm"]].assign(
            score=np.nan if score is None else score, reason=reason
        )
        rows.append(listed[~listed["usubjid"].isin(used)])
    records = pd.concat(rows).to_dict("records") if rows else []
    return typed_frame(records, UNMATCHED_TYPES)


def no_score(
    eligible: pd.DataFrame,
    scores: pd.DataFrame,
    own: pd.DataFrame,
    variables: pd.DataFrame,
) -> str | None:
    """Say why the score of an analysis could not be fitted; None where it was."""
    has_both_arms = eligible["arm"].nunique() == 2
    if not has_both_arms or not lacks_score(
        own, scores, str(eligible["analysis_id"].iloc[0])
    ):
        return None
    try:
        fit_score(eligible, own, variables)
    except NoScoreError as error:
        return f"{NO_SCORE}: {error}"
    return NO_SCORE


def no_weights(
    eligible: pd.DataFrame, scores: pd.DataFrame, plan: pd.Series, own: pd.DataFrame
) -> str | None:
    """Say why there are no weights of the kind asked for; None where there are."""
    if plan["method"] not in ("entropy", "energy", "subclass"):
        return None
    kept = eligible[~is_discarded(eligible, scores, plan)]
    if kept["arm"].nunique() < 2:
        return None
    try:
        sets_and_weights(kept, scores, own, plan)
    except NoWeightsError as error:
        return f"{NO_WEIGHTS}: {error}"
    return None


def reasons(
    eligible: pd.DataFrame, scores: pd.DataFrame, plan: pd.Series, own: pd.DataFrame
) -> np.ndarray:
    """Return for each subject why it would be left out, were it not matched."""
    reason = np.full(len(eligible), NOT_CHOSEN, dtype=object)
    if eligible["arm"].nunique() < 2:
        reason[:] = EMPTY_ARM
        return reason
    discarded = is_discarded(eligible, scores, plan)
    reason[discarded] = DISCARDED
    kept = eligible[~discarded]
    place = np.flatnonzero(~discarded)
    if plan["method"] in WITHOUT_SETS:
        reason[~discarded] = NO_WEIGHT
        return reason
    treated = is_treated(kept)
    if plan["method"] == "cem":
        reason[place[coarsened(kept, own, treated) < 0]] = LACKS_ARM
        return reason
    codes = strata(kept, own)
    if codes is None:
        codes = np.zeros(len(kept), dtype=np.intp)
    score = score_of(kept, scores, plan)
    limits = list(calipers(kept, own) or [])
    width = score_caliper(own, score)
    if width is not None:
        limits.append((score, width))
    for code in np.unique(codes):
        members = np.flatnonzero(codes == code)
        for some, others in (
            (members[treated[members]], members[~treated[members]]),
            (members[~treated[members]], members[treated[members]]),
        ):
            if len(others) == 0:
                reason[place[some]] = LACKS_ARM
            elif limits:
                reason[place[some[~has_near(some, others, limits)]]] = NOBODY_NEAR
    return reason


def has_near(
    some: np.ndarray, others: np.ndarray, limits: list[tuple[np.ndarray, float]]
) -> np.ndarray:
    """Tell which of `some` have one of `others` within every limit (ends included)."""
    found: list[np.ndarray] = [np.empty(0, dtype=bool)]
    for first in range(0, len(some), _CHUNK):
        part = some[first : first + _CHUNK]
        near = np.ones((len(part), len(others)), dtype=bool)
        for values, width in limits:
            near &= within(values[part, None] - values[None, others], width)
        found.append(np.asarray(near.any(axis=1)))
    return np.concatenate(found)


def match_summary(
    subjects: pd.DataFrame,
    matched: pd.DataFrame,
    unmatched: pd.DataFrame,
    matching: pd.DataFrame,
) -> pd.DataFrame:
    """Count the matched sample and say what it is worth, a row per analysis and arm.

    The weights of a subject in several sets are added up first, as MatchIt does; for
    the effective sample size also those of its index days.
    Effective sample size = (sum w)^2 / sum w^2; `largest_share` is the largest weight
    over the sum. n_eligible = n_used + n_discarded + n_left_out.
    """
    rows = []
    eligible = subjects[subjects["is_eligible"].astype(bool)]
    ordered = matched.sort_values(["set_id", "usubjid"], kind="stable")
    in_order = matching.sort_values("analysis_id", kind="stable")
    for plan in plans(in_order, MatchingPlan):
        in_sample = ordered[ordered["analysis_id"] == plan.analysis_id]
        lost = unmatched[unmatched["analysis_id"] == plan.analysis_id]
        estimand, population = what_is_compared(plan, in_sample)
        for arm in ("treated", "control"):
            own = in_sample[in_sample["arm"] == arm]
            weights = own.groupby("usubjid")["weight"].sum().to_numpy(float)
            of_subjects = (
                own.groupby(subject_of(own["usubjid"]))["weight"].sum().to_numpy(float)
            )
            is_discarded_row = lost["reason"] == DISCARDED
            of_arm = lost["arm"] == arm
            rows.append(
                {
                    "analysis_id": plan.analysis_id,
                    "arm": arm,
                    "method": plan.method,
                    "discard": None if pd.isna(plan.discard) else plan.discard,
                    "estimand": estimand,
                    "population": population,
                    "n_eligible": int(
                        (
                            (eligible["analysis_id"] == plan.analysis_id)
                            & (eligible["arm"] == arm)
                        ).sum()
                    ),
                    "n_discarded": int((of_arm & is_discarded_row).sum()),
                    "n_left_out": int((of_arm & ~is_discarded_row).sum()),
                    "n_used": len(weights),
                    "n_subjects": len(of_subjects),
                    "n_sets": own["set_id"].nunique(),
                    "sum_of_weights": weights.sum(),
                    "effective_sample_size": effective_sample_size(of_subjects),
                    "largest_weight": weights.max() if len(weights) else None,
                    "largest_share": weights.max() / weights.sum()
                    if len(weights)
                    else None,
                }
            )
    return typed_frame(rows, SUMMARY_TYPES)


def what_is_compared(plan: MatchingPlan, in_sample: pd.DataFrame) -> tuple[str, str]:
    """Return the estimand and the population of an analysis, in words."""
    if plan.method not in (*WITHOUT_SETS, "subclass"):
        population = "matched subjects"
        if in_sample["usubjid"].duplicated().any():
            population += ", some in several sets"
        elif is_repeated(in_sample["usubjid"]):
            population += ", some on several index days"
        if (in_sample["weight"] != 1).any():
            population += ", weighted"
        return "ATT of the matched treated", population
    population = "eligible subjects"
    if not pd.isna(plan.discard):
        population += " with common support"
    if plan.method == "none":
        return "none: the arms as they are", population
    if plan.method == "overlap":
        return "ATO", population + ", weighted"
    at = "ATT" if pd.isna(plan.discard) else "ATT of the treated with common support"
    return at, population + ", weighted"
