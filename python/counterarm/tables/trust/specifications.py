"""The specification grid: every allowed combination of choices, each one estimated."""

from collections.abc import Callable, Hashable, Iterator
from itertools import product
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from counterarm.matching import NoScoreError
from counterarm.protocol.choices import AXES
from counterarm.tables.frames import (
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    sorted_by_subject,
    typed_frame,
)
from counterarm.tables.plans import ModelPlan
from counterarm.tables.trust.path import (
    Members,
    estimate,
    matched_members,
    scores_of,
    treatment_models,
)
from counterarm.trust import cut_at

T = TypeVar("T")
TYPES = {
    "analysis_id": TEXT,
    "specification_id": TEXT,
    **dict.fromkeys(AXES, TEXT),
    "is_protocol": FLAG,
    "is_valid": FLAG,
    "n_pairs": COUNT,
    "n_events": COUNT,
    "coef": NUMBER,
    "se": NUMBER,
    "hazard_ratio": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "note": TEXT,
}
# The methods that match or weigh by the score.
BY_SCORE = ("full", "ipw", "overlap", "subclass")


def specification_table(
    subjects: pd.DataFrame,
    axes: pd.DataFrame,
    matching: pd.DataFrame,
    terms: pd.DataFrame,
    models: pd.DataFrame,
    model_terms: pd.DataFrame,
    variables: pd.DataFrame,
) -> pd.DataFrame:
    """Estimate the effect of treatment under every allowed combination of levels.

    `subjects` are rows of `analysis.specification_subjects`, `axes` those of
    `specification_axes.csv`; the others are of the protocol for every analysis. A
    combination is allowed if the analysis that the level of matching names has a model
    of treatment alone in that variance, and if its score is used, or is the protocol's.
    The first level of every axis together are the protocol. One row per combination;
    one that cannot be estimated has a note instead. An analysis without a treated
    subject, as its sites are not delivered, has no rows.

    Source: Simonsohn 2020; Steegen 2016.
    """
    variants = treatment_models(models, model_terms)
    plans = matching.set_index("analysis_id")
    rows = []
    for analysis_id, own in axes.groupby("analysis_id", sort=True):
        people = subjects[subjects["analysis_id"] == analysis_id]
        if not (people["arm"] == "treated").any():
            continue
        grid = Grid(people, own, plans, terms, variants, variables)
        rows += [
            {
                "analysis_id": analysis_id,
                "specification_id": f"{analysis_id}-{number:04d}",
            }
            | row
            for number, row in enumerate(grid.rows(), start=1)
        ]
    return typed_frame(rows, TYPES)


class Grid:
    """The specifications of one analysis; what several share is computed once."""

    def __init__(
        self,
        people: pd.DataFrame,
        axes: pd.DataFrame,
        plans: pd.DataFrame,
        terms: pd.DataFrame,
        variants: dict[str, dict[str, ModelPlan]],
        variables: pd.DataFrame,
    ) -> None:
        self.people = people[~people["lacks_covariates"].astype(bool)]
        self.levels = levels_by_axis(axes)
        self.plans, self.terms = plans, terms
        self.variants, self.variables = variants, variables
        self.known: dict[Hashable, Any] = {}

    def rows(self) -> Iterator[dict[str, object]]:
        """Yield the row of each allowed combination, the protocol's first."""
        first = {axis: next(iter(levels)) for axis, levels in self.levels.items()}
        for combination in product(*self.levels.values()):
            chosen = dict(zip(AXES, combination, strict=True))
            if not self.is_allowed(chosen):
                continue
            yield (
                chosen
                | {
                    "is_protocol": chosen == first,
                    "is_valid": all(
                        self.levels[axis][level] for axis, level in chosen.items()
                    ),
                }
                | self.estimate(chosen)
            )

    def is_allowed(self, chosen: dict[str, str]) -> bool:
        """Tell whether the protocol has the variance, and the score makes a change."""
        if chosen["variance"] not in self.variants.get(chosen["matching"], {}):
            return False
        is_first = chosen["score"] == next(iter(self.levels["score"]))
        return is_first or self.is_by_score(chosen["matching"])

    def is_by_score(self, matching: str) -> bool:
        """Tell whether a way of matching uses the score."""
        plan = self.plans.loc[matching]
        own = self.terms[self.terms["analysis_id"] == matching]
        if plan["method"] == "nearest":
            return not (own["role"] == "distance").any()
        return plan["method"] in BY_SCORE or pd.notna(plan["discard"])

    def estimate(self, chosen: dict[str, str]) -> dict[str, object]:
        """Return the estimate of a combination, or the note why there is none."""
        members = self.members(
            *(chosen[axis] for axis in ("follow_up_rule", "pool", "clock")),
            *(chosen[axis] for axis in ("score", "matching")),
        )
        if isinstance(members, str):
            return {"note": members}
        return estimate(members, self.variants[chosen["matching"]][chosen["variance"]])

    def members(
        self, rule: str, pool: str, clock: str, score: str, matching: str
    ) -> Members | str:
        """Match under a combination; a text gives the reason why not."""

        def match() -> Members | str:
            eligible = self.eligible(rule, pool)
            arms = set(eligible["arm"])
            for arm in ("treated", "control"):
                if arm not in arms:
                    return f"no {arm} subject under this rule in this pool"
            own, plan = self.own_terms(score, matching), self.plans.loc[matching]
            try:
                scores = self.scores(rule, pool, score, matching)
                found = matched_members(eligible, scores, own, plan)
            except NoScoreError as error:
                return f"no score: {error}"
            except ValueError as error:
                return f"not matched: {error}"
            return found if len(found.rows) else "nobody is matched"

        found = self.once((rule, pool, score, matching), match)
        if isinstance(found, str):
            return found
        return self.once(
            (rule, pool, clock, score, matching),
            lambda: on_clock(found, self.eligible(rule, pool), clock),
        )

    def eligible(self, rule: str, pool: str) -> pd.DataFrame:
        """Return who is eligible under a rule in a pool, by usubjid."""

        def select() -> pd.DataFrame:
            people = self.people[self.people["follow_up_rule"] == rule]
            return sorted_by_subject(people[is_in_pool(people, pool)])

        return self.once((rule, pool), select)

    def scores(self, rule: str, pool: str, score: str, matching: str) -> pd.DataFrame:
        """Return the scores that a level asks for, named by the way of matching."""
        plan = self.plans.loc[matching]
        fitted = self.once(
            ("score", rule, pool, score),
            lambda: scores_of(
                self.eligible(rule, pool),
                self.terms[
                    (self.terms["analysis_id"] == score)
                    & (self.terms["role"] == "score")
                ],
                plan,
                self.variables,
            ),
        )
        return fitted.assign(analysis_id=matching)

    def own_terms(self, score: str, matching: str) -> pd.DataFrame:
        """Return the score terms of one level and all other terms of another."""
        is_score = self.terms["role"] == "score"
        return self.terms[
            (is_score & (self.terms["analysis_id"] == score))
            | (~is_score & (self.terms["analysis_id"] == matching))
        ]

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made for a key before, or make it now."""
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]


def levels_by_axis(axes: pd.DataFrame) -> dict[str, dict[str, bool]]:
    """Return the levels of each axis in order, with whether each is valid."""
    ordered = axes.sort_values("position", kind="stable")
    return {
        axis: {
            row.level: bool(row.is_valid)
            for row in ordered[ordered["axis"] == axis].itertuples()
        }
        for axis in AXES
    }


def is_in_pool(people: pd.DataFrame, pool: str) -> np.ndarray:
    """Tell who is in a pool.

    all; recording: controls of pseudo-trials that record deaths, and all treated;
    known_status: whoever has a vital status, of both arms.
    """
    if pool == "recording":
        return people["is_recording"].to_numpy(bool, na_value=False)
    if pool == "known_status":
        return people["vital_status"].notna().to_numpy()
    return np.ones(len(people), dtype=bool)


def on_clock(members: Members, eligible: pd.DataFrame, clock: str) -> Members:
    """Count the time of the controls from trial entry, where the clock requires it.

    Their index day is the days since trial entry. Under a horizon nobody is followed
    beyond it on this clock either.
    """
    if clock == "index":
        return members
    by_subject = eligible.set_index("usubjid")
    own = by_subject.loc[members.rows["usubjid"]]
    earlier = np.where(own["arm"] == "control", own["index_day"].to_numpy(float), 0.0)
    days, event = members.rows["days"] + earlier, members.rows["is_event"]
    horizon = eligible["horizon_days"].iloc[0]
    if pd.notna(horizon):
        days, event = cut_at(days, event, float(horizon))
    moved = members.rows.assign(days=days, is_event=np.asarray(event, dtype=bool))
    return Members(moved, members.n_sets)
