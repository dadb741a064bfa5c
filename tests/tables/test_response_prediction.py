"""Predictors of response: R's nnet and MASS, and what cannot be fitted."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from counterarm.tables.response_prediction import (
    logistic,
    response_discriminant,
    response_discriminant_functions,
    response_logistic,
)

GOLDEN = Path(__file__).parents[1] / "golden"
RESPONSES = {"white": "no change", "black": "decreased", "other": "increased"}


@pytest.fixture(scope="module")
def r_answers() -> dict:
    return json.loads((GOLDEN / "function.json").read_text())


@pytest.fixture(scope="module")
def births() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "data" / "birthwt.csv")


@pytest.fixture(scope="module")
def design(births) -> pd.DataFrame:
    """The births as pairs, their mothers' race as response."""
    births = births.assign(pair_id=[f"a-{i:03d}" for i in range(len(births))])
    long = births.melt(
        id_vars=["pair_id", "class"],
        value_vars=["age", "lwt", "smoke"],
        var_name="predictor",
        value_name="value",
    )
    long["response"] = long.pop("class").map(RESPONSES)
    long["position"] = long["predictor"].map({"age": 1, "lwt": 2, "smoke": 3})
    return long.assign(analysis_id="a").convert_dtypes()


def test_the_multinomial_regression_is_that_of_nnet(design, r_answers):
    expected = r_answers["multinom_birthwt"]
    table = response_logistic(design)
    own = table[table["model_id"] == "multinomial"]
    for outcome, name in (("decreased", "black"), ("increased", "other")):
        rows = own[own["outcome"] == outcome]
        assert rows["term"].tolist() == ["intercept", "age", "lwt", "smoke"]
        # nnet stops when a step gains little, 1e-5 short of the maximum.
        assert rows["coef"].tolist() == pytest.approx(
            expected[name], rel=1e-4, abs=2e-5
        )
        assert rows["se"].tolist() == pytest.approx(expected[f"{name}_se"], rel=1e-4)
        assert rows["odds_ratio"].iloc[3] == pytest.approx(
            np.exp(expected[name][3]), rel=1e-4
        )
    assert own["model_chi_square"].unique() == pytest.approx(
        [expected["model_chi_square"]], rel=1e-6
    )
    assert set(own["model_df"]) == {6}
    assert own["note"].isna().all()


def test_two_classes_are_the_ordinary_logistic_regression(births, r_answers):
    expected = r_answers["glm_birthwt"]
    X = np.column_stack([np.ones(len(births)), births[["age", "lwt", "smoke"]]])
    labels = np.where(births["low"] == 1, "failure", "success")
    rows = pd.DataFrame(
        logistic(X, labels, "success", ["intercept", "age", "lwt", "smoke"])
    )
    assert rows["coef"].tolist() == pytest.approx(expected["coef"], rel=1e-6)
    assert rows["se"].tolist() == pytest.approx(expected["se"], rel=1e-6)
    assert rows["model_chi_square"].iloc[0] == pytest.approx(
        expected["model_chi_square"]
    )


def test_every_predictor_has_a_model_of_its_own(births, design):
    table = response_logistic(design)
    assert set(table["model_id"]) == {
        model + suffix
        for model in ("multinomial", "failure")
        for suffix in ("", "_age", "_lwt", "_smoke")
    }
    own = table[table["model_id"] == "multinomial_smoke"].set_index(["outcome", "term"])
    # Two groups and three classes: the coefficients are those of the counts.
    counts = births.groupby(["smoke", "class"]).size()
    for outcome, name in (("decreased", "black"), ("increased", "other")):
        odds = counts.xs(name, level="class") / counts.xs("white", level="class")
        assert own.loc[(outcome, "intercept"), "coef"] == pytest.approx(np.log(odds[0]))
        assert own.loc[(outcome, "smoke"), "odds_ratio"] == pytest.approx(
            odds[1] / odds[0]
        )
    assert set(own["model_df"]) == {2}


def test_failure_is_every_class_but_decreased(design):
    table = response_logistic(design)
    own = table[table["model_id"] == "failure"]
    assert set(own["outcome"]) == {"failure"}
    n_decreased = (design.drop_duplicates("pair_id")["response"] == "decreased").sum()
    assert set(own["n_outcome"]) == {189 - n_decreased}


def test_wilks_lambda_has_a_row_for_all_and_for_each(design, r_answers):
    expected = r_answers["lda_birthwt"]
    table = response_discriminant(design).set_index("term")
    assert table.index.tolist() == ["all", "age", "lwt", "smoke"]
    assert table.loc["all", "wilks_lambda"] == pytest.approx(expected["wilks_lambda"])
    assert table.loc["all", "f"] == pytest.approx(expected["f"])
    assert table["wilks_lambda"].tolist()[1:] == pytest.approx(
        expected["wilks_without"]
    )
    assert set(table["n_pairs"]) == {189}
    functions = response_discriminant_functions(design)
    assert functions["function_number"].tolist() == [1, 1, 1, 2, 2, 2]
    assert functions["raw"].abs().tolist() == pytest.approx(
        np.abs(expected["raw_1"] + expected["raw_2"])
    )


def test_pairs_with_something_unknown_are_left_out_and_counted(design):
    more = design.copy()
    more.loc[more["pair_id"] == "a-003", "response"] = pd.NA
    more.loc[(more["pair_id"] == "a-007") & (more["predictor"] == "age"), "value"] = (
        pd.NA
    )
    table = response_logistic(more)
    assert set(table["n_pairs"]) == {187}
    assert set(table["n_left_out"]) == {2}
    less = design[~design["pair_id"].isin(["a-003", "a-007"])]
    pd.testing.assert_series_equal(table["coef"], response_logistic(less)["coef"])
    assert set(response_discriminant(more)["n_left_out"]) == {2}


def test_the_order_of_rows_does_not_matter(design):
    mixed = design.sample(frac=1, random_state=1)
    for table in (response_logistic, response_discriminant_functions):
        pd.testing.assert_frame_equal(table(design), table(mixed), check_exact=True)


def few(responses: str, values: list) -> pd.DataFrame:
    names = {"d": "decreased", "n": "no change", "i": "increased"}
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "pair_id": [f"a-{i}" for i in range(len(values))],
            "response": [names[letter] for letter in responses],
            "position": 1,
            "predictor": "x",
            "value": values,
        }
    ).convert_dtypes()


@pytest.mark.parametrize(
    ("responses", "values", "message"),
    [
        ("ddnnii", [1, 2, 3, 4, 5, 6], "the predictors separate the classes"),
        ("dddd", [1, 2, 3, 4], "needs pairs that are no change and others"),
        ("dndnii", [1, 1, 1, 1, 1, 1], "x does not vary"),
    ],
)
def test_what_cannot_be_fitted_has_one_row_that_says_why(responses, values, message):
    table = response_logistic(few(responses, values))
    row = table[table["model_id"] == "multinomial"].to_dict("records")
    assert len(row) == 1
    assert row[0]["note"].startswith(f"not fitted: {message}")
    assert row[0]["n_pairs"] == len(values)


def test_without_classes_there_is_one_row_of_the_discriminant_analysis():
    for table in (response_discriminant, response_discriminant_functions):
        (row,) = table(few("dddd", [1, 2, 3, 4])).to_dict("records")
        assert row["note"] == "not computed: needs two classes"
