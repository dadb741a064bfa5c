"""Tipping points: how much worse those not ascertained must fare to lose a finding."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from counterarm.survival import fit_cox
from counterarm.survival.cox import Ties
from counterarm.tables.candidates import set_clusters
from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame
from counterarm.tables.groups import entry_days
from counterarm.tables.plans import MainModel, SweepPlan, plans
from counterarm.tables.trust.estimates import rule_of
from counterarm.tables.trust.main_model import TREATED
from counterarm.tables.trust.outcomes import common_horizon, of_main_model
from counterarm.trust import tipping_point, uniforms

TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "follow_up_rule": TEXT,
    "arm": TEXT,
    "delta": NUMBER,
    "horizon": NUMBER,
    "n_imputed": COUNT,
    "m": COUNT,
    "coef": NUMBER,
    "se": NUMBER,
    "df": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "p_value": NUMBER,
    "tips_at": NUMBER,
    "seed": COUNT,
    "note": TEXT,
}


def tipping_table(
    outcomes: pd.DataFrame,
    main: pd.DataFrame,
    follow_up: pd.DataFrame,
    sweeps: pd.DataFrame,
) -> pd.DataFrame:
    """Return a row per analysis, arm and delta of seeds/protocol/tipping_sweeps.csv.

    `outcomes`: `matched_outcomes`; `main`: `main_models`; `follow_up`: rows of
    `protocol.analysis_follow_up`. The main model is fitted again after the rest of the
    follow-up of an arm's censored subjects has been imputed at delta times the arm's
    hazard, up to the common horizon; variance clustered by matched set; limits are of
    the log hazard ratio. Subjects that are not evaluable are left out. Uniforms are
    given out in the order of usubjid (then set), the same for every delta. A sweep that
    cannot be made has its deltas without numbers, and a note.
    """
    rules = rule_of(follow_up)
    by_analysis = {plan.analysis_id: own for plan, own in of_main_model(outcomes, main)}
    models = {model.analysis_id: model for model in plans(main, MainModel)}
    rows = []
    ordered = sweeps.sort_values(["analysis_id", "arm"], kind="stable")
    for plan in plans(ordered, SweepPlan):
        members = by_analysis.get(plan.analysis_id)
        if members is None:
            continue
        keys = {
            "analysis_id": plan.analysis_id,
            "model_id": models[plan.analysis_id].model_id,
            "follow_up_rule": rules.get(plan.analysis_id),
            "arm": plan.arm,
            "horizon": common_horizon(members),
            "seed": int(plan.seed),
        }
        rows += [keys | row for row in sweep(plan, members, models[plan.analysis_id])]
    return typed_frame(rows, TYPES)


def sweep(plan: SweepPlan, members: pd.DataFrame, model: MainModel) -> list[dict]:
    """Return the rows of one analysis and arm."""
    deltas = [float(delta) for delta in plan.deltas.split("|")]
    horizon = common_horizon(members)
    known = members[members["days"].notna()].sort_values(
        ["usubjid", "set_id"], kind="stable"
    )
    note = None
    if math.isnan(horizon):
        note = "an arm has no evaluable subject"
    elif (entry_days(known) > 0).any():
        note = "entry is delayed: the hazard before it is not known, so no sweep"
    if note:
        return [{"delta": delta, "note": note} for delta in deltas]
    u = uniforms(
        len(known), int(plan.m), seed=int(plan.seed), analysis_id=plan.analysis_id
    )
    found = tipping_point(
        known["days"],
        known["is_event"].astype(float),
        known["treated"].astype(float),
        u,
        arm=plan.arm,
        horizon=horizon,
        deltas=deltas,
        fit=clustered(known, model.ties),
    )
    if found.rows.empty:
        return [{"delta": delta, "note": found.note} for delta in deltas]
    found.rows["m"] = int(plan.m)
    rows = found.rows.to_dict("records")
    return [
        row | {"tips_at": found.tips_at, "note": found.note or None} for row in rows
    ]


def clustered(
    members: pd.DataFrame, ties: Ties
) -> Callable[[np.ndarray, np.ndarray], tuple[float, float]]:
    """Return a fit of treatment alone, variance clustered as `set_clusters` says."""
    treated = members["treated"].to_numpy(float)[:, None]
    sets = set_clusters(
        members["set_id"].astype("category").cat.codes, members["usubjid"]
    )
    weight = members["weight"].to_numpy(float)
    weights = None if (weight == 1).all() else weight

    def fit(time: np.ndarray, event: np.ndarray) -> tuple[float, float]:
        try:
            found = fit_cox(
                time,
                event,
                treated,
                names=[TREATED],
                cluster=sets,
                weights=weights,
                ties=ties,
            )
        except ValueError:
            return math.nan, math.nan
        if not found.converged:
            return math.nan, math.nan
        return float(found.coef[0]), float(found.se[0])

    return fit
