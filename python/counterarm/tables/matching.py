"""Propensity scores, candidate pairs and pairs, as the protocol asks for them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from counterarm.matching import (
    CandidatePairs,
    Matches,
    caliper_width,
    candidate_pairs,
    design_matrix,
    fit_propensity_score,
    match_greedy,
    match_nearest,
    match_optimal,
)
from counterarm.tables.frames import (
    COUNT,
    NUMBER,
    TEXT,
    numbers,
    sorted_by_subject,
    texts,
    typed_frame,
)

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
    and eligible subject. Raises ValueError, naming the analysis, where the score
    cannot be fitted; an analysis that has no eligible subject in an arm has no rows.
    """
    kinds = variables.set_index("variable")["kind"]
    rows = []
    for analysis_id, eligible, own in eligible_by_analysis(subjects, terms):
        names = own.loc[own["role"] == "score", "variable"]
        if names.empty:
            continue
        columns = pd.DataFrame(
            {
                name: numbers(eligible, name)
                if kinds[name] == "numeric"
                else texts(eligible, name)
                for name in names
            }
        )
        as_kind = [
            (name, "numeric" if kinds[name] == "numeric" else "categorical")
            for name in names
        ]
        with naming(analysis_id, "the propensity score"):
            design, columns_of_design = design_matrix(columns, as_kind)
            fit = fit_propensity_score(
                design, is_treated(eligible), names=columns_of_design
            )
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
            found = allowed_pairs(eligible, own)
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
    """Match every analysis by its method, one row per pair.

    `matching` are rows of the protocol's `matching`. A pair's id is the analysis and a
    number in order of the treated `usubjid`; `distance` is the absolute difference of
    scores, or the total scaled distance where the analysis has distance terms.
    """
    plans = matching.set_index("analysis_id")
    rows = []
    for analysis_id, eligible, own in eligible_by_analysis(subjects, terms):
        plan = plans.loc[analysis_id]
        with naming(analysis_id, "the pairs"):
            if (own["role"] == "distance").any():
                matches = match_by_distance(eligible, own, plan)
            else:
                matches = match_by_score(
                    eligible, scores[scores["analysis_id"] == analysis_id], own, plan
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


def match_by_score(
    eligible: pd.DataFrame, scores: pd.DataFrame, own: pd.DataFrame, plan: pd.Series
) -> Matches:
    """Match one analysis on the difference of scores."""
    column = "linear_predictor" if plan["score_scale"] == "linear" else "score"
    by_subject = scores.set_index("usubjid")[column]
    score = by_subject.loc[eligible["usubjid"]].to_numpy(float)
    on_score = own[(own["role"] == "caliper") & (own["variable"] == "score")]
    width = None
    if not on_score.empty:
        term = on_score.iloc[0]
        width = caliper_width(score, float(term["caliper"]), term["caliper_unit"])
    return match_nearest(
        score,
        is_treated(eligible),
        ratio=int(plan["ratio"]),
        replace=bool(plan["replacement"]),
        order=plan["match_order"],
        exact=strata(eligible, own),
        score_caliper=width,
        variable_calipers=calipers(eligible, own),
        tie_policy=plan["tie_policy"],
    )


def match_by_distance(
    eligible: pd.DataFrame, own: pd.DataFrame, plan: pd.Series
) -> Matches:
    """Match one analysis on the total scaled distance, 1:1 without replacement."""
    if plan["ratio"] != 1 or plan["replacement"]:
        raise ValueError(
            "matching.csv: distance terms go with ratio 1 and replacement false"
        )
    pairs = allowed_pairs(eligible, own)
    return match_optimal(pairs) if plan["method"] == "optimal" else match_greedy(pairs)


def allowed_pairs(eligible: pd.DataFrame, own: pd.DataFrame) -> CandidatePairs:
    """Return the pairs that exact variables and calipers allow, with their distance."""
    return candidate_pairs(
        is_treated(eligible),
        exact=strata(eligible, own),
        variable_calipers=calipers(eligible, own),
        distance_terms=[
            (numbers(eligible, term.variable), float(term.scale))
            for term in own[own["role"] == "distance"].itertuples()
        ],
    )


def eligible_by_analysis(
    subjects: pd.DataFrame, terms: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Yield analysis, its eligible subjects by usubjid, and its matching terms.

    An analysis with no eligible subject in one of its arms is passed over: it can have
    no score and no pair, and the gate on the analyses says so.
    """
    eligible = subjects[subjects["is_eligible"].astype(bool)]
    for analysis_id, rows in eligible.groupby("analysis_id", sort=True):
        if rows["arm"].nunique() == 2:
            yield (
                str(analysis_id),
                sorted_by_subject(rows),
                terms[terms["analysis_id"] == analysis_id],
            )


def is_treated(eligible: pd.DataFrame) -> np.ndarray:
    """Return which subjects are treated."""
    return (eligible["arm"] == "treated").to_numpy(bool)


def strata(eligible: pd.DataFrame, own: pd.DataFrame) -> np.ndarray | None:
    """Return a code for each combination of the exact variables, None without any."""
    names = own.loc[own["role"] == "exact", "variable"].tolist()
    if not names:
        return None
    values = pd.DataFrame({name: texts(eligible, name) for name in names})
    missing = values.columns[values.isna().any()].tolist()
    if missing:
        raise ValueError(
            f"the exact variable {missing[0]} is not known for every eligible subject; "
            "add a criterion that it is known to eligibility.csv"
        )
    return values.groupby(names, sort=True).ngroup().to_numpy()


def calipers(
    eligible: pd.DataFrame, own: pd.DataFrame
) -> list[tuple[np.ndarray, float]] | None:
    """Return values and width of each caliper on a named variable, None without any."""
    named = own[(own["role"] == "caliper") & (own["variable"] != "score")]
    found = []
    for term in named.itertuples():
        values = numbers(eligible, term.variable)
        width = caliper_width(values, float(term.caliper), term.caliper_unit)
        found.append((values, width))
    return found or None


class naming:  # noqa: N801 - reads as a word where it is used
    """Say in an error of the mathematics which analysis and step it came from."""

    def __init__(self, analysis_id: str, step: str) -> None:
        self.place = f"analysis {analysis_id}, {step}"

    def __enter__(self) -> None:
        """Enter the step."""

    def __exit__(self, kind: type | None, error: BaseException | None, _: object):
        """Raise a ValueError of the step again, with its place."""
        if isinstance(error, ValueError):
            raise ValueError(f"{self.place}: {error}") from error
