"""Scores and pairs as the rows of the protocol ask for them."""

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.matching import (
    choose_pairs,
    list_candidate_pairs,
    score_subjects,
)

VARIABLES = pd.DataFrame(
    {
        "variable": ["age", "rate", "sex", "ft9_stage"],
        "kind": ["numeric", "numeric", "categorical", "categorical"],
    }
)


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


def plan(**changed) -> pd.DataFrame:
    row = {
        "analysis_id": "a",
        "method": "nearest",
        "score_scale": "probability",
        "match_order": "largest",
        "ratio": 1,
        "replacement": False,
        "tie_policy": "first",
        "discard": None,
    }
    return pd.DataFrame([row | changed])


def scored(people: pd.DataFrame, score) -> pd.DataFrame:
    probability = np.asarray(score, float)
    return people[["analysis_id", "usubjid", "arm"]].assign(
        score=probability, linear_predictor=np.log(probability / (1 - probability))
    )


def chosen(pairs: pd.DataFrame) -> list[tuple]:
    return list(zip(pairs["treated_usubjid"], pairs["control_usubjid"], strict=True))


AGE = terms(("age", "score"))


def test_the_score_of_one_yes_or_no_is_the_share_of_treated():
    people = subjects("TCCCTTC", sex=list("FFFFMMM"))
    scores = score_subjects(people, terms(("sex", "score")), VARIABLES)
    by_sex = [1 / 4] * 4 + [2 / 3] * 3
    assert scores["score"].tolist() == pytest.approx(by_sex)
    assert scores["score"].nunique() == 2  # equal covariates, equal bits
    assert scores["linear_predictor"].iloc[0] == pytest.approx(np.log(1 / 3))


def test_a_stage_in_the_score_is_a_level_and_no_number():
    people = subjects("TCCTTCTC", ft9_stage=pd.array([1, 1, 1, 2, 2, 2, 5, 5], "Int64"))
    scores = score_subjects(people, terms(("ft9_stage", "score")), VARIABLES)
    shares = [1 / 3] * 3 + [2 / 3] * 3 + [1 / 2] * 2
    assert scores["score"].tolist() == pytest.approx(shares)


def test_a_covariate_that_is_missing_is_an_error_that_names_analysis_and_variable():
    people = subjects("TCTC", age=[50, None, 60, 70])
    with pytest.raises(ValueError, match=r"analysis a, the propensity score: .*age"):
        score_subjects(people, AGE, VARIABLES)


def test_who_is_not_eligible_has_no_score():
    people = subjects("TCCTCT", age=[50, 60, 70, 65, 55, 99])
    people.loc[5, "is_eligible"] = False
    assert len(score_subjects(people, AGE, VARIABLES)) == 5


def test_a_caliper_in_sd_is_of_both_arms_together_and_its_end_is_inside():
    people = subjects("TCC", age=1.0)
    scores = scored(people, [0.5, 0.25, 0.9375])
    sd = np.std([0.5, 0.25, 0.9375], ddof=1)
    for width, expected in ((0.25 / sd * 1.000001, 1), (0.25 / sd * 0.999999, 0)):
        own = terms(("age", "score"), ("score", "caliper", None, width, "sd"))
        assert len(choose_pairs(people, scores, plan(), own)) == expected
    own = terms(("age", "score"), ("score", "caliper", None, 0.25, "raw"))
    (pair,) = choose_pairs(people, scores, plan(), own).to_dict("records")
    assert pair["control_usubjid"] == "S-1"
    assert pair["distance"] == 0.25


def test_the_linear_scale_pairs_on_log_odds():
    # From .9 to .99 it is .09, or log 11; to .75 it is .15, or log 3.
    people = subjects("TCC", age=1.0)
    scores = scored(people, [0.9, 0.99, 0.75])
    (plain,) = choose_pairs(people, scores, plan(), AGE).to_dict("records")
    (linear,) = choose_pairs(people, scores, plan(score_scale="linear"), AGE).to_dict(
        "records"
    )
    assert plain["control_usubjid"] == "S-1"
    assert plain["distance"] == pytest.approx(0.09)
    assert linear["control_usubjid"] == "S-2"
    assert linear["distance"] == pytest.approx(np.log(3))


def test_the_largest_score_is_served_first_unless_the_protocol_says_otherwise():
    people = subjects("TTC", age=1.0)
    scores = scored(people, [0.5, 0.6, 0.55])
    pairs = choose_pairs(people, scores, plan(), AGE)
    assert chosen(pairs) == [("S-1", "S-2")]
    pairs = choose_pairs(people, scores, plan(match_order="data"), AGE)
    assert chosen(pairs) == [("S-0", "S-2")]


def test_of_two_controls_equally_far_the_first_by_usubjid_is_taken():
    people = subjects("CTC", age=1.0)
    pairs = choose_pairs(people, scored(people, [0.25, 0.5, 0.75]), plan(), AGE)
    assert chosen(pairs) == [("S-1", "S-0")]
    assert pairs["tie_policy"].tolist() == ["first"]


def test_a_ratio_of_two_serves_everyone_once_before_anyone_twice():
    people = subjects("TTCCC", age=1.0)
    scores = scored(people, [0.6, 0.5, 0.59, 0.58, 0.1])
    pairs = choose_pairs(people, scores, plan(ratio=2), AGE)
    rounds = {
        (row.treated_usubjid, row.control_usubjid): row.match_round
        for row in pairs.itertuples()
    }
    assert rounds == {("S-0", "S-2"): 1, ("S-1", "S-3"): 1, ("S-0", "S-4"): 2}


def test_with_replacement_a_control_may_be_taken_twice():
    people = subjects("TTCC", age=1.0)
    scores = scored(people, [0.6, 0.5, 0.55, 0.1])
    pairs = choose_pairs(people, scores, plan(replacement=True), AGE)
    assert pairs["control_usubjid"].tolist() == ["S-2", "S-2"]


def test_an_exact_variable_keeps_pairs_within_its_levels():
    people = subjects("TCCT", sex=["F", "M", "F", "M"])
    own = terms(("age", "score"), ("sex", "exact"))
    pairs = choose_pairs(people, scored(people, [0.5, 0.5, 0.1, 0.2]), plan(), own)
    assert chosen(pairs) == [("S-0", "S-2"), ("S-3", "S-1")]


@pytest.mark.parametrize("missing", [None, pd.NA, np.nan])
def test_an_exact_variable_that_is_missing_is_an_error_that_names_it(missing):
    people = subjects("TC", sex=["F", missing], age=1.0)
    own = terms(("sex", "exact"), ("age", "distance", 10.0))
    with pytest.raises(ValueError, match=r"analysis a, .*exact variable sex is not"):
        choose_pairs(people, scored(people, [0.5, 0.5]), plan(), own)
    with pytest.raises(ValueError, match=r"analysis a, .*exact variable sex is not"):
        list_candidate_pairs(people, own)


def test_pair_ids_count_the_treated_in_the_order_of_bytes():
    people = subjects("TTTTCCCC", age=1.0)
    people["usubjid"] = ["S-a", "S-10", "S-B", "S-2", "K-1", "K-2", "K-3", "K-4"]
    pairs = choose_pairs(people, scored(people, [0.5] * 8), plan(), AGE)
    by_id = pairs.set_index("pair_id")["treated_usubjid"].to_dict()
    assert by_id == {
        "a-00001": "S-10",
        "a-00002": "S-2",
        "a-00003": "S-B",
        "a-00004": "S-a",
    }


OPTIMAL = terms(
    ("sex", "exact"),
    ("rate", "caliper", None, 0.5, "raw"),
    ("rate", "distance", 0.1),
    ("age", "distance", 10.0),
)


def test_distance_is_the_sum_of_differences_by_scale():
    people = subjects("TCC", sex="F", rate=[-1.0, -0.5, -0.4], age=[50.0, 65.0, 50.0])
    (pair,) = list_candidate_pairs(people, OPTIMAL).to_dict("records")
    # A difference of .5 is still within the caliper, one of .6 is not.
    assert (pair["treated_usubjid"], pair["control_usubjid"]) == ("S-0", "S-1")
    assert pair["distance"] == pytest.approx(0.5 / 0.1 + 15 / 10)


def test_optimal_gives_more_pairs_than_the_treated_served_one_by_one():
    # S-0 may have either control and is closer to S-2, the only one of S-1.
    people = subjects("TTCC", sex="F", rate=[0.0, 0.3, 0.1, -0.3], age=50.0)
    scores = scored(people, [0.5] * 4)
    optimal = choose_pairs(people, scores, plan(method="optimal"), OPTIMAL)
    assert chosen(optimal) == [("S-0", "S-3"), ("S-1", "S-2")]
    assert optimal["distance"].sum() == pytest.approx(3 + 2)
    nearest = choose_pairs(people, scores, plan(match_order="data"), OPTIMAL)
    assert chosen(nearest) == [("S-0", "S-2")]


def test_distances_go_with_one_control_each():
    people = subjects("TC", sex="F", rate=0.0, age=50.0)
    with pytest.raises(ValueError, match=r"analysis a, the pairs: matching\.csv"):
        choose_pairs(people, scored(people, [0.5] * 2), plan(ratio=2), OPTIMAL)


@pytest.mark.parametrize("arms", ["TTT", "CCC"])
def test_an_analysis_with_an_empty_arm_has_no_rows(arms):
    people = subjects(arms, age=[1.0, 2.0, 3.0], sex="F", rate=0.0)
    scores = score_subjects(people, AGE, VARIABLES)
    assert len(scores) == 0
    assert len(choose_pairs(people, scores, plan(), AGE)) == 0
    assert len(list_candidate_pairs(people, OPTIMAL)) == 0


def test_an_analysis_without_distances_lists_no_candidate_pairs():
    people = subjects("TC", age=1.0)
    assert len(list_candidate_pairs(people, AGE)) == 0


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(4)
    n = 120
    people = subjects(
        "T" * 40 + "C" * 80,
        age=rng.integers(40, 60, n).astype(float),
        rate=rng.integers(-9, 1, n) / 7,
        sex=rng.choice(["F", "M"], n),
    )
    shuffled = people.sample(frac=1, random_state=6)
    own = terms(("age", "score"), ("sex", "score"), ("rate", "score"))
    made = []
    for rows in (people, shuffled):
        scores = score_subjects(rows, own, VARIABLES)
        pairs = choose_pairs(rows, scores.sample(frac=1, random_state=1), plan(), own)
        optimal = choose_pairs(rows, scores, plan(method="optimal"), OPTIMAL)
        made.append([scores, pairs, optimal, list_candidate_pairs(rows, OPTIMAL)])
    for one, other in zip(*made, strict=True):
        assert len(one)
        pd.testing.assert_frame_equal(one, other, check_exact=True)
