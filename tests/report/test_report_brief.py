"""The outcome of an analysis in brief, whatever the matching, with pairs or not."""

import pandas as pd
import pytest

from counterarm.report.page import AnalysisPart, Page
from counterarm.report.reading import Results
from counterarm.report.sections.brief import (
    Verdict,
    _asked,
    _named,
    _sensitivity,
    outcome,
)
from counterarm.report.sections.credibility import ASSUMPTIONS, assumptions, by_rule
from counterarm.report.sections.section import Section
from counterarm.tables.trust.challenges import QUESTIONS


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
        "model_id": "unadjusted",
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


def test_a_verdict_is_said_once():
    text = "Synthetic data. Not supported: the result cannot be distinguished."
    row = {"analysis_id": "a", "verdict": "not supported", "headline": text}
    tables = {**results().tables, "verdict_summary": pd.DataFrame([row])}
    judged = outcome(Results(tables), "a").verdict
    assert judged.verdict == "Not supported."
    assert judged.headline == "The result cannot be distinguished."


def challenged(*outcomes: tuple[str, str]) -> Results:
    rows = [
        {"analysis_id": "a", "position": i, "challenge": name, "outcome": outcome}
        for i, (name, outcome) in enumerate(outcomes, start=1)
    ]
    return Results({"verdict": pd.DataFrame(rows)})


def test_assumptions_that_fail_come_before_those_in_doubt():
    found = assumptions(
        challenged(
            ("follow_up", "overturns"),
            ("confounder", "plausible"),
            ("order", "plausible"),
            ("placebo", "not seen"),
            ("immortal_time", "not assessed"),
        ),
        "a",
    )
    assert found == [
        "A check overturns what the result assumes: that the survival of controls is "
        "ascertained for as long as their deaths.",
        "In doubt is: that no hidden confounder is as strong as the measured "
        "covariates; that the order of matching changes nothing.",
    ]


def test_follow_up_that_could_not_be_checked_is_said():
    found = assumptions(
        challenged(("order", "plausible"), ("follow_up", "not assessed")), "a"
    )
    assert found[0].startswith("It could not be checked that the survival of controls")
    assert found[1].startswith("In doubt is: that the order")
    (none,) = assumptions(challenged(("follow_up", "not seen")), "a")
    assert none.startswith("No check overturns")
    assert assumptions(Results({}), "a") == []


def test_a_result_that_holds_1_assumes_nothing_to_be_overturned():
    rows = [{"analysis_id": "a", "position": 1, "ci_low": 0.6, "ci_high": 1.2}]
    tables = challenged(("follow_up", "overturns")).tables
    both = Results(tables | {"follow_up_estimates": pd.DataFrame(rows)})
    assert assumptions(both, "a") == []


def test_a_verdict_begins_with_the_gravest_assumption():
    one = Verdict("Fragile.", "Found.", ["It assumes A.", "It assumes B."])
    assert one.paragraphs == ["It assumes A.", "Found.", "It assumes B."]
    assert Verdict("Fragile.", "Found.").paragraphs == ["Found."]
    assert Verdict("Fragile.", "").paragraphs == [""]


def test_every_challenge_has_its_assumption_in_words():
    assert {each.name for each in QUESTIONS} == set(ASSUMPTIONS)


def test_the_hazard_ratio_is_listed_under_each_rule():
    rules = ("as_recorded", "window_91", "horizon_270", "alive_to_last_visit")
    ratios = (0.28, 0.68, 0.79, None)
    rows = [
        {
            "analysis_id": "a",
            "position": i,
            "follow_up_rule": rule,
            "hazard_ratio": ratio,
            "ci_low": ratio and ratio / 2,
            "ci_high": ratio and ratio * 2,
        }
        for i, (rule, ratio) in enumerate(zip(rules, ratios, strict=True))
    ]
    found = by_rule(Results({"follow_up_estimates": pd.DataFrame(rows)}), "a")
    assert [(row.rule, row.estimate) for row in found] == [
        ("As recorded", "0.28 (0.14 to 0.56)"),
        ("Last visit + 91 days", "0.68 (0.34 to 1.36)"),
        ("To day 270", "0.79 (0.40 to 1.58)"),
        ("Alive to trial's last visit", "no estimate"),
    ]
    one = Results({"follow_up_estimates": pd.DataFrame(rows[:1])})
    assert by_rule(one, "a") == []


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
