"""Discriminant analysis gives R's MASS and manova."""

import numpy as np
import pytest

from counterarm.longitudinal import discriminate

PREDICTORS = {
    "iris": ["sepal_length", "sepal_width", "petal_length", "petal_width"],
    "birthwt": ["age", "lwt", "smoke"],
}


@pytest.fixture(params=list(PREDICTORS))
def case(request, function_answers, golden_data):
    data = golden_data(request.param)
    values = data[PREDICTORS[request.param]].to_numpy(float)
    found = discriminate(values, data["class"].to_numpy(str))
    return found, function_answers[f"lda_{request.param}"]


def test_wilks_lambda_and_its_f_are_those_of_manova(case):
    found, expected = case
    assert found.wilks_lambda == pytest.approx(expected["wilks_lambda"], rel=1e-8)
    assert found.f == pytest.approx(expected["f"], rel=1e-8)
    assert (found.df1, found.df2) == pytest.approx((expected["df1"], expected["df2"]))
    assert found.p_f == pytest.approx(expected["p_f"], rel=1e-6)


def test_partial_lambda_is_that_with_over_that_without(case):
    found, expected = case
    without = np.array(expected["wilks_without"])
    assert found.partial_lambda == pytest.approx(expected["wilks_lambda"] / without)
    assert found.tolerance == pytest.approx(np.array(expected["tolerance"]))


def test_f_to_remove_is_that_of_an_analysis_of_covariance(golden_data):
    # With the other predictors as covariates the class effect on one has this F.
    data = golden_data("birthwt")
    found = discriminate(
        data[PREDICTORS["birthwt"]].to_numpy(float), data["class"].to_numpy(str)
    )
    classes = np.column_stack(
        [(data["class"] == name).to_numpy(float) for name in ("black", "other")]
    )
    rest = np.column_stack([np.ones(len(data)), data[["lwt", "smoke"]]])
    age = data["age"].to_numpy(float)

    def squares(X):
        return ((age - X @ np.linalg.lstsq(X, age, rcond=None)[0]) ** 2).sum()

    full = squares(np.column_stack([rest, classes]))
    f = (squares(rest) - full) / 2 / (full / (len(data) - 5))
    assert found.partial_f[0] == pytest.approx(f)
    assert found.partial_df == (2, len(data) - 5)


def test_functions_are_those_of_mass_but_for_their_sign(case):
    found, expected = case
    assert found.eigenvalue == pytest.approx(np.array(expected["eigenvalue"]))
    for k in (0, 1):
        raw = np.array(expected[f"raw_{k + 1}"])
        sign = np.sign(raw @ found.raw[:, k])
        assert found.raw[:, k] == pytest.approx(sign * raw, rel=1e-6)
        assert found.structure[:, k] == pytest.approx(
            sign * np.array(expected[f"structure_{k + 1}"]), rel=1e-6
        )
        largest = np.abs(found.standardised[:, k]).argmax()
        assert found.standardised[largest, k] > 0


def test_standardised_coefficients_are_raw_ones_by_deviations_within(golden_data):
    data = golden_data("birthwt")
    values = data[PREDICTORS["birthwt"]]
    found = discriminate(values.to_numpy(float), data["class"].to_numpy(str))
    within = values - values.groupby(data["class"]).transform("mean")
    deviation = np.sqrt((within**2).sum() / (len(data) - 3)).to_numpy()
    assert found.standardised == pytest.approx(found.raw * deviation[:, None])


def test_the_first_test_of_functions_is_that_of_all(case):
    found, _ = case
    assert found.function_lambda[0] == pytest.approx(found.wilks_lambda)
    assert found.function_chi_square[0] == pytest.approx(found.chi_square)
    assert found.function_df[0] == found.df_chi_square


@pytest.mark.parametrize(
    ("values", "labels", "message"),
    [
        ([[1.0], [2], [3], [4]], list("aaaa"), "two classes"),
        ([[1.0, 2], [2, 1], [3, 3], [4, 1]], list("aabb"), "more rows"),
        ([[1.0], [1], [2], [2], [1]], list("aabba"), "does not vary within classes"),
        (
            [[1.0, 2], [2, 4], [3, 6], [4, 8], [0, 0], [7, 14]],
            list("aabbab"),
            "depend on each other",
        ),
    ],
)
def test_what_cannot_be_discriminated_is_an_error(values, labels, message):
    with pytest.raises(ValueError, match=message):
        discriminate(np.array(values), np.array(labels))
