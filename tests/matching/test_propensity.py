import numpy as np
import pandas as pd
import pytest

from counterarm.matching import design_matrix, fit_propensity_score


def test_one_binary_covariate_gives_the_observed_shares():
    # x = 0: 1 of 4 treated; x = 1: 3 of 4 treated. The model is saturated.
    x = np.array([0, 0, 0, 0, 1, 1, 1, 1.0])
    treated = [1, 0, 0, 0, 1, 1, 1, 0]
    fit = fit_propensity_score(x[:, None], treated, ["x"])
    np.testing.assert_allclose(fit.score, np.where(x == 1, 0.75, 0.25), atol=1e-12)
    np.testing.assert_allclose(fit.coefficients, [-np.log(3), 2 * np.log(3)])
    np.testing.assert_allclose(fit.linear_predictor, np.log(3) * (2 * x - 1))
    assert fit.names == ("x",)


def random_problem(seed, n=997, p=7):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, p)) * 10.0 ** np.arange(p)
    linear = x @ (rng.normal(size=p) / 10.0 ** np.arange(p))
    return x, rng.random(n) < 1 / (1 + np.exp(-linear))


@pytest.mark.parametrize("seed", range(5))
def test_equal_covariates_get_bit_equal_scores_wherever_they_stand(seed):
    x, treated = random_problem(seed)
    where = np.random.default_rng(seed).integers(0, len(x), 3 * len(x))
    fit = fit_propensity_score(x[where], treated[where])
    for values in (fit.score, fit.linear_predictor):
        distinct = {(row, value) for row, value in zip(where, values, strict=True)}
        assert len(distinct) == len(set(where))


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_change_a_bit_of_the_scores(seed):
    x, treated = random_problem(seed)
    order = np.random.default_rng(seed).permutation(len(x))
    fit = fit_propensity_score(x, treated)
    permuted = fit_propensity_score(x[order], treated[order])
    assert (permuted.coefficients == fit.coefficients).all()
    assert (permuted.score == fit.score[order]).all()


def test_scores_solve_the_score_equations():
    x, treated = random_problem(0)
    residual = treated - fit_propensity_score(x, treated).score
    assert abs(residual.sum()) < 1e-8
    assert np.abs((x / 10.0 ** np.arange(7)).T @ residual).max() < 1e-8


def test_without_covariates_the_score_is_the_share_of_the_treated():
    fit = fit_propensity_score(np.empty((4, 0)), [1, 0, 0, 0])
    np.testing.assert_allclose(fit.score, 0.25)


def unusable():
    x, treated = random_problem(1, n=50, p=2)
    a, b = x.T
    missing = a.copy()
    missing[3] = np.nan
    none = np.zeros(50)
    return {
        "missing": ([missing, b], treated, "first: 1 missing .* in row 3"),
        "constant": ([a, none + 4], treated, "second is constant"),
        "collinear": ([a, b, 2 * a - b], treated, "third is collinear.*first, second"),
        "copied": ([a, a], treated, "second is collinear: .* of first"),
        "separated": ([a, treated + 0.0], treated, "separated by second"),
        "halfway": ([a, treated & (a > 0)], treated, "separated by second;"),
        "no control": ([a, b], none + 1, "control arm is empty"),
        "no treated": ([a, b], none, "treated arm is empty"),
        "names": ([a, b, a, b], treated, "covariates: shape .*but 3 names"),
    }


@pytest.mark.parametrize("case", unusable())
def test_what_cannot_be_fitted_is_refused_by_name(case):
    columns, treated, message = unusable()[case]
    names = ["first", "second", "third"]
    if case != "names":
        names = names[: len(columns)]
    with pytest.raises(ValueError, match=message):
        fit_propensity_score(np.column_stack(columns), treated, names)


def subjects(**columns):
    base = {"age": [50.0, 60.0, 70.0], "site": ["LIMB", "BULBAR", "LIMB"]}
    return pd.DataFrame(base | columns)


def test_first_level_in_byte_order_is_the_reference():
    # upper case stands before lower case, and both before letters beyond ASCII
    frame = subjects(site=["limb", "Other", "Émile"])
    matrix, names = design_matrix(frame, [("age", "numeric"), ("site", "categorical")])
    assert names == ("age", "site=limb", "site=Émile")
    assert matrix.tolist() == [[50, 1, 0], [60, 0, 0], [70, 0, 1]]


def test_a_categorical_with_one_level_gives_no_column():
    frame = subjects(site=["LIMB"] * 3)
    matrix, names = design_matrix(frame, [("site", "categorical"), ("age", "numeric")])
    assert names == ("age",)
    assert matrix.shape == (3, 1)
    assert design_matrix(frame, [("site", "categorical")])[0].shape == (3, 0)


def test_nullable_and_boolean_columns_are_numbers():
    frame = pd.DataFrame(
        {"total": pd.array([1, 2], "Int32"), "is_late": pd.array([True, False])}
    )
    matrix, _ = design_matrix(frame, [("total", "numeric"), ("is_late", "numeric")])
    assert matrix.tolist() == [[1, 1], [2, 0]]


@pytest.mark.parametrize(
    ("columns", "term", "message"),
    [
        ({}, ("height", "numeric"), "height: the data have no such column"),
        ({}, ("age", "ordinal"), "age: kind 'ordinal'"),
        ({}, ("site", "numeric"), "site: not numeric"),
        ({"age": ["1", "2", "3"]}, ("age", "numeric"), "age: not numeric"),
        ({"age": [1, None, 2]}, ("age", "numeric"), "age: 1 missing"),
        ({"age": [1, np.inf, 2]}, ("age", "numeric"), "age: infinite values"),
        ({"site": ["A", None, "B"]}, ("site", "categorical"), "site: 1 missing"),
    ],
)
def test_a_term_that_cannot_be_built_is_named(columns, term, message):
    with pytest.raises(ValueError, match=message):
        design_matrix(subjects(**columns), [term])


def test_a_term_given_twice_is_refused():
    with pytest.raises(ValueError, match="age: the term is given twice"):
        design_matrix(subjects(), [("age", "numeric"), ("age", "numeric")])
