"""Formulas without SciPy's checks, set against SciPy to the last bit."""

import numpy as np
import pytest
from scipy import stats

from counterarm.tables.plain_tests import (
    Ranks,
    chi_square,
    expected_counts,
    fisher,
    t_tests,
)

SEEDS = range(12)


def two_samples(seed):
    random = np.random.default_rng(seed)
    sizes = random.integers(2, 400, 2)
    samples = [random.normal(5 + i, 1 + i, size) for i, size in enumerate(sizes)]
    return [np.round(x, 1) if seed % 2 else x for x in samples]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("test", "equal"), [("t_test", True), ("welch", False)])
def test_t_and_its_limits_are_those_of_scipy(seed, test, equal):
    first, second = two_samples(seed)
    expected = stats.ttest_ind(first, second, equal_var=equal)

    found = t_tests(first, second)[test]

    limits = expected.confidence_interval(0.95)
    assert found == (expected.statistic, expected.pvalue, limits.low, limits.high)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("corrected", [True, False])
def test_u_and_its_p_value_are_those_of_scipy(seed, corrected):
    first, second = two_samples(seed)
    expected = stats.mannwhitneyu(
        first, second, method="asymptotic", use_continuity=corrected
    )

    ranks = Ranks(first, second)

    assert ranks.u == expected.statistic
    assert ranks.p_value(is_continuous=corrected) == expected.pvalue
    both = np.concatenate([first, second])
    assert ranks.has_ties == (len(np.unique(both)) < len(both))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (5, 2), (4, 4)])
def test_chi_square_is_that_of_scipy(seed, shape):
    counts = np.random.default_rng(seed).integers(1, 60, shape)

    for corrected in (False, shape == (2, 2)):
        expected = stats.chi2_contingency(counts, correction=corrected)
        table = expected_counts(counts)
        np.testing.assert_array_equal(table, expected.expected_freq)
        found = chi_square(counts, table, is_corrected=corrected)
        assert found == (expected.statistic, expected.pvalue)


def test_fisher_is_that_of_scipy():
    expected = stats.fisher_exact([[8, 2], [1, 9]])
    assert fisher(8, 2, 1, 9) == (expected.statistic, expected.pvalue)
