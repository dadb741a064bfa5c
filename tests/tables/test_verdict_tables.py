"""The verdict's tables, from the tables that a build makes."""

import math

import pandas as pd
import pytest

from counterarm.tables.trust.follow_up_estimates import follow_up_estimates
from counterarm.tables.trust.main_model import main_models
from counterarm.tables.trust.verdict import verdict_summary, verdict_table

RULES = {
    "as_recorded": ("as_recorded", None),
    "window_91": ("window", 91),
    "window_182": ("window", 182),
    "alive_to_last_visit": ("alive_to_last_visit", None),
    "horizon_365": ("horizon", 365),
    "alive_to_last_death": ("alive_to_last_death", None),
}
COLUMNS = {
    "bias_adjusted": "model_id prior_id is_in_verdict disease bias_mean bias_sd coef "
    "ci_low ci_high",
    "calibrated": "model_id null_id calibrated_coef calibrated_ci_low "
    "calibrated_ci_high",
    "covariate_strength": "variable bounding_factor",
    "e_values": "model_id e_value_limit",
    "imputed": "model_id coef ci_low ci_high",
    "order_sensitivity": "permutations min q025 q975 max",
    "placebo_null": "null_id kind mu sigma",
    "proportional_hazards": "model_id term p_value",
    "rosenbaum": "statistic gamma_at_05",
    "specification_summary": "population axis n share_interval_below_1 "
    "share_interval_above_1 "
    "min_hazard_ratio median_hazard_ratio max_hazard_ratio variance_share",
    "time_contrasts": "term reference method model_id horizon variant variance coef "
    "ci_low ci_high",
    "tipping_points": "model_id arm coef tips_at note",
}


def interval(ratio, se=0.15):
    coef = math.log(ratio)
    return {
        "coef": coef,
        "ci_low": math.exp(coef - 1.959964 * se),
        "ci_high": math.exp(coef + 1.959964 * se),
    }


def cox(analysis_id, ratio, se=0.15, variance="cluster", model="unadjusted", **more):
    estimate = {"coef": math.nan, "ci_low": math.nan, "ci_high": math.nan}
    if ratio is not None:
        estimate = interval(ratio, se)
    return {
        "analysis_id": analysis_id,
        "model_id": model,
        "endpoint": "OS",
        "term": "treated",
        "n": 100,
        "n_events": 40,
        "hazard_ratio": ratio,
        "variance": variance,
        "estimand": "marginal; ATT of the matched treated",
        "note": None,
        **estimate,
        **more,
    }


def estimated(rules, fitted, based_on=(), own="as_recorded", arm="treated"):
    """Return `follow_up_estimates` of the main analysis `a` and those of rules.

    `rules` names the rule of each analysis a_RULE, `based_on` further analyses, which
    inherit the rule `own`; `fitted` are rows of cox.
    """
    ids = ["a", *(f"a_{rule}" for rule in rules), *based_on]
    models = pd.DataFrame({"analysis_id": ids, "model_id": "unadjusted"})
    inherited = [(name, own, *RULES[own]) for name in ("a", "elsewhere", *based_on)]
    return follow_up_estimates(
        pd.DataFrame(
            [("a", None, True)]
            + [(name, "a", True) for name in ids[1:]]
            + [("elsewhere", None, False)],
            columns=["analysis_id", "based_on", "is_delivered"],
        ).assign(note=None),
        follow_up=pd.DataFrame(
            inherited + [(f"a_{rule}", rule, *RULES[rule]) for rule in rules],
            columns=["analysis_id", "follow_up_rule", "rule", "days"],
        ),
        main=main_models(
            models.assign(endpoint="OS", ties="efron"),
            models.assign(arm=arm, variable=None),
        ),
        cox=pd.DataFrame(fitted),
        plans=models.assign(subgroup=None),
    )


def delivery(ratios, main=0.4, oe=1.2, deaths="yes", more=(), note=None, **rows):
    """Return the tables of one main analysis `a` and its corrected follow-up rules."""
    fitted = [
        cox("a", main, note=note),
        cox("a", 0.1, variance="naive"),
        *(cox(f"a_{rule}", ratio) for rule, ratio in ratios.items()),
        *more,
    ]
    tables = {
        "follow_up_estimates": estimated(ratios, fitted),
        "cox": pd.DataFrame(fitted),
        "pseudo_trials": pd.DataFrame(
            {"pseudo_trial_id": ["t1", "t2"], "deaths_recorded": [deaths, "none"]}
        ),
        "ascertainment": pd.DataFrame(
            [
                ("a", "control", "recording", "observed_over_expected", 182, oe),
                ("a", "control", "all", "share_late", 91, 0.44),
            ],
            columns=[
                "analysis_id",
                "arm",
                "pseudo_trial_id",
                "measure",
                "window_days",
                "value",
            ],
        ),
        "delivery_nature": pd.DataFrame({"is_real": [False]}),
    }
    for name, columns in COLUMNS.items():
        tables[name] = pd.DataFrame(
            rows.get(name, []), columns=["analysis_id", *columns.split()]
        )
    return tables


def judged(tables):
    challenges = verdict_table(tables)
    summary = verdict_summary(tables | {"verdict": challenges})
    assert list(summary["analysis_id"]) == ["a"]
    return summary.iloc[0], challenges.set_index("challenge")


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


def test_without_a_trial_that_records_deaths_nothing_can_be_judged():
    prior = ("a_window_91", "unadjusted", "p", True, "stroke", -0.094, 0.115)
    numbers = (math.log(0.8), 0.5, 1.2)
    tables = delivery(
        {"window_91": 0.4}, deaths="none", bias_adjusted=[prior + numbers]
    )
    summary, challenges = judged(tables)
    assert summary["verdict"] == "cannot be judged"
    assert "no pseudo-trial records deaths" in summary["headline"]
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


def test_the_common_horizon_is_that_of_the_main_model():
    model = cox("a", 0.95, model="unadjusted_common_horizon")
    _, challenges = judged(delivery({"window_91": 0.4}, more=[model]))
    assert challenges.loc["common_horizon", "outcome"] == "overturns"


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


def test_challenges_are_ranked_by_gravity():
    tables = delivery(
        {"window_91": 0.91}, proportional_hazards=[("a", "unadjusted", "GLOBAL", 0.01)]
    )
    _, challenges = judged(tables)
    order = ["overturns", "plausible", "not seen", "not assessed"]
    ranks = challenges.sort_values("position")["outcome"].map(order.index)
    assert ranks.is_monotonic_increasing
    assert len(challenges) == 11


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
