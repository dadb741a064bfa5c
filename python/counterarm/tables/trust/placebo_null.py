"""Placebo against placebo: draws, the empirical null and calibrated estimates."""

import numpy as np
import pandas as pd

from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame
from counterarm.tables.match_inputs import naming
from counterarm.tables.trust.main_model import TREATED
from counterarm.tables.trust.placebo import Estimate
from counterarm.tables.trust.placebo_settings import (
    ASCERTAINMENT,
    Frames,
    arms,
    settings,
)
from counterarm.trust import calibrate, fit_null

DRAW_TYPES = {
    "analysis_id": TEXT,
    "null_id": TEXT,
    "draw": COUNT,
    "pseudo_trial_id": TEXT,
    "n_pseudo_treated": COUNT,
    "n_pairs": COUNT,
    "n_events": COUNT,
    "coef": NUMBER,
    "se": NUMBER,
    "note": TEXT,
}
NULL_TYPES = {
    "analysis_id": TEXT,
    "null_id": TEXT,
    "kind": TEXT,
    "follow_up_rule": TEXT,
    "reference_rule": TEXT,
    "endpoint": TEXT,
    "variance": TEXT,
    "n_draws": COUNT,
    "n_failed": COUNT,
    "n_pseudo_treated": COUNT,
    "mu": NUMBER,
    "sigma": NUMBER,
    "ease": NUMBER,
    "seed": COUNT,
    "note": TEXT,
}
CALIBRATED_TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "null_id": TEXT,
    "coef": NUMBER,
    "se": NUMBER,
    "p_value": NUMBER,
    "calibrated_coef": NUMBER,
    "calibrated_ci_low": NUMBER,
    "calibrated_ci_high": NUMBER,
    "calibrated_p": NUMBER,
}
# The variance of a draw, which is that of the estimate that is calibrated.
VARIANCE = "cluster"
# The limits of every draw, in the note of every null.
LIMITS = (
    "draws share subjects, so sigma is too small and more draws do not make mu more "
    "precise; no draw involves the site's patients or their era"
)
OF_REFERENCE = "only as good as the reference rule"


def placebo_draws(frames: Frames, nulls: pd.DataFrame) -> pd.DataFrame:
    """Make every draw of every null, one row each.

    `nulls` are rows of seeds/protocol/placebo_nulls.csv. Kind `procedure`: drawn by
    their score among the eligible controls, with their follow-up. `ascertainment`:
    drawn among those of recording pseudo-trials, and followed as in the reference
    analysis; their controls as in the analysis itself. `pseudo_trial`: all of one
    pseudo-trial against all others, once each. A draw without an estimate has a note;
    a null that cannot be drawn has no row here. Random numbers depend on seed, analysis
    and number of the draw alone.
    """
    rows = []
    for setting in settings(frames, nulls):
        if setting.obstacle:
            continue
        keys = {
            "analysis_id": setting.plan.analysis_id,
            "null_id": setting.plan.null_id,
        }
        for number, (trial, flags) in enumerate(arms(setting), start=1):
            with naming(keys["analysis_id"], f"draw {number} of {keys['null_id']}"):
                found = setting.controls.procedure.estimate(
                    flags, setting.of_treated, setting.controls.follow_up
                )
            rows.append(
                keys | {"draw": number, "pseudo_trial_id": trial} | as_row(flags, found)
            )
    return typed_frame(rows, DRAW_TYPES)


def as_row(flags: np.ndarray, found: Estimate) -> dict[str, object]:
    """Return what a draw found as columns."""
    return {
        "n_pseudo_treated": int(flags.sum()),
        "n_pairs": found.n_pairs,
        "n_events": found.n_events,
        "coef": found.coef,
        "se": found.se,
        "note": found.note,
    }


def placebo_null_table(
    frames: Frames, nulls: pd.DataFrame, draws: pd.DataFrame
) -> pd.DataFrame:
    """Fit the empirical null of every row of `nulls` to its draws.

    `draws` are those of `placebo_draws`. n_draws counts all, n_failed those without a
    usable estimate: not converged, no pair, or beyond log 100. n_pseudo_treated is that
    of a draw, the median over pseudo-trials. Where there is no null, mu, sigma and ease
    are null and note gives the reason. An analysis whose treated were not delivered has
    no row.
    """
    by_null = {key: own for key, own in draws.groupby(["analysis_id", "null_id"])}
    rows = []
    for setting in settings(frames, nulls):
        plan = setting.plan
        row = {
            "analysis_id": plan.analysis_id,
            "null_id": plan.null_id,
            "kind": plan.kind,
            "follow_up_rule": setting.follow_up_rule,
            "reference_rule": setting.reference_rule,
            "endpoint": setting.endpoint,
            "variance": VARIANCE,
            "n_draws": 0,
            "n_failed": 0,
            "seed": None if pd.isna(plan.seed) else int(plan.seed),
            "note": setting.obstacle,
        }
        own = by_null.get((plan.analysis_id, plan.null_id))
        if own is not None:
            size = int(np.median(numbers(own, "n_pseudo_treated")))
            null = fit_null(
                numbers(own, "coef"), numbers(own, "se"), n_pseudo_treated=size
            )
            limits = [LIMITS]
            if plan.kind == ASCERTAINMENT:
                limits.insert(0, OF_REFERENCE)
            row |= {
                "n_draws": null.n_draws,
                "n_failed": null.n_failed + null.n_extreme,
                "n_pseudo_treated": size,
                "mu": null.mu,
                "sigma": null.sigma,
                "ease": null.ease,
                "note": null.note or "; ".join(limits),
            }
        rows.append(row)
    return typed_frame(rows, NULL_TYPES)


def calibrated_table(
    cox: pd.DataFrame, main: pd.DataFrame, nulls: pd.DataFrame
) -> pd.DataFrame:
    """Calibrate the main estimate of each analysis by each of its nulls.

    `cox` are rows of `analysis.cox`, `main` those of `main_models`, `nulls` those of
    `placebo_null_table`. Limits are of the log hazard ratio. A null without mu, or an
    estimate that is not there, leaves the calibrated columns null.
    """
    keys = ["analysis_id", "model_id", "endpoint"]
    estimates = cox[(cox["term"] == TREATED) & (cox["variance"] == VARIANCE)]
    found = nulls[["analysis_id", "null_id", "mu", "sigma"]].merge(
        estimates.merge(main[keys]), on="analysis_id"
    )
    rows = []
    for row in found.sort_values(["analysis_id", "null_id"]).itertuples():
        columns = {name: getattr(row, name) for name in list(CALIBRATED_TYPES)[:6]}
        if not pd.isna(row.coef) and not pd.isna(row.mu):
            one = calibrate(row.coef, row.se, row)
            columns |= {
                "calibrated_coef": one.coef,
                "calibrated_ci_low": one.ci_low,
                "calibrated_ci_high": one.ci_high,
                "calibrated_p": one.p_value,
            }
        rows.append(columns)
    return typed_frame(rows, CALIBRATED_TYPES)
