"""Entropy and energy balancing: what defines them, and published numbers."""

import numpy as np
import pandas as pd
import pytest
from lalonde_runs import lalonde
from scipy.optimize import minimize
from scipy.spatial.distance import cdist

from counterarm.matching import (
    NoWeightsError,
    effective_sample_size,
    energy_weights,
    entropy_weights,
)

NAMES = ["age", "educ", "race", "married", "nodegree", "re74", "re75"]


def test_means_are_balanced_exactly():
    data = lalonde()
    weights = entropy_weights(NAMES, "treat", data=data)
    arms = data["treat"].to_numpy() == 1
    wide = pd.get_dummies(data[NAMES]).astype(float)
    control = np.average(wide[~arms], axis=0, weights=weights[~arms])
    scale = wide.std().to_numpy()
    np.testing.assert_allclose(control / scale, wide[arms].mean() / scale, atol=1e-9)
    assert weights[arms].tolist() == [1.0] * 185
    assert weights[~arms].sum() == pytest.approx(185)
    assert (weights > 0).all()


def test_weights_of_largest_entropy_are_exponential_in_the_covariates():
    data = lalonde()
    weights = entropy_weights(NAMES, "treat", data=data)
    arms = data["treat"].to_numpy() == 1
    wide = pd.get_dummies(data[NAMES], drop_first=True).astype(float)[~arms]
    design = np.column_stack([np.ones(len(wide)), (wide - wide.mean()) / wide.std()])
    log = np.log(weights[~arms])
    fitted = design @ np.linalg.lstsq(design, log, rcond=None)[0]
    np.testing.assert_allclose(fitted, log, atol=1e-8)


def test_one_binary_covariate_by_hand():
    # 3 of 4 treated have it, 1 of 3 controls: 3 for that one, 1/2 for each other
    weights = entropy_weights([[1], [1], [1], [0], [1], [0], [0]], [1] * 4 + [0] * 3)
    assert weights[4:] == pytest.approx([3, 0.5, 0.5])


def test_second_moments_balance_variances():
    data = lalonde()
    arms = data["treat"].to_numpy() == 1
    weights = entropy_weights(["age", "educ"], "treat", data=data, moments={"age": 2})
    w, age = weights[~arms] / weights[~arms].sum(), data["age"].to_numpy(float)
    mean = w @ age[~arms]
    assert mean == pytest.approx(age[arms].mean(), abs=1e-8)
    assert w @ (age[~arms] - mean) ** 2 == pytest.approx(age[arms].var(), abs=1e-6)


def test_means_beyond_the_controls_are_said():
    with pytest.raises(NoWeightsError, match="of x1 alone already"):
        entropy_weights([[5, 0], [6, 1], [1, 0], [2, 1]], [1, 1, 0, 0])
    # each mean lies within, not both together
    corner = [[1, 1], [1, 0.9], [0, 1], [1, 0], [0, 0]]
    with pytest.raises(NoWeightsError, match="taken together"):
        entropy_weights(corner, [1, 1, 0, 0, 0])


def scaled(x):
    return x / x.std(axis=0, ddof=1)


def energy(shares, points, arms):
    to_treated = cdist(points[~arms], points[arms]).mean(axis=1)
    between = cdist(points[~arms], points[~arms])
    return 2 * shares @ to_treated - shares @ between @ shares


def test_energy_distance_is_least_as_another_solver_finds_it():
    rng = np.random.default_rng(4)
    x = rng.normal(size=(40, 3))
    arms = np.arange(40) < 15
    x[arms] += 0.8
    weights = energy_weights(x, arms, penalty=1e-4)[~arms] / 15
    points = scaled(x)

    def objective(s):
        return energy(s, points, arms) + 0.5e-4 * s @ s

    other = minimize(
        objective,
        np.full(25, 1 / 25),
        bounds=[(0, 1)] * 25,
        constraints={"type": "eq", "fun": lambda s: s.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert objective(weights) <= other.fun + 1e-10
    np.testing.assert_allclose(weights, other.x, atol=1e-4)


def test_conditions_of_the_least_energy_distance_hold():
    data = lalonde()
    names = ["age", "educ", "re74", "re75"]
    arms = data["treat"].to_numpy() == 1
    weights = energy_weights(names, "treat", data=data)
    assert weights[~arms].sum() == pytest.approx(185)
    points = scaled(data[names].to_numpy(float))
    shares = weights[~arms] / 185
    to_treated = cdist(points[~arms], points[arms]).mean(axis=1)
    between = cdist(points[~arms], points[~arms])
    slope = 2 * to_treated - 2 * between @ shares + 1e-4 * shares
    level = slope[shares > 0].mean()
    np.testing.assert_allclose(slope[shares > 0], level, atol=1e-9)
    assert (slope[shares == 0] >= level - 1e-9).all()
    n = len(shares)
    assert energy(shares, points, arms) < energy(np.full(n, 1 / n), points, arms)


def test_those_like_the_treated_get_the_weight():
    x = [[0.0], [1.0], [0.0], [1.0], [9.0]]
    weights = energy_weights(x, [1, 1, 0, 0, 0], penalty=1e-9)
    assert weights == pytest.approx([1, 1, 1, 1, 0], abs=1e-6)


@pytest.mark.parametrize(
    ("names", "size", "least", "largest"),
    [
        # ngreifer.github.io/WeightIt/articles/WeightIt.html
        (NAMES, 98.46, 0.019, [7.127, 7.501, 8.0, 9.036, 9.42]),
        # inductivestep.github.io/Random-bits-and-pieces/entropy_ipt.nb.html
        (
            ["age", "educ", "married", "nodegree", "re74"],
            252.12,
            0.04,
            [3.396, 3.443, 3.655, 4.043, 5.247],
        ),
    ],
    ids=["vignette", "five covariates"],
)
def test_weights_are_those_that_weightit_prints(names, size, least, largest):
    # summary() of weightit(method = "ebal", estimand = "ATT") on lalonde: effective
    # sample size, least and five largest weights, which it scales to a mean of 1
    data = lalonde()
    control = (data["treat"] == 0).to_numpy()
    weights = entropy_weights(names, "treat", data=data)[control]
    assert effective_sample_size(weights) == pytest.approx(size, abs=0.005)
    scaled = np.sort(weights / weights.mean())
    assert scaled[0] == pytest.approx(least, abs=0.0005)
    np.testing.assert_allclose(scaled[-5:], largest, atol=0.0005)


@pytest.mark.parametrize("weigh", [entropy_weights, energy_weights])
def test_unusable_arguments_are_named(weigh):
    with pytest.raises(ValueError, match="treated: an arm is empty"):
        weigh([[1.0], [2.0]], [1, 1])
    with pytest.raises(ValueError, match="x1: 1 missing"):
        weigh([[1.0], [np.nan]], [1, 0])
    with pytest.raises(ValueError, match="treated: 1 values for 2 rows"):
        weigh([[1.0], [2.0]], [1])
    with pytest.raises(ValueError, match="moments: 'age' is no covariate"):
        entropy_weights([[1.0], [2.0]], [1, 0], moments={"age": 2})
    with pytest.raises(ValueError, match="penalty: 0 is not above 0"):
        energy_weights([[1.0], [2.0]], [1, 0], penalty=0)
