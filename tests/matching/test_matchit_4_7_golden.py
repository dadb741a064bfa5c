"""MatchIt 4.7.2 on lalonde, every option set: `tests/golden/matchit_4_7_2/`."""

import pandas as pd
import pytest
from lalonde_runs import GOLDEN, fitted, lalonde

from counterarm.matching import match_nearest

FOLDER = GOLDEN / "matchit_4_7_2"
COVARIATES = [
    "age",
    "educ",
    "race_black",
    "race_hispan",
    "married",
    "nodegree",
    "re74",
    "re75",
]
SCALED = {"covariates": COVARIATES, "score": None}
OPTIONS = {
    "default": {},
    "caliper_0.1": {"caliper": 0.1},
    "caliper_0.2_linear_logit": {"caliper": 0.2, "score": "linear"},
    "order_smallest": {"order": "smallest"},
    "order_data": {"order": "data"},
    "order_closest": {"order": "closest"},
    "order_farthest": {"order": "farthest"},
    "ratio_2": {"ratio": 2},
    "replace": {"replace": True},
    "replace_ratio_3": {"replace": True, "ratio": 3},
    "raw_caliper_age_5": {"caliper": {"age": 5}, "std_caliper": False},
    "exact_race_caliper_0.25": {
        "exact": ["race_black", "race_hispan"],
        "caliper": 0.25,
    },
    "negative_caliper_age_5": {"caliper": {"age": -5}, "std_caliper": False},
    "mahalanobis": {"distance": "mahalanobis", **SCALED},
    "robust_mahalanobis": {"distance": "robust_mahalanobis", **SCALED},
    "scaled_euclidean": {"distance": "scaled_euclidean", **SCALED},
    "mahalanobis_score_caliper_0.2": {
        "distance": "mahalanobis",
        "covariates": COVARIATES,
        "caliper": 0.2,
    },
}


def pairs_of(options, data):
    score = fitted().linear_predictor if options.get("score") == "linear" else None
    if "score" not in options:
        score = fitted().score
    rest = {name: value for name, value in options.items() if name != "score"}
    matches = match_nearest(score, "treat", data=data, **rest)
    return matches.to_frame(data.set_index("id")).drop(columns="distance")


@pytest.mark.parametrize("run", OPTIONS)
def test_pairs_are_those_of_matchit_4_7_2(run):
    golden = pd.read_csv(FOLDER / f"lalonde__{run}.csv")
    golden = golden.rename(columns={"round": "match_round"})
    found = pairs_of(OPTIONS[run] | {"tie_policy": "matchit_4_7"}, lalonde())
    keys = ["treated", "match_round"]
    pd.testing.assert_frame_equal(
        found.sort_values(keys, ignore_index=True),
        golden.sort_values(keys, ignore_index=True),
    )


def test_every_file_of_pairs_is_compared():
    files = {path.stem.removeprefix("lalonde__") for path in FOLDER.glob("*.csv")}
    assert files == {*OPTIONS, "cem", "cem_cutpoints_4", "subclass_5"}
