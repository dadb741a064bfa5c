"""Tables of E-values, biases, bounds and tipping points."""

import math

import numpy as np
import pandas as pd
import pytest

from counterarm.survival import fit_cox
from counterarm.tables.trust.estimates import bias_adjusted_table, e_value_table
from counterarm.tables.trust.main_model import main_models, questioned_estimates
from counterarm.tables.trust.outcomes import (
    common_horizon,
    matched_outcomes,
    share_with_event,
)
from counterarm.tables.trust.rosenbaum import rosenbaum_table
from counterarm.tables.trust.tipping import tipping_table

FOLLOW_UP = pd.DataFrame(
    {
        "analysis_id": ["a", "a_window"],
        "follow_up_rule": ["as_recorded", "window_91"],
    }
)
MAIN = pd.DataFrame(
    {
        "analysis_id": ["a", "a_window"],
        "model_id": "unadjusted",
        "endpoint": "OS",
        "ties": "efron",
    }
)


def cox_row(hr=0.4, low=0.28, high=0.57, **values) -> dict:
    row = {
        "analysis_id": "a",
        "model_id": "unadjusted",
        "endpoint": "OS",
        "term": "treated",
        "variance": "cluster",
        "coef": np.log(hr),
        "se": 0.18,
        "hazard_ratio": hr,
        "ci_low": low,
        "ci_high": high,
    }
    return row | values


def plans(*models: tuple[str, str | None]) -> pd.DataFrame:
    rows = [
        {"analysis_id": "a", "model_id": model, "subgroup": subgroup}
        for model, subgroup in models
    ]
    return pd.DataFrame(rows, columns=["analysis_id", "model_id", "subgroup"])


def pairs(days: list[tuple], analysis_id="a") -> pd.DataFrame:
    """Outcomes of pairs (treated day, event, control day, event)."""
    rows = [
        {
            "analysis_id": analysis_id,
            "endpoint": "OS",
            "set_id": f"{analysis_id}-{i:02d}",
            "usubjid": f"{arm}{i:02d}",
            "treated": arm == "T",
            "weight": 1.0,
            "days": float(day),
            "is_event": bool(event),
        }
        for i, (t, e, c, f) in enumerate(days)
        for arm, day, event in (("T", t, e), ("C", c, f))
    ]
    return pd.DataFrame(rows)


def test_the_main_model_is_that_of_the_arm_alone():
    models = pd.DataFrame(
        [
            {"analysis_id": "a", "model_id": model, "variance": v}
            | {"endpoint": "OS", "ties": "efron"}
            for model in ("adjusted", "unadjusted", "women")
            for v in ("naive", "cluster")
        ]
    )
    terms = pd.DataFrame(
        [
            ("a", "adjusted", "treated", None),
            ("a", "adjusted", "both", "sex"),
            ("a", "unadjusted", "treated", None),
            ("a", "women", "treated", "sex"),
        ],
        columns=["analysis_id", "model_id", "arm", "variable"],
    )
    (row,) = main_models(models, terms).to_dict("records")
    assert row == {
        "analysis_id": "a",
        "model_id": "unadjusted",
        "endpoint": "OS",
        "ties": "efron",
    }


def test_one_variance_of_each_model_of_all_is_questioned():
    cox = pd.DataFrame(
        [
            cox_row(variance="naive"),
            cox_row(),
            cox_row(variance="strata"),
            cox_row(term="female"),
            cox_row(model_id="unadjusted: men"),
            cox_row(model_id="only_naive", variance="naive"),
            cox_row(model_id="only_strata", variance="strata"),
        ]
    )
    found = questioned_estimates(
        cox, plans(("unadjusted", None), ("unadjusted: men", "men"))
    )
    assert found[["model_id", "variance"]].to_numpy().tolist() == [
        ["only_naive", "naive"],
        ["unadjusted", "cluster"],
    ]


def test_e_values_are_the_golden_ones_and_say_what_they_do_not_see(golden):
    """All of ten die, which is common; in the other endpoint one of twenty dies."""
    dead = pairs([(d, 1, d + 5, 1) for d in range(10, 60, 10)])
    alive = pairs([(100, 0, 100, 0)] * 9 + [(100, 0, 50, 1)]).assign(endpoint="RARE")
    outcomes = pd.concat([dead, alive])
    rows = golden("evalue.json")["rows"]
    cox = [
        cox_row(r["hr"], r["low"], r["high"])
        | {"model_id": f"{i:02d}", "endpoint": "RARE" if r["rare"] else "OS"}
        for i, r in enumerate(rows)
    ]
    cox += [cox_row(analysis_id="a_window"), cox_row(np.nan, model_id="zz")]
    table = e_value_table(pd.DataFrame(cox), plans(), FOLLOW_UP, outcomes)
    of_a = table[table["analysis_id"] == "a"].to_dict("records")
    assert len(of_a) == len(rows) + 1
    for found, wanted in zip(of_a, rows, strict=False):
        assert found["outcome"] == ("rare" if wanted["rare"] else "common")
        for name in ("rr", "e_value", "e_value_limit"):
            assert found[name] == pytest.approx(wanted[name], abs=1e-10)
        nearer = "high" if wanted["hr"] < 1 else "low"
        assert found["limit"] == wanted[nearer]
        assert found["follow_up_rule"] == "as_recorded"
        assert "does not account for deaths and survival" in found["note"]
    assert of_a[-1]["note"] == "the model has no estimate"
    assert pd.isna(of_a[-1]["e_value"])
    (corrected,) = table[table["analysis_id"] == "a_window"].to_dict("records")
    assert corrected["follow_up_rule"] == "window_91"
    assert corrected["outcome"] == "common"
    assert pd.isna(corrected["note"])


def test_biases_seen_elsewhere_give_the_golden_results(golden):
    wanted = golden("qba.json")
    priors = [
        {"prior_id": name, "kind": "normal"}
        | {"is_in_verdict": False, "disease": "stroke"}
        | {"bias_mean": prior["mean"], "bias_sd": prior["sd"]}
        for name, prior in wanted["prior"].items()
    ]
    confounder = {
        "prior_id": "z_confounder",
        "is_in_verdict": True,
        "disease": "ALS",
        "kind": "confounder",
        "log_rr_mean": math.log(2),
        "log_rr_sd": 0.25,
        "share_treated": 0.3,
        "share_control": 0.5,
        "share_n": 100,
    }
    cox = pd.DataFrame([cox_row(), cox_row(np.nan, model_id="no estimate")])
    table = bias_adjusted_table(
        cox, plans(), FOLLOW_UP, pd.DataFrame([*priors, confounder])
    )
    rows = table.set_index("prior_id").to_dict("index")
    assert len(table) == len(rows)
    for name, prior in wanted["prior"].items():
        found = rows[name]
        assert found["coef"] == pytest.approx(prior["log_hr"], abs=1e-9)
        assert found["se"] == pytest.approx(prior["se"], abs=1e-9)
        assert found["ci_low"] == pytest.approx(prior["low"], abs=1e-9)
        assert found["ci_high"] == pytest.approx(prior["high"], abs=1e-9)
        assert found["p_above_1"] == pytest.approx(prior["p"] / 2, abs=1e-9)
    found = rows["z_confounder"]
    assert found["bias_mean"] == pytest.approx(-0.1424604, abs=1e-7)
    assert found["hazard_ratio"] == pytest.approx(0.4607892, abs=1e-7)
    assert found["ci_low"] == pytest.approx(0.3165542, abs=1e-7)
    assert found["ci_high"] == pytest.approx(0.6758296, abs=1e-7)
    assert math.exp(found["coef"]) == pytest.approx(found["hazard_ratio"])
    assert pd.isna(found["se"])


def retinopathy(golden) -> pd.DataFrame:
    rows = golden("retinopathy_pairs.csv")
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "endpoint": "OS",
            "set_id": rows["pair"].astype(str),
            "usubjid": rows["pair"].astype(str) + "-" + rows["treated"].astype(str),
            "treated": rows["treated"] == 1,
            "weight": 1.0,
            "days": rows["time"].astype(float),
            "is_event": rows["event"] == 1,
        }
    )


def test_bounds_of_pairs_are_the_golden_ones(golden):
    wanted = golden("rosenbaum.json")["retinopathy"]
    table = rosenbaum_table(retinopathy(golden), MAIN, FOLLOW_UP)
    assert not table.duplicated(["statistic", "gamma", "lambda_odds"]).any()
    assert len(table) == 2 * 6 * 2
    exact = table[table["statistic"] == "mcnemar"]
    assert set(exact["n_pairs"]) == {wanted["n_pairs"]}
    assert set(exact["n_control_first"]) == {wanted["control_first"]}
    p_upper = dict(zip(exact["gamma"], exact["p_upper"], strict=True))
    golden_p = dict(zip(wanted["gamma"], wanted["p_upper"], strict=True))
    for gamma in (1, 1.25, 1.5, 2, 3):
        assert p_upper[gamma] == pytest.approx(golden_p[gamma], rel=1e-8)
    assert exact["gamma_at_05"].to_numpy(float) == pytest.approx(
        [wanted["gamma_at_05"]] * 12, abs=1e-8
    )
    delta = golden("rosenbaum.json")["amplification"]["delta"]
    assert exact.loc[exact["lambda_odds"] == 3, "delta"].iloc[0] == pytest.approx(delta)
    # a lambda of 2 is not above gamma_at_05
    assert exact.loc[exact["lambda_odds"] == 2, "delta"].isna().all()
    ranked = table[(table["statistic"] == "prentice_wilcoxon") & (table["gamma"] == 2)]
    deviate = wanted["prentice_wilcoxon_deviate"][3]
    assert ranked["deviate"].iloc[0] == pytest.approx(deviate, abs=1e-8)


def test_a_pair_that_is_not_evaluable_is_left_out_whole(golden):
    whole = retinopathy(golden)
    unknown = whole.copy()
    unknown.loc[0, "days"] = np.nan
    found = rosenbaum_table(unknown, MAIN, FOLLOW_UP)
    assert set(found["n_pairs"]) == {196}
    assert found["note"].str.endswith("1 sets left out: not evaluable").all()
    without = whole[whole["set_id"] != whole["set_id"][0]]
    wanted = rosenbaum_table(without, MAIN, FOLLOW_UP)
    pd.testing.assert_series_equal(found["p_upper"], wanted["p_upper"])


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"weight": 0.5}, "pairs with weights: no bounds"),
        ({"set_id": "one"}, "sets that are not one treated and one control: no bounds"),
        ({"days": np.nan}, "no set of which all are evaluable: no bounds"),
        ({"usubjid": "C"}, "a subject is in several sets: no bounds"),
    ],
)
def test_what_is_no_plain_pair_has_a_note_and_no_bounds(change, note):
    table = rosenbaum_table(
        pairs([(9, 1, 5, 1), (8, 0, 4, 1)]).assign(**change), MAIN, FOLLOW_UP
    )
    assert len(table) == 24
    assert not table.duplicated(["statistic", "gamma", "lambda_odds"]).any()
    assert table["note"].str.startswith(note).all()
    assert table["p_upper"].isna().all()
    assert table["n_pairs"].isna().all()


def test_outcomes_join_sets_and_days_and_the_horizon_is_the_shorter_arm():
    matched = pd.DataFrame(
        {
            "analysis_id": "a",
            "set_id": ["a-2", "a-2", "a-1", "a-1"],
            "usubjid": ["t2", "c2", "t1", "c1"],
            "arm": ["treated", "control"] * 2,
            "weight": 1.0,
        }
    )
    endpoints = pd.DataFrame(
        {
            "analysis_id": "a",
            "usubjid": ["t1", "c1", "t2", "c2"],
            "endpoint": "OS",
            "days": pd.array([100, 80, 300, None], dtype="Int64"),
            "is_event": pd.array([True, False, False, None], dtype="boolean"),
        }
    )
    found = matched_outcomes(matched, endpoints)
    assert found["usubjid"].tolist() == ["c1", "t1", "c2", "t2"]
    assert found["is_event"].tolist() == [False, True, False, False]
    assert common_horizon(found) == 80
    # the only death comes after day 80
    assert share_with_event(found) == 0
    assert share_with_event(pairs([(10, 1, 40, 0), (50, 0, 60, 0)])) == 0.25
    assert math.isnan(common_horizon(found[found["treated"]]))


SWEEP = {"analysis_id": "a", "arm": "control", "deltas": "1|0", "m": 4, "seed": 5}


def sample(n=40) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    times = rng.integers(1, 300, (n, 2))
    events = rng.random((n, 2)) < 0.6
    return pairs(
        [
            (t, e, c, f)
            for (t, c), (e, f) in zip(times.tolist(), events.tolist(), strict=True)
        ]
    )


def test_controls_alive_to_the_horizon_are_the_model_of_those_days():
    members = sample()
    horizon = common_horizon(members)
    own = ~members["treated"] & ~members["is_event"] & (members["days"] < horizon)
    lived = members.assign(
        days=members["days"].mask(own, horizon).clip(upper=horizon),
        is_event=members["is_event"] & (members["days"] <= horizon),
    )
    fit = fit_cox(
        lived["days"],
        lived["is_event"],
        lived[["treated"]].astype(float),
        names=["treated"],
        cluster=lived["set_id"],
    )
    table = tipping_table(members, MAIN, FOLLOW_UP, pd.DataFrame([SWEEP]))
    assert table["delta"].tolist() == [1, 0]
    alive = table.iloc[1]
    assert alive["coef"] == pytest.approx(fit.coef[0], abs=1e-9)
    # nothing is drawn, so that nothing varies between imputations
    assert alive["se"] == pytest.approx(fit.se[0], abs=1e-9)
    assert alive["n_imputed"] == own.sum()
    assert (alive["m"], alive["horizon"], alive["seed"]) == (4, horizon, 5)
    assert table["follow_up_rule"].tolist() == ["as_recorded"] * 2


def test_a_sweep_twice_is_equal_and_another_seed_is_another():
    members = sample()
    sweeps = pd.DataFrame([SWEEP, SWEEP | {"arm": "treated", "deltas": "1|2|8"}])
    first = tipping_table(members, MAIN, FOLLOW_UP, sweeps)
    shuffled = members.sample(frac=1, random_state=1)
    again = tipping_table(shuffled, MAIN, FOLLOW_UP, sweeps[::-1])
    pd.testing.assert_frame_equal(first, again)
    other = tipping_table(members, MAIN, FOLLOW_UP, sweeps.assign(seed=6))
    assert other["coef"].iloc[0] != first["coef"].iloc[0]


def test_a_sweep_that_cannot_be_made_has_a_note_and_an_absent_analysis_no_row():
    followed = sample().assign(days=200.0)
    table = tipping_table(followed, MAIN, FOLLOW_UP, pd.DataFrame([SWEEP]))
    note = "nobody of the control arm is censored before the horizon"
    assert table["note"].tolist() == [note] * 2
    assert table["coef"].isna().all()
    absent = pd.DataFrame([SWEEP | {"analysis_id": "a_window"}])
    assert tipping_table(followed, MAIN, FOLLOW_UP, absent).empty


def test_a_sweep_with_delayed_entry_is_not_made():
    late = sample()
    late["entry_days"] = np.where(late["treated"], 0.0, 0.5)
    table = tipping_table(late, MAIN, FOLLOW_UP, pd.DataFrame([SWEEP]))
    assert table["coef"].isna().all()
    assert table["note"].str.startswith("entry is delayed").all()
