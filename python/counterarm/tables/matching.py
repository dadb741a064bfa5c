"""Propensity scores, candidate pairs and pairs, as the protocol asks for them."""

import pandas as pd

from counterarm.matching import NoScoreError
from counterarm.tables.frames import (
    COUNT,
    NUMBER,
    TEXT,
    typed_frame,
)
from counterarm.tables.match_inputs import (
    eligible_by_analysis,
    fit_score,
    is_treated,
    lacks_score,
    naming,
    needs_score,
    score_of,
)
from counterarm.tables.pairing import Pairing

# Ways of matching that give pairs; the others give weights.
PAIRED = ("nearest", "optimal")

SCORE_TYPES = {
    "analysis_id": TEXT,
    "usubjid": TEXT,
    "arm": TEXT,
    "score": NUMBER,
    "linear_predictor": NUMBER,
}
CANDIDATE_TYPES = {
    "analysis_id": TEXT,
    "treated_usubjid": TEXT,
    "control_usubjid": TEXT,
    "distance": NUMBER,
}
PAIR_TYPES = {
    "analysis_id": TEXT,
    "pair_id": TEXT,
    "treated_usubjid": TEXT,
    "control_usubjid": TEXT,
    "match_round": COUNT,
    "distance": NUMBER,
    "tie_policy": TEXT,
}


def score_subjects(
    subjects: pd.DataFrame, terms: pd.DataFrame, variables: pd.DataFrame
) -> pd.DataFrame:
    """Fit the propensity score of every analysis that has score terms.

    `subjects` are rows of `cohort.subjects`, `terms` those of the protocol's
    `matching_terms`, `variables` tells numeric from categorical. One row per analysis
    and eligible subject. An analysis that has no eligible subject in an arm, or whose
    covariates separate the arms or never vary, has no rows:
    `unmatched_table` has the reason.
    Raises ValueError, naming the analysis, for a covariate that is not known.
    """
    rows = []
    for analysis_id, eligible, own in eligible_by_analysis(subjects, terms):
        if not needs_score(own):
            continue
        with naming(analysis_id, "the propensity score"):
            try:
                fit = fit_score(eligible, own, variables)
            except NoScoreError:
                continue
        rows += [
            {
                "analysis_id": analysis_id,
                "usubjid": usubjid,
                "arm": arm,
                "score": score,
                "linear_predictor": linear,
            }
            for usubjid, arm, score, linear in zip(
                eligible["usubjid"],
                eligible["arm"],
                fit.score,
                fit.linear_predictor,
                strict=True,
            )
        ]
    return typed_frame(rows, SCORE_TYPES)


def list_candidate_pairs(subjects: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """List the pairs that exact variables and calipers allow, with their distance.

    Only for analyses with distance terms: distance = sum of |difference| / scale. One
    row per analysis, treated and control.
    """
    rows = []
    for analysis_id, eligible, own in eligible_by_analysis(subjects, terms):
        if not (own["role"] == "distance").any():
            continue
        with naming(analysis_id, "the candidate pairs"):
            found = Pairing(eligible, own).allowed(is_treated(eligible))
        usubjid = eligible["usubjid"].to_numpy()
        rows.append(
            pd.DataFrame(
                {
                    "analysis_id": analysis_id,
                    "treated_usubjid": usubjid[found.treated_index],
                    "control_usubjid": usubjid[found.control_index],
                    "distance": found.distance,
                }
            )
        )
    records = pd.concat(rows).to_dict("records") if rows else []
    return typed_frame(records, CANDIDATE_TYPES)


def choose_pairs(
    subjects: pd.DataFrame,
    scores: pd.DataFrame,
    matching: pd.DataFrame,
    terms: pd.DataFrame,
) -> pd.DataFrame:
    """Match every analysis whose method makes pairs, one row per pair.

    `matching` are rows of the protocol's `matching`. A pair's id is the analysis and a
    number in order of the treated `usubjid`; `distance` is the absolute difference of
    scores, or the total scaled distance where the analysis has distance terms. Who
    lacks common support is discarded first, where the plan requires it.
    """
    plans = matching.set_index("analysis_id")
    rows = []
    for analysis_id, eligible, own in eligible_by_analysis(subjects, terms):
        plan = plans.loc[analysis_id]
        if plan["method"] not in PAIRED or lacks_score(own, scores, analysis_id):
            continue
        with naming(analysis_id, "the pairs"):
            matches = Pairing(eligible, own, plan).pairs(
                is_treated(eligible), score_of(eligible, scores, plan)
            )
        usubjid = eligible["usubjid"].to_numpy()
        rows += [
            {
                "analysis_id": analysis_id,
                "pair_id": f"{analysis_id}-{number:05d}",
                "treated_usubjid": usubjid[treated],
                "control_usubjid": usubjid[control],
                "match_round": match_round,
                "distance": distance,
                "tie_policy": plan["tie_policy"],
            }
            for number, (treated, control, match_round, distance) in enumerate(
                zip(
                    matches.treated_index,
                    matches.control_index,
                    matches.match_round,
                    matches.distance,
                    strict=True,
                ),
                start=1,
            )
        ]
    return typed_frame(rows, PAIR_TYPES)
