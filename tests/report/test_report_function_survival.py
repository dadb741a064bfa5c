"""The section of function and survival: a verdict for each measure, death said once."""

import pandas as pd
import pytest

from counterarm.report.disclosure.cells import suppress
from counterarm.report.reading import Results
from counterarm.report.sections.function_survival import function_survival


@pytest.fixture
def results() -> Results:
    judged = pd.DataFrame(
        [
            {
                "analysis_id": "a",
                "position": position,
                "measure": measure,
                "label": label,
                "follow_up_rule": "as_recorded",
                "estimate": 2.0,
                "ci_low": 1.1,
                "ci_high": 3.0,
                "null_value": 1.0,
                "n_rules": 2,
                "corrected_low": 0.8,
                "corrected_high": 3.5,
                "outcome": outcome,
                "verdict": verdict,
                "sentence": f"{label} 2.00.",
                "truncated_by_death": death,
                "note": None,
            }
            for position, measure, label, outcome, verdict, death in (
                (
                    2,
                    "mmrm",
                    "Change",
                    "not assessed",
                    "cannot be judged",
                    "Alive only.",
                ),
                (
                    *(1, "win_ratio_matched", "Win ratio of pairs", "not seen"),
                    *("not overturned by what could be checked", "Death first."),
                ),
            )
        ]
    )
    visits = pd.DataFrame(
        [
            {
                "analysis_id": "a",
                "visit": "month_3",
                "offset_days": 91,
                "n_treated": 30,
                "n_control": 28,
                "n_treated_dead": 2,
                "n_control_dead": 6,
                "n_treated_missing": 9,
                "n_control_missing": 7,
                "mean_treated": -3.0,
                "mean_control": -4.0,
                "coef": 1.0,
                "ci_low": -1.0,
                "ci_high": 3.0,
                "p_value": 0.3,
                "note": None,
            }
        ]
    )
    return Results({"function_verdict": judged, "mmrm": visits})


def test_each_measure_has_its_verdict_and_death_is_said_once_for_each(results):
    section = function_survival(results, "a")
    assert [remark.text for remark in section.remarks] == [
        "Win ratio of pairs 2.00. Verdict: not overturned by what could be checked.",
        "Change 2.00. Verdict: cannot be judged.",
        "Death first.",
        "Alive only.",
    ]
    assert [remark.caution for remark in section.remarks[:2]] == [False, True]
    assert [table.name for table in section.tables] == ["function-verdict", "mmrm"]


def test_few_dead_are_hidden_and_the_number_of_rules_is_not(results):
    hidden = suppress(results, 5)
    assert hidden.of("mmrm")["n_treated_dead"].tolist() == ["<5"]
    # the treated add up to an arm of known size, so another count is hidden with it
    assert hidden.of("mmrm")["n_treated_missing"].tolist() == ["hidden"]
    assert hidden.of("mmrm")["n_control_dead"].tolist() == [6]
    assert hidden.of("function_verdict")["n_rules"].tolist() == [2, 2]


def test_an_analysis_without_a_verdict_has_no_section(results):
    assert function_survival(results, "b") is None
