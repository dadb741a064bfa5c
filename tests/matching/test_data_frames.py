"""Matching by names of columns, MatchIt's calipers, and what the results print."""

import numpy as np
import pandas as pd
import pytest
from lalonde_runs import GOLDEN, RUNS, fitted, lalonde, matched

from counterarm.matching import (
    balance_table,
    candidate_pairs,
    fit_propensity_score,
    match_full,
    match_nearest,
    match_optimal,
    matching_weights,
    sample_sizes,
)

COVARIATES = ["age", "educ", "race", "married", "nodegree", "re74", "re75"]


def data() -> pd.DataFrame:
    return lalonde().assign(score=fitted().score, logit=fitted().linear_predictor)


def pairs_of(matches) -> list[tuple[int, int, int]]:
    columns = (matches.treated_index, matches.control_index, matches.match_round)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_the_score_of_named_columns_is_that_of_the_design():
    found = fit_propensity_score(COVARIATES, "treat", data=lalonde())
    np.testing.assert_array_equal(found.score, fitted().score)
    assert found.names == fitted().names
    assert "race=hispan" in str(found) and "614 subjects" in str(found)
    assert found.to_frame()["score"].tolist() == found.score.tolist()


@pytest.mark.parametrize(
    ("run", "score", "options"),
    [
        ("caliper_0.1", "score", {"caliper": 0.1}),
        ("caliper_0.2_linear_logit", "logit", {"caliper": {"distance": 0.2}}),
        ("exact_race_caliper_0.25", "score", {"caliper": 0.25, "exact": "race"}),
        ("exact_race_caliper_0.25", "score", {"caliper": 0.25, "exact": ["race"]}),
        (
            "raw_caliper_age_5",
            "score",
            {"caliper": {"age": 5}, "std_caliper": False},
        ),
        (
            "raw_caliper_age_5",
            "score",
            {"caliper": {"age": 5}, "std_caliper": {"age": False}},
        ),
    ],
)
def test_calipers_are_those_of_matchit(run, score, options):
    found = match_nearest(score, "treat", data=data(), **options)
    golden = pd.read_csv(GOLDEN / f"lalonde_pairs__{run}.csv")
    pairs = found.to_frame(lalonde().set_index("id"))
    columns = ["treated", "control"]
    assert (
        pairs[columns].sort_values(columns).to_numpy().tolist()
        == golden[columns].sort_values(columns).to_numpy().tolist()
    )


def test_calipers_in_sd_and_in_units_agree():
    width = 0.3 * lalonde()["age"].std()
    in_sd = match_nearest("score", "treat", data=data(), caliper={"age": 0.3})
    in_years = match_nearest(
        "score", "treat", data=data(), variable_calipers=[(lalonde()["age"], width)]
    )
    assert pairs_of(in_sd) == pairs_of(in_years)
    full = match_full("score", "treat", data=data(), caliper=0.1)
    raw = match_full(
        "score", "treat", data=data(), score_caliper=0.1 * fitted().score.std(ddof=1)
    )
    assert full.sets.tolist() == raw.sets.tolist()
    assert full.weights.sum() == pytest.approx(2 * (full.arms & (full.sets >= 0)).sum())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"caliper": {"height": 1}}, "caliper: data have no column 'height'"),
        ({"caliper": {"age": np.inf}}, "caliper, age: inf is not finite"),
        ({"caliper": 0.1, "score_caliper": 1}, "score_caliper: caliper has one"),
        ({"exact": "height"}, "height: the data have no such column"),
        ({"exact": ["age", "height"]}, "height: the data have no such column"),
        (
            {"caliper": {"age": 5}, "std_caliper": {"agee": False}},
            "std_caliper: there is no caliper on 'agee'",
        ),
    ],
)
def test_calipers_that_make_no_sense_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        match_nearest("score", "treat", data=data(), **options)


def test_candidate_pairs_take_columns():
    small = data().iloc[150:230]
    by_name = candidate_pairs(
        "treat",
        data=small,
        exact=["race", "married"],
        caliper={"age": 5},
        std_caliper=False,
        distance_terms=[("age", 10.0)],
    )
    by_array = candidate_pairs(
        small["treat"],
        exact=small["race"] + small["married"].astype(str),
        variable_calipers=[(small["age"], 5)],
        distance_terms=[(small["age"], 10.0)],
    )
    assert by_name.distance.tolist() == by_array.distance.tolist()
    assert pairs_of(match_optimal(by_name)) == pairs_of(match_optimal(by_array))
    assert "matched pairs" in str(match_optimal(by_name))
    with pytest.raises(ValueError, match="caliper: there is no score"):
        candidate_pairs(
            "treat", data=small, caliper={"distance": 1}, distance_terms=[("age", 1)]
        )


def test_a_match_prints_the_sample_sizes_of_matchit():
    # summary(matchit(..., caliper = 0.1)): 111 of 429 controls and of 185 treated
    shown = str(matched("caliper_0.1")).split()
    assert shown[:5] == ["111", "matched", "pairs", "Sample", "sizes:"]
    assert shown[5:7] == ["Control", "Treated"]
    assert shown[7:10] == ["All", "429", "185"]
    assert shown[10:] == ["Matched", "111", "111", "Unmatched", "318", "74"]
    sizes = sample_sizes(lalonde()["treat"], matched("replace").weights)
    w = matched("replace").weights[lalonde()["treat"] == 0]
    assert sizes.effective[0] == pytest.approx(w.sum() ** 2 / (w**2).sum())
    assert sizes.effective[1] == 185
    assert "Matched (ESS)" in str(sizes) and "Matched (Unweighted)" in str(sizes)
    assert sizes.to_frame().loc["unmatched", "treated"] == 0


def test_the_balance_table_has_the_numbers_of_matchit():
    run = "exact_race_caliper_0.25"
    table = balance_table(
        COVARIATES, "treat", matched(run).weights, data=data(), distance="score"
    )
    frame = table.to_frame().set_index(["variable", "sample"])
    for name, before in RUNS[run]["smd_before"].items():
        ours = name.replace("race_", "race").replace("race", "race=")
        assert frame.loc[(ours, "unmatched"), "smd"] == pytest.approx(before, abs=1e-8)
        after = RUNS[run]["smd_after"][name]
        assert frame.loc[(ours, "matched"), "smd"] == pytest.approx(after, abs=1e-8)
    text = str(table)
    # summary(matchit) of lalonde in MatchIt's own documentation
    assert "distance           0.5774        0.1822          1.7941     0.9211" in text
    assert "race=black         0.8432        0.2028          1.7615          ." in text
    assert "Matched       116     116" in text
    assert "(differences in: sd of treated, unmatched sample)" in text
    assert "Propensity" in str(table.plot()) or "distance" in str(table.plot())
    alone = balance_table(COVARIATES, "treat", data=lalonde())
    assert alone.matched is None and "matched data" not in str(alone)
    with pytest.raises(ValueError, match="covariates: a DataFrame, or names"):
        balance_table(np.ones((2, 2)), [0, 1])


def test_matched_rows_are_those_of_get_matches():
    frame = pd.DataFrame({"t": [1, 1, 0, 0, 0], "x": [0.0, 1, 0.1, 0.2, 0.9]})
    twice = match_nearest("x", "t", data=frame, ratio=2, order="data", replace=True)
    rows = twice.matched_rows(frame)
    assert rows["set_id"].tolist() == [1, 1, 1, 2, 2, 2]
    assert rows["weight"].tolist() == [1, 0.5, 0.5, 1, 0.5, 0.5]
    # both sets need the second nearest: control 3 has a row in each
    assert rows.index.tolist() == [0, 2, 3, 1, 4, 3]
    assert rows["t"].tolist() == [1, 0, 0, 1, 0, 0]
    with pytest.raises(ValueError, match="data: 4 rows for 5 subjects"):
        twice.matched_rows(frame.iloc[:4])
    with pytest.raises(ValueError, match="a column is called 'weight'"):
        twice.matched_rows(frame.assign(weight=1))


def test_the_frame_of_pairs_has_the_labels_of_the_data():
    frame = pd.DataFrame({"t": [1, 0], "x": [0.0, 0.25]}, index=["P1", "P2"])
    found = match_nearest("x", "t", data=frame)
    assert found.to_frame(frame).to_numpy().tolist() == [["P1", "P2", 1, 0.25]]
    assert found.to_frame().iloc[0].tolist() == [0, 1, 1, 0.25]
    full = match_full("x", "t", data=frame)
    assert full.to_frame(frame)["subject"].tolist() == ["P1", "P2"]
    assert str(full).startswith("1 matched sets")


def test_weights_need_the_number_of_subjects_only_where_it_is_not_known():
    found = matched("ratio_2")
    np.testing.assert_array_equal(
        found.weights, matching_weights(found, len(lalonde()))
    )
