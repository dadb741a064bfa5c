"""The bootstrap of the main model: by matched pair, and by subject."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from counterarm.ratios import exp
from counterarm.survival import fit_cox
from counterarm.tables.candidates import MARK, has_several_days, subject_of
from counterarm.tables.cox import delayed_entry
from counterarm.tables.estimators.samples import Protocol, eligible_outcomes
from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame
from counterarm.tables.match_inputs import is_treated
from counterarm.tables.plans import ModelPlan, plans
from counterarm.tables.trust.follow_up_estimates import NO_MODEL
from counterarm.tables.trust.main_model import VARIANCES
from counterarm.tables.trust.path import ENDPOINT, matched_members, scores_of
from counterarm.trust import (
    draw_sets,
    draw_within_arms,
    random_stream,
    summarise_draws,
)

TYPES = {
    "analysis_id": TEXT,
    "kind": TEXT,
    "model_id": TEXT,
    "endpoint": TEXT,
    "n_units": COUNT,
    "n_draws": COUNT,
    "n_failed": COUNT,
    "coef": NUMBER,
    "se_model": NUMBER,
    "variance": TEXT,
    "se_bootstrap": NUMBER,
    "bias": NUMBER,
    "hazard_ratio": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "normal_ci_low": NUMBER,
    "normal_ci_high": NUMBER,
    "seed": COUNT,
    "definition": TEXT,
    "note": TEXT,
}
DEFINITIONS = {
    "pair": (
        "matched sets drawn whole, with replacement, and the main model fitted again "
        "(Austin and Small 2014); percentile limits"
    ),
    "subject": (
        "eligible subjects drawn within each arm, with replacement, then scored, and "
        "matched or weighted again, and the main model fitted again; percentile limits"
    ),
}
WITH_REPLACEMENT = (
    "controls are matched with replacement: the bootstrap of subjects is not valid "
    "(Abadie and Imbens 2008)"
)


SHARED = (
    "index days of one subject are in several sets, which are drawn as if independent: "
    "draw by subject"
)


@dataclass(frozen=True)
class BootstrapPlan:
    """What is drawn, how often and from which seed: a row of bootstraps.csv."""

    analysis_id: str
    kind: str
    draws: int
    seed: int


def bootstrap_table(
    asked: pd.DataFrame,
    subjects: pd.DataFrame,
    endpoints: pd.DataFrame,
    outcomes: pd.DataFrame,
    cox: pd.DataFrame,
    protocol: Protocol,
) -> pd.DataFrame:
    """Draw again what a row of bootstraps.csv names, and refit the main model.

    `asked` are rows of the seed; `subjects` and `endpoints` those of the cohort,
    `outcomes` as `matched_outcomes` returns them, `cox` rows of `analysis.cox`. One row
    per analysis and kind. A draw without an estimate (an arm without events, no score)
    is counted in n_failed. The bootstrap's error is given beside that of the first of
    the variances that the verdict rests on. An analysis without a model of treatment
    alone has a note; one without somebody in both arms has no row.
    """
    rows: list[dict[str, object]] = []
    variants = protocol.variants()
    for plan in plans(asked.sort_values(["analysis_id", "kind"]), BootstrapPlan):
        own = variants.get(plan.analysis_id, {})
        variance = next((name for name in VARIANCES if name in own), None)
        if variance is None:
            rows.append(
                {"analysis_id": plan.analysis_id, "kind": plan.kind, "note": NO_MODEL}
            )
            continue
        model = own[variance]
        row: dict[str, object] = {
            "analysis_id": plan.analysis_id,
            "kind": plan.kind,
            "model_id": model.model_id,
            "endpoint": ENDPOINT,
            "variance": variance,
            "seed": int(plan.seed),
            "definition": DEFINITIONS[plan.kind],
        }
        is_it = (
            (cox["analysis_id"] == plan.analysis_id)
            & (cox["model_id"] == model.model_id)
            & (cox["variance"] == variance)
            & (cox["term"] == "treated")
        )
        coef, se = (
            float(cox.loc[is_it, name].iloc[0])
            if is_it.any() and cox.loc[is_it, name].notna().any()
            else math.nan
            for name in ("coef", "se")
        )
        if plan.kind == "pair":
            found = of_sets(outcomes, plan.analysis_id, model, plan)
        else:
            eligible = eligible_outcomes(
                subjects, endpoints, plan.analysis_id, ENDPOINT
            )
            found = of_subjects(eligible, protocol, model, plan)
        if found is None:
            continue
        n_units, draws = found
        drawn = summarise_draws(coef, draws)
        notes = ["no estimate to compare with"] if math.isnan(coef) else []
        if plan.kind == "pair" and shares_subjects(outcomes, plan.analysis_id):
            notes.append(SHARED)
        if plan.kind == "subject" and bool(
            protocol.plan(plan.analysis_id).get("replacement") is True
        ):
            notes.append(WITH_REPLACEMENT)
        if drawn.n_failed:
            notes.append("some draws have no estimate")
        rows.append(
            row
            | {
                "n_units": n_units,
                "n_draws": drawn.n_draws,
                "n_failed": drawn.n_failed,
                "coef": coef,
                "se_model": se,
                "se_bootstrap": drawn.se,
                "bias": drawn.bias,
                "hazard_ratio": exp(coef),
                "ci_low": exp(drawn.ci_low),
                "ci_high": exp(drawn.ci_high),
                "normal_ci_low": exp(drawn.normal_low),
                "normal_ci_high": exp(drawn.normal_high),
                "note": "; ".join(notes) or None,
            }
        )
    return typed_frame(rows, TYPES)


def of_sets(
    outcomes: pd.DataFrame, analysis_id: str, model: ModelPlan, plan: BootstrapPlan
) -> tuple[int, np.ndarray] | None:
    """Return how many sets there are, and the estimate of each draw of them."""
    own = outcomes[
        (outcomes["analysis_id"] == analysis_id)
        & (outcomes["endpoint"] == model.endpoint)
    ]
    if own["treated"].nunique() < 2:
        return None
    own = own[own["days"].notna()]
    sets = own["set_id"].to_numpy(str)
    draws = np.full(int(plan.draws), math.nan)
    if own.empty:
        return 0, draws
    for number in range(len(draws)):
        stream = random_stream(int(plan.seed), analysis_id, number)
        rows, _ = draw_sets(sets, stream)
        draws[number] = log_ratio(own.iloc[rows], model)
    return len(np.unique(sets)), draws


def of_subjects(
    eligible: pd.DataFrame, protocol: Protocol, model: ModelPlan, plan: BootstrapPlan
) -> tuple[int, np.ndarray] | None:
    """Return how many subjects are eligible, and the estimate of each draw of them.

    A subject drawn k times is k subjects, in the order of usubjid, each with all of its
    index days.
    """
    if eligible.empty:
        return None
    subjects, first, number_of = np.unique(
        subject_of(eligible["usubjid"]), return_index=True, return_inverse=True
    )
    treated = is_treated(eligible)[first]
    days = np.split(
        np.argsort(number_of, kind="stable"), np.cumsum(np.bincount(number_of))[:-1]
    )
    draws = np.full(int(plan.draws), math.nan)
    own, how = protocol.own_terms(plan.analysis_id), protocol.plan(plan.analysis_id)
    for number in range(len(draws)):
        stream = random_stream(int(plan.seed), plan.analysis_id, number)
        drawn = draw_within_arms(treated, stream)
        rows = np.concatenate([days[one] for one in drawn])
        place = np.repeat(np.arange(len(drawn)), [len(days[one]) for one in drawn])
        chosen = eligible.iloc[rows].reset_index(drop=True)
        chosen["usubjid"] = [
            drawn_name(name, k)
            for name, k in zip(chosen["usubjid"], place.tolist(), strict=True)
        ]
        try:
            scores = scores_of(chosen, own, how, protocol.variables)
            members = matched_members(chosen, scores, own, how)
        except ValueError:
            continue
        draws[number] = log_ratio(members.rows, model)
    return len(subjects), draws


def drawn_name(usubjid: str, place: int) -> str:
    """Name a candidate of the subject that was drawn at a place, its mark last."""
    subject, mark, day = usubjid.partition(MARK)
    return f"{subject}#{place:06d}{mark}{day}"


def shares_subjects(outcomes: pd.DataFrame, analysis_id: str) -> bool:
    """Tell whether several sets of an analysis have index days of one subject."""
    own = outcomes[outcomes["analysis_id"] == analysis_id]
    if not has_several_days(own["usubjid"]):
        return False
    of = own.assign(subject=subject_of(own["usubjid"]))
    places = of[["subject", "set_id"]].drop_duplicates()
    return bool(places["subject"].duplicated().any())


def log_ratio(rows: pd.DataFrame, model: ModelPlan) -> float:
    """Return the log hazard ratio of treatment in these rows, NaN where there is none.

    A stratified variance is the same estimate within sets; that is not drawn here.
    """
    weight = rows["weight"].to_numpy(float)
    try:
        fit = fit_cox(
            rows["days"].to_numpy(float),
            rows["is_event"].to_numpy(float),
            rows["treated"].to_numpy(float)[:, None],
            names=["treated"],
            entry=delayed_entry(rows),
            weights=None if (weight == 1).all() else weight,
            ties=model.ties,
        )
    except ValueError:
        return math.nan
    return float(fit.coef[0]) if fit.converged and fit.is_finite[0] else math.nan
