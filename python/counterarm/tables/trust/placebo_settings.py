"""Whom the draws of an empirical null may take, and by whose follow-up."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from counterarm.tables.candidates import has_several_days
from counterarm.tables.frames import numbers, sorted_by_subject
from counterarm.tables.match_inputs import (
    is_treated,
    lacks_score,
    naming,
    score_of,
    strata,
)
from counterarm.tables.matching import PAIRED
from counterarm.tables.plans import MainModel, NullPlan, plans
from counterarm.tables.trust.main_model import main_models
from counterarm.tables.trust.placebo import FollowUpOf, Procedure, draw_scores
from counterarm.trust import draw_pseudo_treated, n_pseudo_treated
from counterarm.trust.calibration import FEWEST_PSEUDO_TREATED
from counterarm.trust.follow_up import RECORDING

PROCEDURE, ASCERTAINMENT, PSEUDO_TRIAL = KINDS = (
    "procedure",
    "ascertainment",
    "pseudo_trial",
)
# A site or registry that controls come from: a separate pseudo-trial, which records.
OF_SOURCE = "site"
# Subjects of a pseudo-trial that is set against the others, and of the others.
FEWEST_OF_TRIAL = 25


@dataclass(frozen=True, eq=False)
class Frames:
    """The tables that a placebo comparison reads, all analyses in each.

    `subjects`, `endpoints`: of cohort. `scores`: matching.propensity_scores.
    `matching`, `terms` (of matching), `models`, `model_terms`, `follow_up`: of
    protocol, resolved. `pseudo_trials`: pseudo_trial_id and deaths_recorded of each
    subject, by usubjid or, as analysis.follow_up_members, by analysis and usubjid.
    `variables`: the seed of that name.
    """

    subjects: pd.DataFrame
    endpoints: pd.DataFrame
    scores: pd.DataFrame
    matching: pd.DataFrame
    terms: pd.DataFrame
    variables: pd.DataFrame
    follow_up: pd.DataFrame
    models: pd.DataFrame
    model_terms: pd.DataFrame
    pseudo_trials: pd.DataFrame

    @cached_property
    def main(self) -> pd.DataFrame:
        """Return the main model of each analysis."""
        return main_models(self.models, self.model_terms)

    @cached_property
    def main_model(self) -> dict[str, MainModel]:
        """Return the main model of each analysis that has one, by analysis."""
        return {model.analysis_id: model for model in plans(self.main, MainModel)}


@dataclass(frozen=True, eq=False)
class Controls:
    """The eligible controls of one analysis, by usubjid, as placebo comparisons see."""

    analysis_id: str
    endpoint: str
    n_treated: int
    usubjid: np.ndarray
    score: np.ndarray
    procedure: Procedure
    follow_up: FollowUpOf
    pseudo_trial: np.ndarray
    is_recording: np.ndarray


@dataclass(frozen=True, eq=False)
class Setting:
    """One null: whom its draws may take, by whose follow-up, or why there is none."""

    plan: NullPlan
    follow_up_rule: str | None
    reference_rule: str | None
    endpoint: str | None
    controls: Controls | None = None
    of_treated: FollowUpOf | None = None
    may_be_drawn: np.ndarray | None = None
    obstacle: str | None = None

    @property
    def trials(self) -> list[str]:
        """Return the pseudo-trials that are set against the others, in order."""
        named = self.controls.pseudo_trial
        ids, n = np.unique(named[named != ""], return_counts=True)
        fits = (n >= FEWEST_OF_TRIAL) & (len(named) - n >= FEWEST_OF_TRIAL)
        return ids[fits].tolist()


def settings(frames: Frames, nulls: pd.DataFrame) -> Iterator[Setting]:
    """Yield what each null of a delivered analysis draws from, by analysis and null."""
    rules = dict(
        zip(
            frames.follow_up["analysis_id"],
            frames.follow_up["follow_up_rule"],
            strict=True,
        )
    )
    ordered = nulls.sort_values(["analysis_id", "null_id"], kind="stable")
    for analysis_id, own in ordered.groupby("analysis_id", sort=True):
        subjects = frames.subjects[frames.subjects["analysis_id"] == analysis_id]
        if not is_treated(subjects).any():
            continue
        controls = controls_of(str(analysis_id), subjects, frames)
        for plan in plans(own, NullPlan):
            reference = plan.reference_analysis
            known = {
                "plan": plan,
                "follow_up_rule": rules.get(analysis_id),
                "reference_rule": None if pd.isna(reference) else rules.get(reference),
            }
            if isinstance(controls, str):
                main = frames.main_model.get(str(analysis_id))
                endpoint = None if main is None else main.endpoint
                yield Setting(**known, endpoint=endpoint, obstacle=controls)
            else:
                yield setting_of(known, controls, frames)


def setting_of(known: dict, controls: Controls, frames: Frames) -> Setting:
    """Return the setting of one null of an analysis with eligible controls."""
    plan = known["plan"]
    given = known | {"endpoint": controls.endpoint, "controls": controls}
    may_be_drawn = controls.score > 0
    of_treated = controls.follow_up
    if plan.kind == ASCERTAINMENT:
        may_be_drawn &= controls.is_recording
        of_treated = follow_up_of(
            frames.endpoints,
            plan.reference_analysis,
            controls.endpoint,
            controls.usubjid,
        )
        # a subject whom the reference rule cannot follow has no days to be drawn with
        may_be_drawn &= np.isfinite(of_treated.days)
    setting = Setting(**given, of_treated=of_treated, may_be_drawn=may_be_drawn)
    obstacle = no_trial(setting) if plan.kind == PSEUDO_TRIAL else no_draw(setting)
    return Setting(**given, obstacle=obstacle) if obstacle else setting


def no_draw(setting: Setting) -> str | None:
    """Say why no draw can be made of a null of the first two kinds."""
    controls, n = setting.controls, int(setting.may_be_drawn.sum())
    size = n_pseudo_treated(controls.n_treated, len(controls.usubjid))
    if setting.plan.kind == ASCERTAINMENT and not controls.is_recording.any():
        return "no pseudo-trial that records deaths: no null"
    if size < FEWEST_PSEUDO_TREATED:
        return f"{size} pseudo-treated, fewer than {FEWEST_PSEUDO_TREATED}: no null"
    if size > n:
        return f"{n} controls to draw from, and a draw takes {size}: no null"
    return None


def no_trial(setting: Setting) -> str | None:
    """Say why no pseudo-trial can be set against the others."""
    if setting.trials:
        return None
    return (
        f"no pseudo-trial with {FEWEST_OF_TRIAL} eligible subjects and as many others: "
        "no null"
    )


def controls_of(
    analysis_id: str, subjects: pd.DataFrame, frames: Frames
) -> Controls | str:
    """Return the eligible controls of an analysis, or why there is no placebo path."""
    eligible = sorted_by_subject(subjects[subjects["is_eligible"].astype(bool)])
    treated = is_treated(eligible)
    for arm, flags in (("treated subject", treated), ("control", ~treated)):
        if not flags.any():
            return f"no eligible {arm}: no null"
    own = frames.terms[frames.terms["analysis_id"] == analysis_id]
    plan = frames.matching.set_index("analysis_id").loc[analysis_id]
    main = frames.main_model.get(analysis_id)
    if plan["method"] not in PAIRED:
        return f"the method {plan['method']} makes no pairs: no null"
    if main is None:
        return "no model of the arm alone: no null"
    if lacks_score(own, frames.scores, analysis_id):
        return "no propensity score could be fitted: no null"
    probability = score_of(eligible, frames.scores, plan.drop("score_scale"))
    with naming(analysis_id, "placebo against placebo"):
        score = draw_scores(treated, probability, strata(eligible, own))
        controls = eligible[~treated].reset_index(drop=True)
        procedure = Procedure(controls, own, plan, frames.variables, main.ties)
    usubjid = controls["usubjid"].astype(str)
    if has_several_days(usubjid):
        return "a subject may have several index days: no null"
    known = frames.pseudo_trials
    if "analysis_id" in known:
        known = known[known["analysis_id"] == analysis_id]
    trials = known.set_index("usubjid").reindex(usubjid)
    return Controls(
        analysis_id=analysis_id,
        endpoint=main.endpoint,
        n_treated=int(treated.sum()),
        usubjid=usubjid.to_numpy(dtype=str),
        score=score[~treated],
        procedure=procedure,
        follow_up=follow_up_of(frames.endpoints, analysis_id, main.endpoint, usubjid),
        pseudo_trial=trials["pseudo_trial_id"].fillna("").to_numpy(dtype=str),
        is_recording=(
            trials["pseudo_trial_id"].notna()
            & trials["deaths_recorded"].isin([*RECORDING, OF_SOURCE])
        ).to_numpy(bool),
    )


def follow_up_of(
    endpoints: pd.DataFrame, analysis_id: str, endpoint: str, usubjid: object
) -> FollowUpOf:
    """Return days and events of these subjects in an analysis, NaN where unknown.

    Days are from the index day, whatever the clock: what matters here is what happens
    once a subject is under observation.
    """
    own = endpoints[
        (endpoints["analysis_id"] == analysis_id) & (endpoints["endpoint"] == endpoint)
    ]
    rows = own.set_index("usubjid").reindex(usubjid)
    is_event = rows["is_event"].astype("boolean").fillna(False)
    column = "days_from_index" if "days_from_index" in rows else "days"
    return FollowUpOf(days=numbers(rows, column), is_event=is_event.to_numpy(bool))


def arms(setting: Setting) -> Iterator[tuple[str | None, np.ndarray]]:
    """Yield pseudo-trial and flags of the pseudo-treated of every draw of a null."""
    plan, controls = setting.plan, setting.controls
    if plan.kind == PSEUDO_TRIAL:
        for trial in setting.trials:
            yield trial, controls.pseudo_trial == trial
        return
    for draw in range(1, int(plan.draws) + 1):
        yield (
            None,
            draw_pseudo_treated(
                controls.usubjid,
                controls.score,
                controls.n_treated,
                seed=int(plan.seed),
                analysis_id=controls.analysis_id,
                draw=draw,
                may_be_drawn=setting.may_be_drawn,
            ),
        )
