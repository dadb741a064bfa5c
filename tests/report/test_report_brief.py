"""The outcome of an analysis in brief, whatever the matching, with pairs or not."""

import pandas as pd
import pytest

from counterarm.report.reading import Results
from counterarm.report.sections.brief import _asked, _named, _sensitivity, outcome


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
