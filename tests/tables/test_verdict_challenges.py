"""Each challenge of the verdict but follow-up, from the tables that it reads."""

import math

import pytest
from verdict_evidence import cox, delivery, interval, judged


def test_the_common_horizon_is_that_of_the_main_model():
    model = cox("a", 0.95, model="unadjusted_common_horizon")
    _, challenges = judged(delivery({"window_91": 0.4}, more=[model]))
    assert challenges.loc["common_horizon", "outcome"] == "overturns"


def test_a_confounder_no_stronger_than_one_measured_is_plausible():
    # E = 1.9080 of the limit 0.69 (golden evalue.json) needs a bounding factor of
    # 1.9080^2 / (2 * 1.9080 - 1) = 1.2928
    given = {"e_values": [("a_window_91", "unadjusted", 1.9080)]}
    strong = [("a_window_91", "age", 1.31), ("a_window_91", "sex", 1.05)]
    tables = delivery({"window_91": 0.4}, covariate_strength=strong, **given)
    summary, challenges = judged(tables)
    assert challenges.loc["confounder", "needed"] == pytest.approx(1.2928, abs=1e-4)
    assert challenges.loc["confounder", "seen"] == pytest.approx(1.31)
    assert challenges.loc["confounder", "outcome"] == "plausible"
    assert summary["verdict"] == "fragile"
    tables = delivery({"window_91": 0.4}, covariate_strength=strong[1:], **given)
    assert judged(tables)[1].loc["confounder", "outcome"] == "not seen"


def test_no_confounder_is_needed_where_the_corrected_interval_holds_1():
    _, challenges = judged(delivery({"window_91": 0.91}))
    assert "No hidden confounder need be assumed" in challenges.loc["confounder"].get(
        "sentence"
    )


def test_a_prior_whose_interval_holds_1_is_plausible():
    def under(ratio, se, checked=0.4):
        row = interval(ratio, se)
        row |= {"analysis_id": "a_window_91", "model_id": "unadjusted"}
        row |= {"prior_id": "p", "is_in_verdict": True, "disease": "stroke"}
        row |= {"bias_mean": -0.094, "bias_sd": 0.115}
        other = row | interval(1.0) | {"prior_id": "other", "is_in_verdict": False}
        tables = delivery({"window_91": checked}, bias_adjusted=[other, row])
        return judged(tables)[1].loc["bias_prior"]

    assert under(0.8, 0.2)["outcome"] == "plausible"
    assert under(0.44, 0.2)["outcome"] == "not seen"
    # log of the limit of 0.4: -0.9163 + 1.96 * 0.15
    assert under(0.44, 0.2)["needed"] == pytest.approx(-0.6223, abs=1e-4)
    assert "in stroke (prior p)" in under(0.44, 0.2)["sentence"]
    # a bias so large that the interval lies beyond 1 is enough as well
    assert under(3.0, 0.2)["outcome"] == "plausible"
    assert under(0.9, 0.2, checked=0.9)["needed"] == 0
    tables = delivery({"window_91": 0.4})
    assert judged(tables)[1].loc["bias_prior", "outcome"] == "not assessed"


def test_placebo_comparisons_that_reach_1_overturn():
    null = [("a", "c2", "ascertainment", -0.7, 0.1), ("a", "c1", "procedure", 0.0, 0.0)]
    beyond = [
        ("a", "unadjusted", "c2", -0.2, -0.6, 0.2),
        ("a", "unadjusted", "c1", -0.1, -0.5, 0.3),
    ]
    tables = delivery({"window_91": 0.4}, placebo_null=null, calibrated=beyond)
    _, challenges = judged(tables)
    assert challenges.loc["placebo", "outcome"] == "overturns"
    assert challenges.loc["placebo", "seen"] == pytest.approx(math.exp(0.2))


def test_valid_specifications_that_hold_1_are_plausible():
    def grid(share):
        overall = ("a", "valid", "overall", 100, share, 0.0, 0.3, 0.5, 1.1, None)
        axis = ("a", "valid", "follow_up_rule", 100, None, None, None, None, None, 0.7)
        return delivery({"window_91": 0.4}, specification_summary=[overall, axis])

    _, challenges = judged(grid(0.6))
    assert challenges.loc["specifications", "outcome"] == "plausible"
    assert "follow-up rule (70% of the variance)" in challenges.loc[
        "specifications"
    ].get("sentence")
    assert judged(grid(1.0))[1].loc["specifications", "outcome"] == "not seen"


def test_specifications_of_a_harm_are_asked_for_intervals_above_1():
    overall = ("a", "valid", "overall", 100, 0.0, 1.0, 1.4, 2.0, 3.0, None)
    tables = delivery({"window_91": 2.0}, main=2.5, specification_summary=[overall])
    found = judged(tables)[1].loc["specifications"]
    assert found["outcome"] == "not seen"
    assert "100% have an interval above 1" in found["sentence"]


def test_imputed_limits_are_read_from_the_log_scale():
    row = interval(0.9)
    row |= {end: math.log(row[end]) for end in ("ci_low", "ci_high")}
    row |= {"analysis_id": "a_window_91", "model_id": "unadjusted"}
    _, challenges = judged(delivery({"window_91": 0.4}, imputed=[row]))
    found = challenges.loc["missing_covariates"]
    assert found["outcome"] == "overturns"
    assert found["seen"] == pytest.approx(0.9 * math.exp(1.959964 * 0.15))


def test_a_hazard_after_censoring_as_rare_as_one_seen_is_plausible():
    def sweep(control, oe):
        rows = [("a_window_91", "unadjusted", "control", -0.5, control, None)]
        return judged(delivery({"window_91": 0.4}, oe=oe, tipping_points=rows))[1]

    assert sweep(0.5, 0.85).loc["tipping", "outcome"] == "not seen"
    assert sweep(0.9, 0.85).loc["tipping", "outcome"] == "plausible"
    at_random = sweep(1.0, 1.4).loc["tipping"]
    assert at_random["outcome"] == "plausible"
    assert "die at the rate of the others" in at_random["sentence"]


def test_a_sweep_that_never_loses_the_finding_is_not_seen():
    rows = [
        ("a_window_91", "unadjusted", arm, -0.5, None, "no delta loses the finding")
        for arm in ("control", "treated")
    ]
    tables = delivery({"window_91": 0.4}, tipping_points=rows)
    assert judged(tables)[1].loc["tipping", "outcome"] == "not seen"


def test_a_sweep_without_estimates_does_not_speak_for_the_finding():
    """One of two deltas did not converge; the other arm could not be swept at all."""
    rows = [
        ("a_window_91", "unadjusted", "control", -0.5, None, "did not converge"),
        ("a_window_91", "unadjusted", "control", None, None, "did not converge"),
        ("a_window_91", "unadjusted", "treated", None, None, "no event"),
    ]
    found = judged(delivery({"window_91": 0.4}, tipping_points=rows))[1].loc["tipping"]
    assert found["outcome"] == "not assessed"
    assert "did not converge" in found["sentence"]
    assert "no event" in found["sentence"]
    swept = [("a_window_91", "unadjusted", "control", -0.5, None, None), rows[2]]
    found = judged(delivery({"window_91": 0.4}, tipping_points=swept))[1].loc["tipping"]
    assert found["outcome"] == "not seen"
    assert "controls" in found["sentence"]
    assert "treated" not in found["sentence"]


def test_an_interval_wider_than_floats_reach_is_judged_and_does_not_end_the_build():
    # exp(800) is no float: a calibrated interval of a null with a huge error
    null = {"analysis_id": "a", "null_id": "a-c2", "kind": "ascertainment"}
    calibrated = null | {
        "model_id": "unadjusted",
        "calibrated_coef": -0.9,
        "calibrated_ci_low": -800.0,
        "calibrated_ci_high": 800.0,
    }
    tables = delivery(
        {"window_91": 0.4},
        placebo_null=[null | {"mu": 0.0, "sigma": 400.0}],
        calibrated=[calibrated],
    )
    _, challenges = judged(tables)
    assert challenges.loc["placebo", "outcome"] == "overturns"
    assert "0.41 (95% CI 0.00 to inf)" in challenges.loc["placebo", "sentence"]
