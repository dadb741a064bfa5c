"""Logistic regression, compared with statsmodels' to the last bit."""

import numpy as np
import pytest
import statsmodels.api as sm

from counterarm.matching._logistic import fit_logistic


@pytest.mark.parametrize("seed", range(5))
def test_coefficients_are_those_of_statsmodels_to_the_last_bit(seed):
    random = np.random.default_rng(seed)
    n, p = int(random.integers(30, 400)), int(random.integers(1, 6))
    matrix = np.column_stack([np.ones(n), random.normal(size=(n, p))])
    arms = random.random(n) < 1 / (1 + np.exp(1 - matrix[:, 1]))
    expected = sm.GLM(arms.astype(float), matrix, family=sm.families.Binomial()).fit(
        maxiter=25, tol=1e-10, tol_criterion="params"
    )

    fit = fit_logistic(matrix, arms)

    assert fit.converged
    np.testing.assert_array_equal(fit.coefficients, expected.params)


def test_separated_arms_do_not_converge_and_their_column_keeps_moving():
    matrix = np.column_stack([np.ones(6), [-3.0, -2, -1, 1, 2, 3]])

    fit = fit_logistic(matrix, matrix[:, 1] > 0)

    before, now = fit.last_steps
    assert not fit.converged
    assert now[1] - before[1] > 0.1
