"""Rosenbaum bounds of the matched pairs of every analysis."""

from itertools import product

import pandas as pd

from counterarm.tables.candidates import is_repeated
from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame
from counterarm.tables.groups import entry_days
from counterarm.tables.trust.estimates import rule_of
from counterarm.tables.trust.outcomes import of_main_model
from counterarm.trust import PairBounds, amplification, rosenbaum_bounds
from counterarm.trust.rosenbaum import GAMMAS

TYPES = {
    "analysis_id": TEXT,
    "follow_up_rule": TEXT,
    "statistic": TEXT,
    "gamma": NUMBER,
    "n_pairs": COUNT,
    "n_control_first": COUNT,
    "n_treated_first": COUNT,
    "deviate": NUMBER,
    "p_upper": NUMBER,
    "gamma_at_05": NUMBER,
    "lambda_odds": NUMBER,
    "delta": NUMBER,
    "note": TEXT,
}
# Odds of treatment that a hidden confounder may multiply, for the amplification.
LAMBDAS = (2.0, 3.0)
ALPHA = 0.05
STATISTICS = ("mcnemar", "prentice_wilcoxon")


def rosenbaum_table(
    outcomes: pd.DataFrame, main: pd.DataFrame, follow_up: pd.DataFrame
) -> pd.DataFrame:
    """Return bounds by analysis, statistic, gamma and lambda.

    `outcomes`: `matched_outcomes`; `main`: `main_models`, whose endpoint is meant;
    `follow_up`: rows of `protocol.analysis_follow_up`. p_upper and deviate are of the
    row's gamma; gamma_at_05 is the gamma at which p_upper is 0.05, and delta its
    amplification: with a confounder that multiplies the odds of treatment by lambda,
    the odds of the control dying first must be multiplied by delta. Pairs of which one
    is not evaluable are left out. Where sets are not pairs, are weighted, or share a
    subject, where entry is delayed, and where no pair is left, rows have a note and no
    numbers.
    """
    rules = rule_of(follow_up)
    rows = []
    for plan, members in of_main_model(outcomes, main):
        keys = {
            "analysis_id": plan.analysis_id,
            "follow_up_rule": rules.get(plan.analysis_id),
        }
        unknown = set(members.loc[members["days"].isna(), "set_id"])
        complete = members[~members["set_id"].isin(unknown)]
        left_out = len(unknown)
        obstacle = None
        if complete.empty:
            obstacle = "no set of which all are evaluable: no bounds"
        elif is_repeated(complete["usubjid"]):
            obstacle = "a subject is in several sets: no bounds"
        elif (entry_days(complete) > 0).any():
            obstacle = "entry is delayed, so pairs are not at risk together: no bounds"
        if obstacle:
            rows += [keys | row for row in grid_of(obstacle)]
            continue
        for bounds in rosenbaum_bounds(
            complete["set_id"],
            complete["treated"].astype(float),
            complete["days"],
            complete["is_event"].astype(float),
            weights=complete["weight"],
            gammas=GAMMAS,
            alpha=ALPHA,
        ):
            rows += [keys | row for row in rows_of(bounds, left_out)]
    return typed_frame(rows, TYPES)


def rows_of(bounds: PairBounds, left_out: int) -> list[dict[str, object]]:
    """Return one row per gamma and lambda of one statistic."""
    notes = [
        bounds.note,
        f"{left_out} sets left out: not evaluable" if left_out else "",
    ]
    note = "; ".join(filter(None, notes)) or None
    return [
        {
            "statistic": bounds.statistic,
            "gamma": gamma,
            "n_pairs": bounds.n_pairs or None,
            "n_control_first": bounds.n_control_first if bounds.n_pairs else None,
            "n_treated_first": bounds.n_treated_first if bounds.n_pairs else None,
            "deviate": deviate,
            "p_upper": p_upper,
            "gamma_at_05": bounds.gamma_at,
            "lambda_odds": strength,
            "delta": amplification(bounds.gamma_at, strength),
            "note": note,
        }
        for gamma, deviate, p_upper in zip(
            bounds.gamma, bounds.deviate, bounds.p_upper, strict=True
        )
        for strength in LAMBDAS
    ]


def grid_of(note: str) -> list[dict[str, object]]:
    """Return the rows of an analysis without bounds: every key, no number."""
    return [
        {"statistic": statistic, "gamma": gamma, "lambda_odds": strength, "note": note}
        for statistic, gamma, strength in product(STATISTICS, GAMMAS, LAMBDAS)
    ]
