"""The lalonde data and the option sets of the golden files."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from counterarm.matching import (
    Matches,
    PropensityScore,
    caliper_width,
    design_matrix,
    fit_propensity_score,
    match_nearest,
)

GOLDEN = Path(__file__).parents[1] / "golden"
TERMS = [
    ("age", "numeric"),
    ("educ", "numeric"),
    ("race", "categorical"),
    ("married", "numeric"),
    ("nodegree", "numeric"),
    ("re74", "numeric"),
    ("re75", "numeric"),
]
RUNS = json.loads((GOLDEN / "lalonde_matching.json").read_text())["runs"]


@cache
def lalonde() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "data" / "lalonde.csv")


@cache
def fitted() -> PropensityScore:
    matrix, names = design_matrix(lalonde(), TERMS)
    return fit_propensity_score(matrix, lalonde()["treat"], names)


def distance_of(run: str) -> np.ndarray:
    linear = run == "caliper_0.2_linear_logit"
    return fitted().linear_predictor if linear else fitted().score


def variable(name: str, run: str) -> np.ndarray:
    """A variable of the balance tables; MatchIt calls a dummy raceblack."""
    if name == "distance":
        return distance_of(run)
    if name in lalonde():
        return lalonde()[name].to_numpy()
    return (lalonde()["race"] == name.removeprefix("race")).to_numpy()


def matched(run: str) -> Matches:
    score = distance_of(run)
    options = {
        "default": {},
        "caliper_0.1": {"score_caliper": caliper_width(score, 0.1)},
        "caliper_0.2_linear_logit": {"score_caliper": caliper_width(score, 0.2)},
        "order_smallest": {"order": "smallest"},
        "order_data": {"order": "data"},
        "ratio_2": {"ratio": 2},
        "exact_race_caliper_0.25": {
            "exact": lalonde()["race"],
            "score_caliper": caliper_width(score, 0.25),
        },
        "raw_caliper_age_5": {"variable_calipers": [(lalonde()["age"], 5)]},
        "replace": {"replace": True},
    }[run]
    return match_nearest(score, lalonde()["treat"], **options)
