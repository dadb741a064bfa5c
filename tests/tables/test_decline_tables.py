"""Decline before and during treatment and its regression, on few subjects."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import wilcoxon

from counterarm.tables.function_decline import (
    function_decline_tests,
    function_regression,
    least_squares,
)

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def r_answers() -> dict:
    return json.loads((GOLDEN / "function.json").read_text())


def decline(*rows, arm="treated", start=0):
    """Return rows of (rate before, rate during, observed, predicted)."""
    return pd.DataFrame(
        [
            {
                "analysis_id": "a",
                "pair_id": f"a-{i}",
                "arm": arm,
                "usubjid": f"{arm}-{i}",
                "rate_before": before,
                "rate_during": during,
                "response_total": observed,
                "predicted_total": predicted,
            }
            for i, (before, during, observed, predicted) in enumerate(rows, start)
        ]
    ).convert_dtypes()


RATES = [
    (-1.0, -0.5, 37.0, 34.0),
    (-1.5, -1.0, 34.0, 31.0),
    (-0.5, -0.5, 38.0, 38.0),
    (-2.0, -1.2, 33.0, 28.5),
    (-0.7, -0.9, 35.0, 36.5),
    (-1.1, None, None, None),
]


def test_during_is_compared_with_before_and_observed_with_predicted():
    table = function_decline_tests(decline(*RATES))
    during = table[table["comparison"] == "during vs before"].set_index("test")
    row = during.loc["wilcoxon_normal"]
    assert (row["n"], row["n_zero"], row["n_left_out"]) == (5, 1, 1)
    # 0.5 and 0.5 tie: ranks 2.5, 2.5, 4 of 1 to 4, and 1 for the worse one.
    assert row["rank_sum"] == 9
    theirs = wilcoxon([0.5, 0.5, 0, 0.8, -0.2], correction=False, method="asymptotic")
    assert row["p_value"] == pytest.approx(theirs.pvalue)
    assert row["mean_first"] == pytest.approx(np.mean([-0.5, -1, -0.5, -1.2, -0.9]))
    observed = table[table["comparison"] == "observed vs predicted"]
    assert observed["median_difference"].unique() == pytest.approx([3.0])


def test_differences_that_are_equal_but_for_rounding_tie():
    rows = [(-0.3, -0.2, 1, 1), (-0.2, -0.1, 1, 1), (-0.1, 0.2, 1, 1)]
    table = function_decline_tests(decline(*rows)).set_index(["comparison", "test"])
    row = table.loc[("during vs before", "wilcoxon_normal")]
    theirs = wilcoxon([1, 1, 3], correction=False, method="asymptotic")
    assert row["p_value"] == pytest.approx(theirs.pvalue)
    none = table.loc[("observed vs predicted", "wilcoxon_exact")]
    assert none["note"] == "not computed: no difference is other than zero"
    assert none["n_zero"] == 3


def test_a_treated_subject_of_several_pairs_counts_once():
    once = decline(*RATES)
    twice = pd.concat([once, once.assign(pair_id=once["pair_id"] + "-b")])
    pd.testing.assert_frame_equal(
        function_decline_tests(once), function_decline_tests(twice)
    )


def test_the_regression_and_its_standardised_coefficients_are_those_of_r(r_answers):
    expected = r_answers["lm_birthwt"]
    births = pd.read_csv(GOLDEN / "data" / "birthwt.csv")
    X = np.column_stack(
        [
            np.ones(len(births)),
            births["age"],
            births["smoke"],
            births["class"] == "white",
        ]
    ).astype(float)
    table = pd.DataFrame(
        least_squares(
            births["lwt"].to_numpy(float), X, ["intercept", "age", "smoke", "white"]
        )
    )
    for column in ("coef", "se", "p_value"):
        assert table[column].tolist() == pytest.approx(expected[column])
    assert table["beta"].tolist()[1:] == pytest.approx(expected["beta"])
    assert table["beta_se"].tolist()[1:] == pytest.approx(expected["beta_se"])
    assert pd.isna(table["beta"].iloc[0])
    assert table["r_squared"].unique() == pytest.approx([expected["r_squared"]])


def regression_rows(loss_treated, loss_control, age):
    rows = []
    for i, (treated, control) in enumerate(
        zip(loss_treated, loss_control, strict=True)
    ):
        for arm, loss in (("treated", treated), ("control", control)):
            place = {"analysis_id": "a", "model_id": "m", "pair_id": f"a-{i}"}
            place |= {"arm": arm, "usubjid": f"{arm}-{i}", "loss": loss}
            rows.append(
                place
                | {"position": 1, "term": "treated", "value": float(arm == "treated")}
            )
            rows.append(place | {"position": 2, "term": "age", "value": age[i]})
    return pd.DataFrame(rows).convert_dtypes()


def test_the_models_of_the_protocol_the_pairs_and_the_periods_are_fitted():
    lost = [0.5, 1.0, 0.5, 1.2, 0.9, None]
    control = [0.8, 1.5, 0.4, 1.9, 1.0, 1.0]
    rates = pd.concat(
        [
            decline(*RATES),
            decline(*[(-1.0, -x, 30.0, 30.0) for x in control], arm="control"),
        ]
    )
    table = function_regression(
        regression_rows(lost, control, [50, 60, 55, 70, None, 61]), rates
    ).set_index(["model_id", "term"])
    assert table.loc["m"].index.tolist() == ["intercept", "treated", "age"]
    # 12 members, one without an outcome and two without an age.
    assert table.loc[("m", "age"), ["n", "n_left_out"]].tolist() == [9, 3]
    paired = np.array(control[:5]) - np.array(lost[:5], float)
    row = table.loc[("pairs", "treated")]
    assert row["coef"] == pytest.approx(-paired.mean())
    assert row["se"] == pytest.approx(paired.std(ddof=1) / np.sqrt(5))
    assert (row["n"], row["n_left_out"], row["df"]) == (5, 1, 4)
    row = table.loc[("periods", "during")]
    assert row["coef"] == pytest.approx(0.82 - 1.14)
    assert (row["n"], row["n_left_out"]) == (10, 2)


def test_a_regression_that_cannot_be_made_leaves_rows_that_say_why():
    table = function_regression(
        regression_rows([1.0, 2.0], [1.5, 1.0], [50, None]), decline(RATES[0])
    )
    notes = table.drop_duplicates("model_id").set_index("model_id")["note"]
    assert notes["m"] == "not fitted: needs more rows than terms"
    assert notes["pairs"] == "not fitted: needs more rows than terms"
    assert table["coef"].isna().all()


def test_a_control_of_several_pairs_is_not_several_controls():
    pairs = pd.concat(
        [
            decline(*RATES[:5]),
            decline(*RATES[:5], arm="control"),
        ]
    )
    again = pairs["usubjid"] == "control-4"
    pairs.loc[again, ["usubjid"]] = "control-0"
    tests = function_decline_tests(pairs)
    control = tests[tests["arm"] == "control"]
    assert control["p_value"].isna().all()
    assert control["note"].str.contains("a subject is in several pairs").all()
    assert tests.loc[tests["arm"] == "treated", "p_value"].notna().all()
    terms = pairs[["analysis_id", "pair_id", "arm", "usubjid"]].assign(
        model_id="arms",
        position=1,
        term="treated",
        loss=-pairs["rate_during"],
        value=(pairs["arm"] == "treated").astype(float),
    )
    table = function_regression(terms, pairs).set_index("model_id")
    for model in ("arms", "pairs"):
        assert table.loc[[model], "coef"].isna().all()
        assert table.loc[[model], "note"].str.contains("several pairs").all()
    assert table.loc["periods", "coef"].notna().all()
