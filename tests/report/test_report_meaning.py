"""The sentences of the report follow from its numbers, and claim no more."""

import pandas as pd
import pytest

from counterarm.report.remarks.cohort import on_balance
from counterarm.report.remarks.course import on_response
from counterarm.report.remarks.remark import Remark
from counterarm.report.remarks.subgroups import on_subgroups, on_time
from counterarm.report.remarks.survival import on_follow_up, on_hazards, on_vital_status
from counterarm.report.sections.function import _drawn_sets
from counterarm.report.variants import known_later
from counterarm.report.words import ABSENT, name_words, number, p_text, plural, ratio


def ratios(**changes) -> pd.DataFrame:
    row = {
        "model_id": "unadjusted",
        "endpoint": "OS",
        "term": "treated",
        "variance": "naive",
        "hazard_ratio": 0.7,
        "ci_low": 0.5,
        "ci_high": 0.98,
        "n_events": 80,
        "ph_p_value": 0.4,
        "note": None,
        **changes,
    }
    return pd.DataFrame([row])


def cautions(remarks: list[Remark]) -> list[str]:
    return [remark.text for remark in remarks if remark.caution]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.5, 0.98, "lies below 1"),
        (0.5, 1.0, "includes 1"),
        (0.5, 1.4, "includes 1"),
        (1.01, 1.4, "lies above 1"),
    ],
)
def test_the_interval_is_said_to_lie_where_it_lies(low, high, words):
    (remark,) = on_hazards(ratios(ci_low=low, ci_high=high), "unadjusted")
    assert words in remark.text
    assert not remark.caution


@pytest.mark.parametrize(("p", "doubted"), [(0.049, True), (0.05, False)])
def test_a_rejected_test_of_proportional_hazards_calls_for_caution(p, doubted):
    said = cautions(on_hazards(ratios(ph_p_value=p), "unadjusted"))
    assert bool(said) is doubted


def test_few_events_for_the_terms_call_for_caution():
    assert cautions(on_hazards(ratios(n_events=4), "unadjusted"))
    assert not cautions(on_hazards(ratios(n_events=5), "unadjusted"))


def test_a_model_without_an_estimate_says_why():
    said = cautions(
        on_hazards(ratios(hazard_ratio=None, note="no events"), "unadjusted")
    )
    assert any("no estimate: no events" in text for text in said)


def balance(smd: float) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "variable": "age",
                "label": "Age",
                "level": None,
                "sample": "matched",
                "smd": smd,
            },
            {
                "variable": "x",
                "label": "X",
                "level": None,
                "sample": "unmatched",
                "smd": 0.9,
            },
        ]
    )


def test_only_differences_after_matching_and_above_a_tenth_call_for_caution():
    assert not cautions(on_balance(balance(0.1)))
    (said,) = cautions(on_balance(balance(-0.11)))
    assert "Age -0.11" in said
    (said,) = cautions(on_balance(balance(0.103)))
    assert "Age +0.103" in said
    assert "X" not in said


def test_the_interval_is_of_the_variance_that_the_summary_names():
    both = [ratios(variance="naive"), ratios(variance="cluster", ci_low=0.4)]
    rows = pd.concat(both, ignore_index=True)
    (said,) = on_hazards(rows, "unadjusted", "naive")
    assert "0.70 (0.50 to 0.98), model-based (naive) variance" in said.text
    (said,) = on_hazards(rows, "unadjusted", None)
    assert "0.70 (0.40 to 0.98), robust (cluster) variance" in said.text


def test_measured_balance_is_not_called_comparability():
    (remark,) = on_balance(balance(0.01))
    assert "unmeasured ones, may still differ" in remark.text
    assert "every measured" not in remark.text


def summaries(control_last: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "endpoint": "OS",
            "group_name": ["treated", "control"],
            "median_days": [700.0, 500.0],
            "last_day": [1250, control_last],
        }
    )


def test_arms_followed_differently_long_call_for_caution():
    assert not cautions(on_follow_up(summaries(1000)))
    (said,) = cautions(on_follow_up(summaries(999)))
    assert "controls are followed for at most 33 months" in said


def test_a_curve_that_stays_above_one_half_has_no_median():
    rows = summaries(1250).assign(median_days=[None, 500.0])
    texts = [remark.text for remark in on_follow_up(rows)]
    assert texts == [
        "OS: the curve of the treated stays above 50%: the median is not reached."
    ]


def vital_status(control_missing: int) -> pd.DataFrame:
    rows = [
        ("treated", "ALIVE", 60, None),
        ("treated", "DEAD", 40, None),
        ("treated", None, None, 0),
        ("control", "DEAD", 100 - control_missing, None),
        ("control", None, None, control_missing),
    ]
    frame = pd.DataFrame(rows, columns=["group_name", "level", "n", "n_missing"])
    return frame.assign(variable="vital_status", sample="matched")


def test_controls_of_unknown_vital_status_call_for_caution_above_a_tenth():
    assert on_vital_status(vital_status(10)) == []
    (said,) = cautions(on_vital_status(vital_status(11)))
    assert "vital status of 11 of 100 matched controls" in said
    assert "treated: 0 of 100" in said


def test_hidden_counts_make_no_sentence_fail():
    rows = pd.DataFrame(
        [
            {
                "subgroup": "all",
                "n_pairs": 90,
                "n_decreased": "<5",
                "n_no_change": 40,
                "n_increased": "hidden",
                "n_without_class": "hidden",
                "p_value": None,
            }
        ]
    )
    assert on_response(rows) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ABSENT),
        (float("nan"), ABSENT),
        (3, "3"),
        (3.0, "3"),
        (1234567, "1,234,567"),
        (0.5, "0.50"),
        (0.0004, "0.0004"),
        (True, "yes"),
        ("<5", "<5"),
        (float("inf"), "∞"),
    ],
)
def test_numbers_are_written_for_people(value, text):
    assert number(value) == text


def test_ratios_and_p_values_beyond_the_digits_shown_are_bounds():
    assert ratio(0.004) == "<0.01"
    assert ratio(2000) == ">1,000"
    assert p_text(0.0009) == "<0.001"
    assert p_text(0.001) == "0.001"


def test_a_count_that_is_not_known_has_its_noun_too():
    assert plural(pd.NA, "pair") == f"{ABSENT} pairs"
    assert plural(1, "pair") == "1 pair"


def contrasts(naive: float, other: float) -> pd.DataFrame:
    row = {"contrast": "Multiple against controls", "note": None}
    row |= {"ci_low": 0.1, "ci_high": 0.9}
    return pd.DataFrame(
        [
            {**row, "method": "naive", "label": "Ever", "hazard_ratio": naive},
            {
                **row,
                "method": "landmark_day",
                "label": "By doses of 91 days",
                "hazard_ratio": other,
            },
        ]
    )


@pytest.mark.parametrize(
    ("other", "doubted", "flatters"),
    [(0.6, True, True), (0.42, False, True), (0.39, False, False), (0.2, True, False)],
)
def test_the_papers_way_of_counting_time_is_doubted_where_the_ratio_moves(
    other, doubted, flatters
):
    (remark,) = on_time(contrasts(0.4, other))
    assert "most different (by doses of 91 days)" in remark.text
    assert remark.caution is doubted
    assert ("favours treatment" in remark.text) is flatters
    assert f"{other / 0.4:.2f} times" in remark.text


def test_a_subgroup_known_after_index_is_said_to_condition_on_the_future():
    rows = pd.DataFrame(
        {
            "hazard_ratio": [0.5, 0.9],
            "ci_low": [0.4, 0.8],
            "ci_high": [0.6, 1.1],
            "n_events": [30, 9],
        }
    )
    said = [r.text for r in on_subgroups(rows, ["increased"])]
    assert "not all intervals overlap" in said[0]
    assert "Fewer than 10 events in 1 subgroup" in said[1]
    assert "increased: known only after index" in said[2]
    assert len(on_subgroups(rows.assign(n_events=10), [])) == 1


def test_models_beside_the_unadjusted_one_share_a_sentence():
    rows = pd.concat([ratios(), ratios(model_id="one"), ratios(model_id="two")])
    first, second = on_hazards(rows, "unadjusted")
    assert "lies below 1" in first.text
    assert second.text.count("0.70 (0.50 to 0.98)") == 2


@pytest.mark.parametrize(
    "name, said",
    [
        ("control", "Controls"),
        ("n_events", "Number of events"),
        ("alsfrs_r_total", "ALSFRS-R total"),
        ("booster_3_4", "Booster 3 to 4"),
        ("booster_5_12", "Booster 5 to 12"),
        ("ft9_1_2", "FT9 1 to 2"),
        ("ratio_2", "Ratio 2"),
    ],
)
def test_names_are_said_in_words(name, said):
    assert name_words(name) == said


def test_what_is_known_later_is_said_by_the_protocol():
    variables = pd.DataFrame(
        {"variable": ["age", "n_doses"], "known_at": ["index", "later"]}
    )
    assert known_later(variables) == {"n_doses", "response"}


def test_the_largest_set_of_several_groups_is_drawn_beside_the_arms():
    sets = {
        "arms": {"treated": 90, "control": 90},
        "few": {"early": 2, "late": 5, "control": 90},
        "many": {"once": 40, "often": 50, "control": 90},
        "two": {"once": 90, "control": 90},
    }
    change = pd.DataFrame(
        [(of, group, n, -1.0) for of, own in sets.items() for group, n in own.items()],
        columns=["comparison_set", "group_name", "n", "mean"],
    )
    assert _drawn_sets(change) == ["arms", "many"]
