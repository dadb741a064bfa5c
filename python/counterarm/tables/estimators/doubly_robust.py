"""Survival and restricted means of all eligible, doubly robust."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from counterarm.survival import doubly_robust
from counterarm.tables.candidates import subject_of
from counterarm.tables.estimators.samples import Protocol, eligible_outcomes
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame
from counterarm.tables.groups import entry_days
from counterarm.tables.match_inputs import fit_score, is_treated, score_design
from counterarm.tables.plans import plans

ESTIMATES = (
    *("treated", "control", "difference", "std_err", "ci_low", "ci_high", "p_value"),
)
TYPES = {
    "analysis_id": TEXT,
    "endpoint": TEXT,
    "measure": TEXT,
    "at_day": COUNT,
    "n_treated": COUNT,
    "n_control": COUNT,
    "n_left_out": COUNT,
    **dict.fromkeys(ESTIMATES, NUMBER),
    "estimand": TEXT,
    "definition": TEXT,
    "note": TEXT,
}
ESTIMAND = "ATT of the eligible treated"
DEFINITION = (
    "augmented inverse-probability weighting: right if the propensity score or a Cox "
    "model of the controls on its covariates is, and censoring is independent within "
    "the arm; standard error of the influence function, models taken as given"
)


@dataclass(frozen=True)
class RobustPlan:
    """Endpoint and days joined by a bar: a row of doubly_robust.csv."""

    analysis_id: str
    endpoint: str
    days: str


def doubly_robust_table(
    asked: pd.DataFrame,
    subjects: pd.DataFrame,
    endpoints: pd.DataFrame,
    protocol: Protocol,
) -> pd.DataFrame:
    """Return a row per analysis, endpoint, measure and day of doubly_robust.csv.

    `asked` are rows of the seed, `subjects` and `endpoints` those of the cohort.
    measure: survival at the day, or rmst up to it. All eligible subjects count, matched
    or not; who is not evaluable is left out and counted in n_left_out. The covariates
    are the score terms of the analysis. What cannot be estimated has a note.
    """
    rows: list[dict[str, object]] = []
    ordered = asked.sort_values(["analysis_id", "endpoint"], kind="stable")
    for plan in plans(ordered, RobustPlan):
        eligible = eligible_outcomes(
            subjects, endpoints, plan.analysis_id, plan.endpoint
        )
        if len(eligible):
            rows += rows_of(plan, eligible, protocol)
    return typed_frame(rows, TYPES)


def rows_of(
    plan: RobustPlan, eligible: pd.DataFrame, protocol: Protocol
) -> Iterator[dict[str, object]]:
    """Yield the rows of one plan."""
    n_eligible = len(eligible)
    eligible = eligible[eligible["days"].notna()].reset_index(drop=True)
    treated = is_treated(eligible)
    own = protocol.own_terms(plan.analysis_id)
    for day in map(int, str(plan.days).split("|")):
        for measure in ("survival", "rmst"):
            row: dict[str, object] = {
                "analysis_id": plan.analysis_id,
                "endpoint": plan.endpoint,
                "measure": measure,
                "at_day": day,
                "n_treated": int(treated.sum()),
                "n_control": int((~treated).sum()),
                "n_left_out": n_eligible - len(eligible),
                "estimand": ESTIMAND,
                "definition": DEFINITION,
            }
            try:
                if treated.all() or not treated.any():
                    raise ValueError("an arm has no evaluable subject")
                if (entry_days(eligible) > 0).any():
                    raise ValueError("some come under observation late")
                score = fit_score(eligible, own, protocol.variables).score
                found = doubly_robust(
                    numbers(eligible, "days"),
                    eligible["is_event"].astype(bool).to_numpy(float),
                    treated.astype(float),
                    score,
                    score_design(eligible, own, protocol.variables)[0],
                    float(day),
                    measure=measure,
                    cluster=subject_of(eligible["usubjid"]),
                )
            except ValueError as error:
                yield row | {"note": f"not computed: {error}"}
                continue
            yield row | {name: getattr(found, name) for name in ESTIMATES}
