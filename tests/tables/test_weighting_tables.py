"""Weights, reasons and counts of the matched sample as the protocol's rows ask."""

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.match_accounting import match_summary, unmatched_table
from counterarm.tables.matching import choose_pairs, score_subjects
from counterarm.tables.weighting import weigh_subjects


def subjects(arms: str, **columns) -> pd.DataFrame:
    """Return subjects S-0, S-1, ... of the arms T and C."""
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "usubjid": [f"S-{i}" for i in range(len(arms))],
            "arm": ["treated" if arm == "T" else "control" for arm in arms],
            "is_eligible": True,
            **columns,
        }
    )


def terms(*rows: tuple) -> pd.DataFrame:
    """Return matching terms: variable, role, then scale, caliper and its unit."""
    columns = ["variable", "role", "scale", "caliper", "caliper_unit"]
    filled = [(*row, *[None] * (len(columns) - len(row))) for row in rows]
    return pd.DataFrame(filled, columns=columns).assign(analysis_id="a")


def plan(method: str, **changed) -> pd.DataFrame:
    row = {
        "analysis_id": "a",
        "method": method,
        "score_scale": None,
        "match_order": None,
        "ratio": None,
        "replacement": None,
        "tie_policy": None,
        "discard": None,
    }
    if method == "nearest":
        row |= {
            "score_scale": "probability",
            "match_order": "largest",
            "ratio": 1,
            "replacement": False,
            "tie_policy": "first",
        }
    return pd.DataFrame([row | changed])


def scored(people: pd.DataFrame, score) -> pd.DataFrame:
    probability = np.asarray(score, float)
    return people[["analysis_id", "usubjid", "arm"]].assign(
        score=probability, linear_predictor=np.log(probability / (1 - probability))
    )


AGE = terms(("age", "score"))
KINDS = pd.DataFrame({"variable": ["age"], "kind": ["numeric"]})
SCORE = [0.5, 0.8, 0.25, 0.2, 0.75]
PEOPLE = subjects("TTCCC", age=1.0, sex=list("FMFFX"))
SCORES = scored(PEOPLE, SCORE)


def weighed(matching, of=AGE, people=PEOPLE, scores=SCORES) -> pd.DataFrame:
    return weigh_subjects(people, scores, matching, of).set_index("usubjid")


def listed(matching, matched, of=AGE, people=PEOPLE, scores=SCORES) -> dict:
    table = unmatched_table(people, matched, scores, matching, of, KINDS)
    return dict(zip(table["usubjid"], table["reason"], strict=True))


@pytest.mark.parametrize(
    ("method", "weights"),
    [
        ("ipw", [1, 1, 1 / 3, 1 / 4, 3]),
        ("overlap", [0.5, 0.2, 0.25, 0.2, 0.75]),
        ("none", [1, 1, 1, 1, 1]),
    ],
)
def test_without_sets_each_subject_is_a_set_of_its_own(method, weights):
    rows = weighed(plan(method))
    assert rows["weight"].tolist() == pytest.approx(weights)
    assert rows["set_id"].tolist() == [f"a-S-{i}" for i in range(5)]
    assert rows["arm"].tolist() == PEOPLE["arm"].tolist()


def test_weights_by_score_take_the_probability_whatever_the_scale_of_pairs():
    rows = weighed(plan("ipw", score_scale="linear"))
    assert rows.loc["S-4", "weight"] == pytest.approx(3)


def test_an_exact_stratum_is_a_set_and_one_without_an_arm_is_left_out():
    exact = terms(("sex", "exact"))
    matching = plan("exact")
    people = subjects("TTCCCCT", sex=list("FMFMMXY"))
    rows = weighed(matching, exact, people, SCORES.iloc[:0])
    assert rows["weight"].to_dict() == {
        "S-0": 1,
        "S-1": 1,
        "S-2": 1,
        "S-3": 0.5,
        "S-4": 0.5,
    }
    assert rows["set_id"].tolist() == [
        "a-00001",
        "a-00002",
        "a-00001",
        "a-00002",
        "a-00002",
    ]
    reasons = listed(matching, rows.reset_index(), exact, people, SCORES.iloc[:0])
    assert reasons == {
        "S-5": "the stratum has no subject of the other arm",
        "S-6": "the stratum has no subject of the other arm",
    }


def test_full_matching_weighs_controls_by_treated_per_control_of_the_set():
    # 0.5 is nearest to 0.25 and 0.2; 0.8 to 0.75: two sets.
    rows = weighed(plan("full", score_scale="probability"))
    assert rows["weight"].tolist() == [1, 1, 0.5, 0.5, 1]
    assert rows.groupby("set_id").groups.keys() == {"a-00001", "a-00002"}
    assert rows.loc[["S-1", "S-4"], "set_id"].tolist() == ["a-00002", "a-00002"]


def test_full_matching_keeps_the_caliper_and_says_whom_it_left_out():
    of = terms(("age", "score"), ("score", "caliper", None, 0.1, "raw"))
    matching = plan("full", score_scale="probability")
    rows = weighed(matching, of)
    assert rows.index.tolist() == ["S-1", "S-4"]
    reasons = listed(matching, rows.reset_index(), of)
    assert set(reasons) == {"S-0", "S-2", "S-3"}
    assert set(reasons.values()) == {"no subject of the other arm within the calipers"}


@pytest.mark.parametrize("method", ["none", "ipw", "overlap", "full"])
def test_who_lacks_common_support_is_discarded_first(method):
    # treated 0.5 to 0.8, controls 0.2 to 0.75: only 0.5 and 0.75 lie in both ranges
    matching = plan(method, score_scale="probability", discard="both")
    rows = weighed(matching)
    assert rows.index.tolist() == ["S-0", "S-4"]
    reasons = listed(matching, rows.reset_index())
    assert set(reasons) == {"S-1", "S-2", "S-3"}
    assert set(reasons.values()) == {"discarded: outside the common support"}


def test_pairs_are_made_after_the_discarding_and_the_caliper_is_of_those_left():
    # Without S-1 the pooled SD is that of 0.5 and 0.75, which lie 0.25 apart.
    width = 0.25 / np.std([0.5, 0.75], ddof=1)
    of = terms(("age", "score"), ("score", "caliper", None, width * 1.001, "sd"))
    pairs = choose_pairs(PEOPLE, SCORES, plan("nearest", discard="both"), of)
    assert pairs["treated_usubjid"].tolist() == ["S-0"]
    assert pairs["control_usubjid"].tolist() == ["S-4"]
    of = terms(("age", "score"), ("score", "caliper", None, width * 0.999, "sd"))
    assert choose_pairs(PEOPLE, SCORES, plan("nearest", discard="both"), of).empty


def test_a_method_without_pairs_has_none_and_one_with_pairs_no_weights():
    assert choose_pairs(PEOPLE, SCORES, plan("ipw"), AGE).empty
    assert weighed(plan("nearest")).empty


def test_who_was_in_reach_but_not_chosen_is_told_from_who_was_not():
    of = terms(("age", "score"), ("score", "caliper", None, 0.3, "raw"))
    matched = SCORES.iloc[[0, 2]]
    assert listed(plan("nearest"), matched, of) == {
        "S-1": "not chosen: others were nearer",
        "S-3": "not chosen: others were nearer",
        "S-4": "not chosen: others were nearer",
    }
    of = terms(("age", "score"), ("score", "caliper", None, 0.26, "raw"))
    reasons = listed(plan("nearest"), matched, of)
    assert reasons["S-3"] == "no subject of the other arm within the calipers"
    assert reasons["S-4"] == "not chosen: others were nearer"


def test_an_empty_arm_leaves_everybody_out():
    people = subjects("CC", age=1.0)
    reasons = listed(plan("ipw"), people.iloc[:0], people=people, scores=SCORES[:0])
    assert set(reasons.values()) == {"the other arm has no eligible subject"}


def test_the_summary_counts_every_eligible_subject_and_adds_up_weights_by_subject():
    people = subjects("TTTCCC", age=1.0).assign(
        is_eligible=[True, True, True, True, True, False]
    )
    # a control in two sets has two rows
    matched = pd.DataFrame(
        {
            "analysis_id": "a",
            "set_id": ["a-1", "a-1", "a-2", "a-2"],
            "usubjid": ["S-0", "S-3", "S-1", "S-3"],
            "arm": ["treated", "control"] * 2,
            "weight": 1.0,
        }
    )
    left = pd.DataFrame(
        {
            "analysis_id": "a",
            "usubjid": ["S-2", "S-4"],
            "arm": ["treated", "control"],
            "reason": [
                "discarded: outside the common support",
                "not chosen: others were nearer",
            ],
        }
    )
    matching = plan("nearest", replacement=True, discard="treated")
    table = match_summary(people, matched, left, matching).set_index("arm")
    treated, control = table.loc["treated"], table.loc["control"]

    def counts(row):
        return [
            row[name]
            for name in ("n_eligible", "n_discarded", "n_left_out", "n_used", "n_sets")
        ]

    assert counts(treated) == [3, 1, 0, 2, 2]
    assert counts(control) == [2, 0, 1, 1, 2]
    assert control["largest_weight"] == 2
    assert control["effective_sample_size"] == 1
    assert treated["effective_sample_size"] == 2
    assert treated["population"] == "matched subjects, some in several sets"


@pytest.mark.parametrize(
    ("method", "discard", "estimand", "population"),
    [
        ("ipw", None, "ATT", "eligible subjects, weighted"),
        (
            "ipw",
            "both",
            "ATT of the treated with common support",
            "eligible subjects with common support, weighted",
        ),
        ("overlap", None, "ATO", "eligible subjects, weighted"),
        ("none", None, "none: the arms as they are", "eligible subjects"),
        ("full", None, "ATT of the matched treated", "matched subjects, weighted"),
    ],
)
def test_the_summary_says_whose_effect_it_is(method, discard, estimand, population):
    matching = plan(method, score_scale="probability", discard=discard)
    rows = weighed(matching).reset_index()
    left = unmatched_table(PEOPLE, rows, SCORES, matching, AGE, KINDS)
    table = match_summary(PEOPLE, rows, left, matching)
    assert table["estimand"].tolist() == [estimand] * 2
    assert table["population"].tolist() == [population] * 2
    total = table["n_used"] + table["n_discarded"] + table["n_left_out"]
    assert total.tolist() == table["n_eligible"].tolist() == [2, 3]


def test_the_order_of_rows_does_not_matter():
    shuffled = PEOPLE.iloc[[3, 1, 4, 0, 2]]
    for method in ("full", "ipw", "none"):
        matching = plan(method, score_scale="probability")
        first = weigh_subjects(PEOPLE, SCORES, matching, AGE)
        again = weigh_subjects(shuffled, SCORES.iloc[::-1], matching, AGE)
        pd.testing.assert_frame_equal(first, again)
        left = match_summary(PEOPLE, first, first.iloc[:0].assign(reason=""), matching)
        right = match_summary(
            shuffled, again.iloc[::-1], again.iloc[:0].assign(reason=""), matching
        )
        pd.testing.assert_frame_equal(left, right)


@pytest.mark.parametrize(
    ("ages", "why"),
    [
        ([1.0, 1.0, 1.0, 1.0, 1.0], "age is constant"),
        ([9.0, 8.0, 1.0, 2.0, 3.0], "the arms are separated by age"),
    ],
)
def test_an_analysis_without_a_score_leaves_everybody_out_and_says_why(ages, why):
    people = subjects("TTCCC", age=ages)
    scores = score_subjects(people, AGE, KINDS)
    assert scores.empty
    for method in ("nearest", "full", "ipw", "overlap"):
        matching = plan(method)
        assert choose_pairs(people, scores, matching, AGE).empty
        rows = weigh_subjects(people, scores, matching, AGE)
        assert rows.empty
        reasons = listed(matching, rows, people=people, scores=scores)
        assert list(reasons) == people["usubjid"].tolist()
        assert all(
            reason.startswith("no propensity score could be fitted: ") and why in reason
            for reason in reasons.values()
        )


def test_a_covariate_that_is_not_known_is_a_mistake_of_the_protocol():
    people = subjects("TTCCC", age=[9.0, None, 1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="analysis a, the propensity score: age"):
        score_subjects(people, AGE, KINDS)
