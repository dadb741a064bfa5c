"""Covariates of a DataFrame as columns of numbers."""

import numpy as np
import pandas as pd
import pytest

from counterarm.design import covariate_matrix, design_matrix, kinds_of
from counterarm.matching import fit_propensity_score
from counterarm.survival import fit_cox

FRAME = pd.DataFrame(
    {
        "age": [50, 60, 70, 80],
        "late": [True, False, True, False],
        "site": ["LIMB", "BULBAR", "LIMB", "OTHER"],
    }
)


def test_text_and_categories_become_columns_of_each_level_but_the_first():
    matrix, names = covariate_matrix(FRAME, None, None)
    assert names == ("age", "late", "site=LIMB", "site=OTHER")
    assert matrix[:2].tolist() == [[50, 1, 1, 0], [60, 0, 0, 0]]
    assert matrix[2:].tolist() == [[70, 1, 1, 0], [80, 0, 0, 1]]
    by_name = covariate_matrix(["age", "late", "site"], None, FRAME)
    assert by_name[1] == names and (by_name[0] == matrix).all()


def test_the_order_of_a_categorical_says_which_level_is_the_reference():
    # as that of a factor in R; a level that nobody has is none
    order = ["OTHER", "LIMB", "NONE", "BULBAR"]
    frame = pd.DataFrame({"site": pd.Categorical(FRAME["site"], order)})
    assert covariate_matrix(frame, None, None)[1] == ("site=LIMB", "site=BULBAR")


def test_balance_shows_every_level_of_more_than_two():
    kinds = kinds_of(FRAME.assign(sex=["F", "M", "F", "M"])[["site", "sex"]])
    frame = FRAME.assign(sex=["F", "M", "F", "M"])
    names = design_matrix(frame, kinds, every_level=True)[1]
    assert names == ("site=BULBAR", "site=LIMB", "site=OTHER", "sex=M")
    # a variable that does not vary has its row, too
    same = design_matrix(frame.assign(sex="F"), kinds, every_level=True)[1]
    assert same[-1] == "sex=F"


@pytest.mark.parametrize(
    ("covariates", "names", "expected"),
    [
        (np.ones((4, 2)), None, ("x1", "x2")),
        (np.ones((4, 2)), ["a", "b"], ("a", "b")),
        ([1, 2, 3, 4], None, ("x1",)),
        ([1, 2, 3, 4], ["a"], ("a",)),
        (FRAME["age"], None, ("age",)),
        (pd.Series([1, 2, 3, 4]), None, ("x1",)),
        ("age", None, ("age",)),
        (FRAME[["age", "late"]], ["x", "y"], ("x", "y")),
        (pd.DataFrame(np.ones((4, 2))), None, ("0", "1")),
        (pd.Series([1, 2, 3, 4], name=2023), None, ("2023",)),
    ],
)
def test_names_are_optional(covariates, names, expected):
    matrix, found = covariate_matrix(covariates, names, FRAME)
    assert found == expected and matrix.shape == (4, len(expected))


@pytest.mark.parametrize(
    ("covariates", "names", "message"),
    [
        (["age", "height"], None, "height: the data have no such column"),
        (FRAME, ["a", "b"], "names: 2 for the terms age, late, site=LIMB, site=OTHER"),
        (FRAME, ["a", "a"], "names: terms are repeated"),
        (FRAME, "age", "names: 'age' is one text"),
        (np.ones((4, 2)), ["a"], "covariates: shape .4, 2., but 1 names"),
        (np.ones((4, 2, 1)), None, "covariates: shape .*rows x terms expected"),
        (FRAME.assign(site="LIMB"), None, "constant term: site"),
        (["age", "late", "age"], None, "age: the term is given twice"),
        (FRAME.assign(site=["A", None, "B", "C"]), None, "site: 1 missing value"),
    ],
)
def test_covariates_that_cannot_be_read_are_named(covariates, names, message):
    with pytest.raises(ValueError, match=message):
        covariate_matrix(covariates, names, FRAME)


def test_a_name_without_data_is_refused():
    with pytest.raises(ValueError, match="'age' names a column, but no data"):
        fit_cox([1, 2], [1, 1], ["age"])


def test_frame_and_arrays_give_one_fit():
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "days": rng.exponential(100, 80),
            "died": rng.random(80) < 0.7,
            "age": rng.normal(60, 10, 80),
            "site": rng.choice(["A", "B"], 80),
            "w": rng.uniform(0.5, 2, 80),
            "pair": np.arange(80) // 2,
            "arm": np.arange(80) % 2,
        }
    )
    by_name = fit_cox(
        "days", "died", ["age", "site"], data=frame, weights="w", cluster="pair"
    )
    matrix = np.column_stack([frame["age"], frame["site"] == "B"])
    by_array = fit_cox(
        frame["days"],
        frame["died"],
        matrix,
        names=["age", "site=B"],
        weights=frame["w"],
        cluster=frame["pair"],
    )
    assert by_name.names == by_array.names
    np.testing.assert_array_equal(by_name.coef, by_array.coef)
    np.testing.assert_array_equal(by_name.se, by_array.se)
    first = fit_propensity_score(["age", "site"], "arm", data=frame)
    second = fit_propensity_score(matrix, frame["arm"])
    np.testing.assert_array_equal(first.score, second.score)
    assert second.names == ("x1", "x2")
