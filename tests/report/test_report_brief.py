"""The outcome of an analysis in brief, whatever the matching, with pairs or not."""

import pandas as pd
import pytest

from counterarm.report.page import AnalysisPart, Page
from counterarm.report.reading import Results
from counterarm.report.sections.brief import _asked, _named, _sensitivity, outcome
from counterarm.report.sections.section import Section


def results(**changes) -> Results:
    """One analysis of one hazard ratio by each of two variances."""
    summary = {
        "analysis_id": "a",
        "based_on": None,
        "label": "A",
        "n_treated_eligible": 179,
        "n_control_eligible": 793,
        "method": "ipw",
        "n_pairs": None,
        "n_treated_used": 179,
        "n_control_used": 793,
        "control_effective_size": 401.9,
        "endpoint": "OS",
        "variance": "cluster",
        **changes,
    }
    ratio = {
        "analysis_id": "a",
        "model_id": "unadjusted",
        "endpoint": "OS",
        "term": "treated",
        "hazard_ratio": 0.25,
    }
    matched = {"analysis_id": "a", "arm": "treated", "estimand": "ATT"}
    return Results(
        {
            "analysis_summary": pd.DataFrame([summary]).convert_dtypes(),
            "hazard_ratios": pd.DataFrame(
                [
                    {**ratio, "variance": "naive", "ci_low": 0.2, "ci_high": 0.3},
                    {**ratio, "variance": "cluster", "ci_low": 0.1, "ci_high": 0.6},
                ]
            ),
            "match_summary": pd.DataFrame([matched]),
        }
    )


def test_without_pairs_it_says_the_method_who_and_the_effective_size():
    said = " ".join(outcome(results(), "a").found)
    assert "Inverse-probability weights" in said
    assert "179 of 179 eligible treated" in said
    assert "793 of 793 eligible controls" in said
    assert "effective sample size of the controls 402" in said
    assert "ATT" in said
    assert "pair" not in said


def test_with_pairs_it_counts_them():
    said = " ".join(outcome(results(method="optimal", n_pairs=170), "a").found)
    assert "170 pairs" in said


@pytest.mark.parametrize(
    ("variance", "interval"),
    [("naive", "0.20 to 0.30"), ("cluster", "0.10 to 0.60")],
)
def test_the_interval_is_of_the_variance_that_the_summary_names(variance, interval):
    told = outcome(results(variance=variance), "a")
    assert told.interval == interval
    assert variance in told.estimate_of


def test_one_sensitivity_analysis_has_one_ratio():
    rows = pd.DataFrame(
        [
            {"analysis_id": "a", "based_on": None, "hazard_ratio": 0.3},
            {"analysis_id": "a_b", "based_on": "a", "hazard_ratio": 0.4},
        ]
    )
    (said,) = _sensitivity(Results({"analysis_summary": rows}), "a", ["a", "a_b"])
    assert said == "1 sensitivity analysis: hazard ratio 0.40."


def test_a_question_without_an_endpoint_names_none():
    arms = [("arms", 1, "Treated: ULM. x"), ("arms", 2, "Controls: PROACT. y")]
    design = pd.DataFrame(arms, columns=["topic", "position", "sentence"])
    asked = Results({"design_in_words": design.assign(analysis_id="a")})
    assert _asked(asked, "a", _named(pd.DataFrame(), None)) == (
        "Did the treated of ULM fare better than comparable patients of PROACT?"
    )


def test_an_analysis_without_an_estimate_says_so():
    told = outcome(results(variance=None, endpoint=None), "a")
    assert told.estimate == "no estimate"


def test_the_number_is_said_to_be_of_the_event():
    tables = dict(results().tables)
    sentence = "Overall survival (OS): death."
    design = [{"analysis_id": "a", "topic": "endpoints", "sentence": sentence}]
    tables["design_in_words"] = pd.DataFrame(design)
    said = outcome(Results(tables), "a").estimate_of
    assert said.startswith("death (OS), treated vs controls; unadjusted Cox model")


def test_a_verdict_stands_beside_the_number_where_there_is_one():
    assert outcome(results(), "a").verdict is None
    text = "Synthetic data. Fragile. It may be chance."
    row = {"analysis_id": "a", "verdict": "fragile", "headline": text}
    tables = {**results().tables, "verdict_summary": pd.DataFrame([row])}
    judged = outcome(Results(tables), "a").verdict
    assert (judged.verdict, judged.headline) == ("Fragile.", "It may be chance.")


def test_survival_at_12_months_has_the_variance_of_the_summary():
    row = {
        "analysis_id": "a",
        "endpoint": "OS",
        "comparison_set": "arms",
        "measure": "survival_difference_12_months",
        "first_value": 0.828,
        "second_value": 0.801,
        "estimate": 0.027,
    }
    rows = [
        {**row, "variance": "naive", "ci_low": -0.095, "ci_high": 0.149},
        {**row, "variance": "cluster", "ci_low": -0.2, "ci_high": 0.254},
        {**row, "variance": "naive", "endpoint": "OS_COMMON"},
    ]
    tables = {**results().tables, "survival_differences": pd.DataFrame(rows)}
    (shown,) = outcome(Results(tables), "a").milestones
    assert (shown.treated, shown.control) == ("83%", "80%")
    assert shown.difference == "+3 (-20 to +25)"
    naive = (
        results(variance="naive").tables
        | tables
        | {"analysis_summary": results(variance="naive").tables["analysis_summary"]}
    )
    (shown,) = outcome(Results(naive), "a").milestones
    assert shown.difference == "+3 (-10 to +15)"


def test_sensitivity_analyses_are_folded_under_their_main_one():
    def part(name: str, varies: str | None) -> AnalysisPart:
        return AnalysisPart(name, name, varies, "", outcome(results(), "a"), [])

    parts = [part("a", None), part("a_b", "a"), part("c_d", "c"), part("a_c", "a")]
    page = Page(False, None, "", [], parts, Section("s", "S"), [])
    families = [
        (main.analysis_id, [of.analysis_id for of in others])
        for main, others in page.families()
    ]
    assert families == [("a", ["a_b", "a_c"]), ("c_d", [])]
