"""A made-up delivery whose answers R (MatchIt, survival) and SciPy gave beforehand.

Counts and pairs must be equal; estimates agree to a relative 1e-6, Cox to 1e-5.
"""

import json

import pandas as pd
import pytest

pytestmark = pytest.mark.build

TOLERANCE = 1e-6
# What the answers call our variables, terms and steps.
BALANCE = {
    "distance": "score",
    "age": "age",
    "female": "sex=F",
    "bulbar": "onset_site=BULBAR",
    "base": "alsfrs_r_total",
    "rilu": "riluzole=Y",
    "disease_m": "disease_months",
}
TERMS = {
    "treat": "treated",
    "female": "female",
    "bulbar": "bulbar",
    "rilu": "riluzole",
    "base_hi": "alsfrs_r_high",
    "age_hi": "age_high",
}
STEPS = {
    "identified": "identified",
    "symptom_duration_lt_24m": "symptom_duration_below_24_months",
    "serial_alsfrs_r": "serial_alsfrs_r",
    "follow_up_after_index": "follow_up_after_index",
    "onset_bulbar_or_limb": "onset_bulbar_or_limb",
    "covariates_complete": "covariates_known",
}
COX = {"coef": "coef", "hr": "hazard_ratio", "lo": "ci_low", "hi": "ci_high"} | {
    "p": "p_value"
}


def close(value: float, tolerance: float = TOLERANCE):
    return pytest.approx(value, rel=tolerance, abs=1e-12)


def answers(delivery, analysis: str) -> dict:
    return json.loads((delivery / "expected" / f"{analysis}.json").read_text())


@pytest.fixture(scope="module")
def nam(known_delivery) -> dict:
    return answers(known_delivery, "nam_2023")


@pytest.fixture(scope="module")
def barczewska(known_delivery) -> dict:
    return answers(known_delivery, "barczewska_2020")


@pytest.fixture(scope="module")
def read(known_build):
    """Read the rows of one analysis from a table."""

    def table(name: str, analysis: str, where: str = "true") -> pd.DataFrame:
        return known_build.rows(
            f"from {name} where analysis_id = '{analysis}' and {where}"
        )

    return table


def by_arm(frame: pd.DataFrame, column: str) -> list:
    """Return a column's control and treated value, null as None."""
    values = frame.set_index("group_name")[column]
    return [
        None if pd.isna(values[arm]) else values[arm] for arm in ("control", "treated")
    ]


@pytest.mark.parametrize("arm", ["treated", "control"])
def test_as_many_as_in_r_are_left_after_each_step(read, nam, arm):
    steps = read("cohort.attrition", "nam_2023", f"arm = '{arm}'").sort_values("step")
    ours = dict(zip(steps["criterion"], steps["n_after"], strict=True))
    assert ours == {STEPS[step]: n for step, n in nam["flow"][arm].items()}
    assert ours["identified"] == nam["flow"][f"n_{arm}0"]


def test_every_propensity_score_is_that_of_r(read, nam):
    scores = read("matching.propensity_scores", "nam_2023")
    assert dict(zip(scores["usubjid"], scores["score"], strict=True)) == {
        usubjid: close(score) for usubjid, score in nam["ps"].items()
    }


def test_every_pair_is_that_of_matchit(read, nam):
    pairs = read("matching.pairs", "nam_2023")
    ours = set(zip(pairs["treated_usubjid"], pairs["control_usubjid"], strict=True))
    assert ours == {(pair["treated"], pair["control"]) for pair in nam["pairs"]}
    assert len(pairs) == nam["n_pairs"]


def test_the_caliper_leaves_as_many_pairs_as_in_matchit(read, nam):
    assert len(read("matching.pairs", "nam_2023_caliper")) == nam["n_pairs_caliper02"]


@pytest.mark.parametrize(
    ("sample", "answer"), [("unmatched", "smd_before"), ("matched", "smd_after")]
)
def test_standardized_differences_are_those_of_matchit(read, nam, sample, answer):
    balance = read("matching.balance", "nam_2023", f"sample = '{sample}'")
    ours = balance.set_index("variable")["smd"]
    assert {name: ours[variable] for name, variable in BALANCE.items()} == {
        name: close(smd) for name, smd in nam[answer].items()
    }


def test_curves_medians_and_restricted_means_are_those_of_r(read, nam):
    summary = read(
        "analysis.survival_summary",
        "nam_2023",
        "endpoint = 'OS' and conf_type = 'log-log'"
        " and group_name in ('control', 'treated')",
    )
    assert by_arm(summary, "n_events") == [nam["events"]["0"], nam["events"]["1"]]
    assert by_arm(summary, "median_days") == nam["km"]["median"]
    assert by_arm(summary, "median_ci_low") == nam["km"]["lo"]
    assert by_arm(summary, "median_ci_high") == nam["km"]["hi"]
    assert by_arm(summary, "tau") == [nam["tau"], nam["tau"]]
    assert by_arm(summary, "rmst_days") == [close(x) for x in nam["rmst"]["est"]]
    assert by_arm(summary, "rmst_se") == [close(x) for x in nam["rmst"]["se"]]


def test_the_log_rank_test_is_that_of_r(read, nam):
    (test,) = read(
        "analysis.survival_tests",
        "nam_2023",
        "endpoint = 'OS' and test = 'log_rank' and comparison = 'treated vs control'",
    ).to_dict("records")
    assert test["statistic"] == close(nam["logrank"]["chisq"])
    assert test["p_value"] == close(nam["logrank"]["p"])


@pytest.mark.parametrize(
    ("model", "answer"), [("unadjusted", "cox_unadjusted"), ("adjusted", "cox")]
)
def test_hazard_ratios_are_those_of_r(read, nam, model, answer):
    fits = read(
        "analysis.cox", "nam_2023", f"model_id = '{model}' and variance = 'naive'"
    ).set_index("term")
    assert set(fits.index) == {TERMS[term] for term in nam[answer]}
    for term, expected in nam[answer].items():
        ours = fits.loc[TERMS[term]]
        assert {name: ours[column] for name, column in COX.items()} == {
            name: close(value, 1e-5) for name, value in expected.items()
        }


def test_proportional_hazards_are_tested_as_in_r(read, nam):
    (test,) = read(
        "analysis.proportional_hazards",
        "nam_2023",
        "model_id = 'adjusted' and term = 'GLOBAL' and transform = 'km'",
    ).to_dict("records")
    assert test["p_value"] == close(nam["zph_global_p"], 1e-5)


def test_as_many_are_eligible_for_exact_matching(read, barczewska):
    last = read("cohort.attrition", "barczewska_2020", "criterion = 'covariates_known'")
    ours = last.set_index("arm")["n_after"]
    n_control, n_treated = barczewska["flow"]["covariates_complete"]
    assert ours["treated"] == n_treated == barczewska["n_treated"]
    assert ours["control"] == n_control == barczewska["n_control"]


def test_progression_and_ft9_stage_of_every_eligible_subject(read, barczewska):
    eligible = read("cohort.subjects", "barczewska_2020", "is_eligible")
    ours = eligible.set_index("usubjid")
    assert ours["progression_rate"].to_dict() == {
        usubjid: close(rate) for usubjid, rate in barczewska["prog"].items()
    }
    assert ours["ft9_stage"].to_dict() == barczewska["ft9_by_subject"]
    counts = ours["ft9_stage"].value_counts().to_dict()
    assert {str(stage): n for stage, n in counts.items()} == barczewska["ft9"]


def test_optimal_pairs_are_as_many_and_as_close_as_those_of_scipy(read, barczewska):
    candidates = read("matching.candidate_pairs", "barczewska_2020")
    assert len(candidates) == barczewska["candidate_pairs"]
    pairs = read("matching.pairs", "barczewska_2020")
    assert len(pairs) == barczewska["n_pairs"]
    assert pairs["distance"].sum() == close(barczewska["total_distance"])
    rates = read("cohort.subjects", "barczewska_2020").set_index("usubjid")
    treated, control = (
        rates.loc[pairs[column], "progression_rate"].to_numpy()
        for column in ("treated_usubjid", "control_usubjid")
    )
    assert abs(treated - control).mean() == close(barczewska["mean_abs_prog_diff"])
