"""Subgroups with the pairs of the whole analysis, and matched again within each."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from counterarm.matching import NoScoreError
from counterarm.survival.subgroup_interaction import interaction_test
from counterarm.tables.estimators.samples import Protocol, eligible_outcomes
from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame
from counterarm.tables.plans import ModelPlan
from counterarm.tables.trust.follow_up_estimates import NO_MODEL
from counterarm.tables.trust.path import (
    ENDPOINT,
    Members,
    estimate,
    matched_members,
    scores_of,
)

ESTIMATES = ("coef", "se", "hazard_ratio", "ci_low", "ci_high", "p_value")
TYPES = {
    "analysis_id": TEXT,
    "subgroup_set": TEXT,
    "position": COUNT,
    "subgroup": TEXT,
    "pairs": TEXT,
    "model_id": TEXT,
    "endpoint": TEXT,
    "variance": TEXT,
    "n_treated": COUNT,
    "n_control": COUNT,
    "n_sets": COUNT,
    "n_events": COUNT,
    "n_control_outside": COUNT,
    **dict.fromkeys(ESTIMATES, NUMBER),
    "interaction_statistic": NUMBER,
    "interaction_df": COUNT,
    "interaction_p": NUMBER,
    "note": TEXT,
}
KEPT, ANEW = "kept", "rematched"


def rematched_table(
    asked: pd.DataFrame,
    subjects: pd.DataFrame,
    endpoints: pd.DataFrame,
    outcomes: pd.DataFrame,
    members: pd.DataFrame,
    cox: pd.DataFrame,
    protocol: Protocol,
) -> pd.DataFrame:
    """Estimate the effect of treatment in each subgroup that a row asks for, twice.

    `asked` are rows of rematched_subgroups.csv; `subjects`, `endpoints` those of the
    cohort; `outcomes` of `analysis.subgroup_candidates` (each eligible subject by its
    own values); `members` of `analysis.subgroup_outcomes` (by the treated of the set)
    and `cox` of `analysis.cox`, which hold the kept pairs. One row per analysis,
    subgroup, variance and `pairs`: kept, whose controls may lie outside the subgroup
    and are counted, and rematched, where score and pairs are made among those of the
    subgroup only. A term of the score that does not vary there is left out of it, with
    a note. Interaction is tested across the subgroups of a set, in each of the two.
    """
    variants = protocol.variants()
    rows: list[dict[str, object]] = []
    for plan in asked.sort_values(["analysis_id", "subgroup_set"]).itertuples():
        eligible = eligible_outcomes(subjects, endpoints, plan.analysis_id, ENDPOINT)
        own = variants.get(plan.analysis_id, {})
        if eligible.empty:
            continue
        of_plan = {"analysis_id": plan.analysis_id, "subgroup_set": plan.subgroup_set}
        if not own:
            rows.append(of_plan | {"note": NO_MODEL})
            continue
        of_set = outcomes[
            (outcomes["analysis_id"] == plan.analysis_id)
            & (outcomes["subgroup_set"] == plan.subgroup_set)
        ]
        found: list[dict[str, object]] = []
        ordered = of_set.sort_values(["position", "subgroup"], kind="stable")
        for (position, subgroup), inside in ordered.groupby(
            ["position", "subgroup"], sort=False
        ):
            met = set(inside.loc[inside["outcome"] == "met", "usubjid"])
            chosen = eligible[eligible["usubjid"].isin(met)].reset_index(drop=True)
            keys = {
                **of_plan,
                "position": position,
                "subgroup": subgroup,
                "endpoint": ENDPOINT,
            }
            is_of = (members["analysis_id"] == plan.analysis_id) & (
                members["subgroup"] == subgroup
            )
            kept = members[is_of & (members["outcome"] == "met")]
            found += [keys | row for row in kept_rows(kept, met, subgroup, cox, own)]
            found += [
                keys | row for row in anew_rows(chosen, plan.analysis_id, protocol, own)
            ]
        rows += with_interactions(found)
    return typed_frame(rows, TYPES)


def kept_rows(
    kept: pd.DataFrame,
    met: set[str],
    subgroup: str,
    cox: pd.DataFrame,
    variants: dict[str, ModelPlan],
) -> Iterator[dict[str, object]]:
    """Yield the row of each variance of the whole analysis's pairs."""
    if kept.empty:
        for variant in variants.values():
            yield {
                "pairs": KEPT,
                "model_id": variant.model_id,
                "variance": variant.variance,
                "note": "nobody of the subgroup is matched",
            }
        return
    is_control = kept["arm"] == "control"
    counts = {
        "pairs": KEPT,
        "n_treated": kept.loc[~is_control, "usubjid"].nunique(),
        "n_control": kept.loc[is_control, "usubjid"].nunique(),
        "n_sets": kept["set_id"].nunique(),
        "n_control_outside": int(
            (~kept.loc[is_control, "usubjid"].drop_duplicates().isin(met)).sum()
        ),
    }
    for variant in variants.values():
        is_it = (
            (cox["analysis_id"] == kept["analysis_id"].iloc[0])
            & (cox["model_id"] == f"{variant.model_id}: {subgroup}")
            & (cox["variance"] == variant.variance)
            & (cox["term"] == "treated")
        )
        row = {
            "model_id": variant.model_id,
            "variance": variant.variance,
            "note": "analysis.cox has no model of the subgroup",
        }
        for held in cox[is_it].to_dict("records"):
            row |= {name: held[name] for name in (*ESTIMATES, "n_events", "note")}
        yield counts | row


def anew_rows(
    chosen: pd.DataFrame,
    analysis_id: str,
    protocol: Protocol,
    variants: dict[str, ModelPlan],
) -> Iterator[dict[str, object]]:
    """Yield the row of each variance of pairs made within the subgroup."""
    left_out: list[str] = []
    found: Members | str
    try:
        found, left_out = matched_anew(chosen, analysis_id, protocol)
    except NoScoreError as error:
        found = f"no score: {error}"
    except ValueError as error:
        found = f"not matched: {error}"
    said = [f"score without {name}, which does not vary" for name in left_out]
    for variant in variants.values():
        row: dict[str, object] = {
            "pairs": ANEW,
            "model_id": variant.model_id,
            "variance": variant.variance,
        }
        if isinstance(found, str):
            yield row | {"note": found}
            continue
        is_treated = found.rows["treated"] == 1
        fit = estimate(found, variant)
        notes = [*said, *([str(fit["note"])] if fit.get("note") else [])]
        yield (
            row
            | {
                "n_treated": found.rows.loc[is_treated, "usubjid"].nunique(),
                "n_control": found.rows.loc[~is_treated, "usubjid"].nunique(),
                "n_sets": found.n_sets,
                "n_control_outside": 0,
            }
            | {name: fit.get(name) for name in (*ESTIMATES, "n_events")}
            | {"note": "; ".join(notes) or None}
        )


def matched_anew(
    chosen: pd.DataFrame, analysis_id: str, protocol: Protocol
) -> tuple[Members, list[str]]:
    """Score and match these subjects alone; return them, and terms that do not vary.

    ValueError where an arm is empty or nobody is matched.
    """
    for arm in ("treated", "control"):
        if not (chosen["arm"] == arm).any():
            raise ValueError(f"no {arm} subject in the subgroup")
    plan, own = protocol.plan(analysis_id), protocol.own_terms(analysis_id)
    is_flat = [
        term.role == "score" and chosen[term.variable].nunique() < 2
        for term in own.itertuples()
    ]
    left_out = own.loc[is_flat, "variable"].tolist()
    own = own[~np.array(is_flat, dtype=bool)]
    scores = scores_of(chosen, own, plan, protocol.variables)
    members = matched_members(chosen, scores, own, plan)
    if members.rows.empty:
        raise ValueError("nobody is matched")
    return members, left_out


def with_interactions(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return rows of one set with the test for interaction of their kind of pairs."""
    frame = pd.DataFrame(rows)
    if frame.empty:
        return rows
    for _, same in frame.groupby(["pairs", "variance"], sort=False):
        numbers = same[["coef", "se"]].apply(pd.to_numeric).astype(float)
        known = numbers[np.isfinite(numbers).all(axis=1) & (numbers["se"] > 0)]
        if len(known) < 2:
            continue
        test = interaction_test(known["coef"], known["se"])
        for place in same.index:
            rows[place] |= {
                "interaction_statistic": test.statistic,
                "interaction_df": test.df,
                "interaction_p": test.p_value,
            }
    return rows
