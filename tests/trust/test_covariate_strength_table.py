"""Where the measured covariates lie on the scale of a hidden confounder."""

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.trust.covariate_strength import covariate_strength_table

MAIN = {"analysis_id": "a", "model_id": "unadjusted", "endpoint": "OS", "ties": "efron"}


def strength(**result) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table and the subjects: 400, of whom 100 are treated."""
    rng = np.random.default_rng(7)
    n = 400
    is_male = rng.random(n) < np.where(np.arange(n) < 100, 0.3, 0.6)
    subjects = pd.DataFrame(
        {
            "analysis_id": "a",
            "usubjid": [f"S{i:03d}" for i in range(n)],
            "arm": np.where(np.arange(n) < 100, "treated", "control"),
            "is_eligible": True,
            "sex": np.where(is_male, "M", "F"),
            "age": rng.normal(60, 10, n),
            "speed": np.where(np.arange(n) < 7, np.nan, 1.0),
            "race": np.where(np.arange(n) < 100, "ASIAN", "WHITE"),
        }
    )
    variables = pd.DataFrame(
        {
            "variable": ["sex", "age", "speed", "race"],
            "kind": ["categorical", "numeric", "numeric", "categorical"],
        }
    )
    terms = pd.DataFrame(
        [
            ("a", "sex", "exact"),
            ("a", "age", "score"),
            ("a", "age", "balance"),
            ("a", "speed", "balance"),
            ("a", "race", "exact"),
            ("a", "score", "caliper"),
        ],
        columns=["analysis_id", "variable", "role"],
    )
    endpoints = pd.DataFrame(
        {
            "analysis_id": "a",
            "usubjid": subjects["usubjid"],
            "endpoint": "OS",
            "days": rng.exponential(500 * np.exp(-1.5 * is_male)),
            "is_event": True,
        }
    )
    found = {
        "analysis_id": "a",
        "model_id": "unadjusted",
        "hazard_ratio": 0.4,
        "limit": 0.57,
        "outcome": "common",
        "rr": 0.5330910863453358,
        "e_value": 3.1576354919756495,
        "e_value_limit": 2.3106378754139882,
    }
    table = covariate_strength_table(
        subjects.sample(frac=1, random_state=1),
        terms,
        variables,
        endpoints,
        pd.DataFrame([MAIN]),
        pd.DataFrame([found | result]),
    )
    return table.set_index("variable"), subjects


def test_covariates_are_placed_beside_the_result():
    """By hand: B(rr_ud^k, rr_eu^k) is the 1 / 0.533 that is to be explained."""
    rows, subjects = strength()
    assert list(rows.index) == ["sex=F", "age", "race=ASIAN", "speed"]
    shares = (subjects["sex"] == "M").groupby(subjects["arm"]).mean()
    row = rows.loc["sex=F"]
    assert row["rr_eu"] == pytest.approx(
        max(
            shares["control"] / shares["treated"],
            (1 - shares["treated"]) / (1 - shares["control"]),
        )
    )
    k = row["times_as_strong"]
    ud, eu = row["rr_ud"] ** k, row["rr_eu"] ** k
    assert ud * eu / (ud + eu - 1) == pytest.approx(1 / 0.5330910863453358)
    assert row["times_as_strong_limit"] < k
    assert rows.loc["age", "times_as_strong"] > k
    assert rows.loc["speed", "note"] == "not known of 7 eligible subjects"
    assert rows.loc["race=ASIAN", "note"].startswith("does not vary among the controls")
    assert pd.isna(rows.loc["race=ASIAN", "rr_eu"])


def test_without_an_estimate_there_is_nothing_to_be_times_as_strong_as():
    rows, _ = strength(rr=np.nan, hazard_ratio=np.nan, limit=np.nan)
    assert rows.loc["sex=F", "rr_ud"] > 1
    assert rows["times_as_strong"].isna().all()
    assert rows.loc["sex=F", "note"] == "the model has no estimate"
    holds_1, _ = strength(hazard_ratio=0.95, limit=1.29, rr=0.965, e_value_limit=1.0)
    assert holds_1.loc["sex=F", "times_as_strong_limit"] == 0
