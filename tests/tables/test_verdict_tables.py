"""The verdict, its headline and its follow-up rules, from the tables of a build."""

import math

import pandas as pd
import pytest
from verdict_evidence import cox, delivery, estimated, judged


def test_a_result_that_a_window_takes_away_is_not_supported():
    summary, challenges = judged(delivery({"window_91": 0.91, "horizon_365": 0.8}))
    assert summary["verdict"] == "not supported"
    follow_up = challenges.loc["follow_up"]
    assert (follow_up["position"], follow_up["outcome"]) == (1, "overturns")
    # the highest limit under any rule: 0.91 exp(1.96 * 0.15)
    assert follow_up["seen"] == pytest.approx(1.2211, abs=1e-4)
    assert "0.91 (95% CI 0.68 to 1.22)" in summary["headline"]
    assert "the hazard ratio is 0.40 (95% CI 0.30 to 0.54)" in summary["headline"]
    assert "44% came more than 91 days" in summary["headline"]
    assert summary["headline"].startswith("Synthetic data. Not supported.")


def test_real_patients_are_not_called_synthetic():
    tables = delivery({"window_91": 0.91})
    tables["delivery_nature"] = pd.DataFrame({"is_real": [True]})
    assert judged(tables)[0]["headline"].startswith("Not supported.")


def test_without_a_source_of_controls_that_records_deaths_nothing_can_be_judged():
    """That another analysis of the delivery has one does not help this one."""
    prior = ("a_window_91", "unadjusted", "p", True, "stroke", -0.094, 0.115)
    numbers = (math.log(0.8), 0.5, 1.2)
    tables = delivery(
        {"window_91": 0.4}, records=False, bias_adjusted=[prior + numbers]
    )
    summary, challenges = judged(tables)
    assert summary["verdict"] == "cannot be judged"
    assert (
        "no pseudo-trial or registry of the controls records deaths"
        in summary["headline"]
    )
    assert "equally long" not in summary["headline"]
    assert challenges.loc["bias_prior", "outcome"] == "plausible"
    assert "mean bias" not in summary["headline"]


def test_rules_that_disagree_far_from_the_expected_deaths_cannot_be_judged():
    apart = {"window_91": 1.0, "window_182": 0.4}
    assert judged(delivery(apart, oe=2.5))[0]["verdict"] == "cannot be judged"
    assert judged(delivery(apart, oe=1.2))[0]["verdict"] == "not supported"


def test_a_result_that_did_not_converge_cannot_be_judged_and_says_why():
    tables = delivery({"window_91": 0.4}, main=None, note="separation by treated")
    summary, challenges = judged(tables)
    assert summary["verdict"] == "cannot be judged"
    assert "separation by treated" in summary["headline"]
    assert challenges.empty


def test_an_interval_that_holds_1_as_recorded_cannot_be_told_from_no_effect():
    summary, _ = judged(delivery({"window_91": 0.4}, main=0.9))
    assert summary["verdict"] == "not supported"
    assert "cannot be distinguished from no effect" in summary["headline"]


def test_a_result_that_no_check_takes_away_is_not_overturned():
    summary, challenges = judged(delivery({"window_91": 0.4, "horizon_365": 0.45}))
    assert summary["verdict"] == "not overturned by what could be checked"
    assert challenges.loc["follow_up", "outcome"] == "not seen"
    assert "Not assessed: " in summary["headline"]
    assert "placebo" in summary["headline"]


def test_a_correction_beyond_1_overturns_as_one_that_holds_1():
    _, challenges = judged(delivery({"window_91": 1.8}))
    assert challenges.loc["follow_up", "outcome"] == "overturns"


def test_a_harm_that_a_window_takes_away_is_not_supported_either():
    _, challenges = judged(delivery({"window_91": 1.1}, main=2.5))
    assert challenges.loc["follow_up", "outcome"] == "overturns"
    # the lowest limit: 1.1 exp(-1.96 * 0.15)
    assert challenges.loc["follow_up", "seen"] == pytest.approx(0.8198, abs=1e-4)


def test_patients_who_stop_coming_leave_long_windows_only():
    ratios = {"window_91": 0.9, "window_182": 0.4, "alive_to_last_visit": 0.45}
    _, challenges = judged(delivery(ratios, oe=1.8))
    assert challenges.loc["follow_up", "outcome"] == "not seen"
    assert "window_91" in challenges.loc["follow_up", "sentence"]
    # O/E as expected: all count
    _, challenges = judged(delivery(ratios, oe=1.2))
    assert challenges.loc["follow_up", "outcome"] == "overturns"


def test_the_best_case_for_controls_is_a_bound_and_no_correction():
    ratios = {"window_91": 0.4, "alive_to_last_death": 1.1}
    _, challenges = judged(delivery(ratios))
    assert challenges.loc["follow_up", "outcome"] == "not seen"


def rules(table):
    columns = ["position", "follow_up_rule", "is_corrected", "is_checked"]
    return table[columns].to_numpy().tolist()


def test_rules_stand_in_order_and_the_first_correction_with_an_estimate_is_checked():
    table = estimated(
        ["horizon_365", "alive_to_last_death", "window_182", "window_91"],
        [cox("a", 0.4), cox("a_window_182", 0.8), cox("a_horizon_365", 0.9)],
    )
    assert rules(table) == [
        [1, "as_recorded", False, False],
        [2, "window_91", True, False],
        [3, "window_182", True, True],
        [4, "alive_to_last_death", False, False],
        [5, "horizon_365", True, False],
    ]
    assert table["note"].tolist()[1:4:2] == ["no matched subjects"] * 2
    assert table["rule_analysis_id"].iloc[2] == "a_window_182"
    # as by hand: log 0.8, and its limit exp(log 0.8 + 1.96 * 0.15)
    assert table["coef"].iloc[2] == pytest.approx(-0.2231, abs=1e-4)
    assert table["ci_high"].iloc[2] == pytest.approx(1.0734, abs=1e-4)


def test_a_bound_alone_is_not_checked():
    table = estimated(
        ["alive_to_last_death"], [cox("a", 0.4), cox("a_alive_to_last_death", 1.1)]
    )
    assert table["is_checked"].tolist() == [True, False]


def test_an_analysis_that_inherits_the_rule_of_the_main_one_corrects_nothing():
    table = estimated(
        ["window_182"],
        [cox(name, 0.4) for name in ("a", "a_caliper", "a_window_182")],
        based_on=["a_caliper"],
        own="window_91",
    )
    assert table["rule_analysis_id"].tolist() == ["a", "a_window_182"]


def test_a_variance_is_the_clustered_one_before_the_naive_one():
    fitted = [cox("a", 0.4, variance="naive"), cox("a", 0.4, variance="cluster")]
    assert estimated([], fitted)["variance"].tolist() == ["cluster"]
    assert estimated([], fitted[:1])["variance"].tolist() == ["naive"]


def test_a_main_analysis_without_a_model_of_treatment_alone_says_so():
    table = estimated([], [cox("a", 0.4)], arm="both")
    assert table["note"].tolist() == ["no model of treatment alone"]
    assert table["coef"].isna().all()
    tables = delivery({}) | {"follow_up_estimates": table}
    summary, challenges = judged(tables)
    assert summary["verdict"] == "cannot be judged"
    assert "no model of treatment alone" in summary["headline"]
    assert challenges.empty


def test_challenges_are_ranked_by_gravity():
    tables = delivery(
        {"window_91": 0.91}, proportional_hazards=[("a", "unadjusted", "GLOBAL", 0.01)]
    )
    _, challenges = judged(tables)
    order = ["overturns", "plausible", "not seen", "not assessed"]
    ranks = challenges.sort_values("position")["outcome"].map(order.index)
    assert ranks.is_monotonic_increasing
    assert len(challenges) == 11


def test_a_result_whose_follow_up_is_not_varied_cannot_be_judged():
    summary, challenges = judged(delivery({}))
    assert summary["verdict"] == "cannot be judged"
    assert "no analysis corrects the follow-up" in summary["headline"]
    assert challenges.loc["follow_up", "outcome"] == "not assessed"


def test_the_headline_says_what_its_numbers_are():
    summary, _ = judged(delivery({"window_91": 0.91}))
    assert summary["headline"].endswith(
        " Estimand: marginal; ATT of the matched treated; robust variance, by matched "
        "set."
    )
