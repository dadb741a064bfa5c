"""The variants of Wilcoxon's test are R's and SciPy's; the exact one counts signs."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import rankdata, wilcoxon

from counterarm.longitudinal import signed_rank_tests


def by_name(values):
    return {result.test: result for result in signed_rank_tests(np.array(values))}


@pytest.mark.parametrize("name", ["wilcox_tied", "wilcox_plain"])
def test_the_variants_are_those_of_r(function_answers, name):
    expected = function_answers[name]
    found = by_name(expected["values"])
    assert found["wilcoxon_normal"].rank_sum == expected["rank_sum"]
    assert found["wilcoxon_normal"].p_value == pytest.approx(expected["normal"])
    assert found["wilcoxon_continuity"].p_value == pytest.approx(expected["continuity"])
    if "exact" in expected:
        assert found["wilcoxon_exact"].p_value == pytest.approx(expected["exact"])


def test_the_exact_test_counts_every_sign_of_tied_ranks(function_answers):
    values = np.array(function_answers["wilcox_tied"]["values"])
    moved = values[values != 0]
    ranks = rankdata(np.abs(moved))
    sums = np.array(
        [ranks[np.array(signs)].sum() for signs in product([True, False], repeat=13)]
    )
    observed = ranks[moved > 0].sum()
    tail = min((sums <= observed).mean(), (sums >= observed).mean())
    assert by_name(values)["wilcoxon_exact"].p_value == pytest.approx(2 * tail)


def test_pratt_ranks_zeros_before_it_drops_them(function_answers):
    values = function_answers["wilcox_tied"]["values"]
    theirs = wilcoxon(
        values, zero_method="pratt", correction=False, method="asymptotic"
    )
    # SciPy centres on the ranks that are left, as Pratt does.
    assert by_name(values)["wilcoxon_pratt"].p_value == pytest.approx(theirs.pvalue)


def test_without_ties_the_plain_variance_is_the_corrected_one(function_answers):
    found = by_name(function_answers["wilcox_plain"]["values"])
    assert found["wilcoxon_normal_plain"].z == pytest.approx(found["wilcoxon_normal"].z)


def test_with_ties_the_plain_variance_is_greater(function_answers):
    found = by_name(function_answers["wilcox_tied"]["values"])
    # 13 differences: 13 * 14 * 27 / 24; four ties of two and one of two fewer: 48 less.
    assert found["wilcoxon_normal_plain"].z == pytest.approx(
        (found["wilcoxon_normal"].rank_sum - 45.5) / np.sqrt(13 * 14 * 27 / 24)
    )
    assert abs(found["wilcoxon_normal_plain"].z) < abs(found["wilcoxon_normal"].z)


def test_every_difference_to_one_side_is_as_likely_as_heads_every_time():
    assert by_name([1.0, 2, 3, 4, 5])["wilcoxon_exact"].p_value == pytest.approx(2 / 32)


def test_unknown_differences_do_not_count():
    plain, more = by_name([1.0, -2, 3]), by_name([1.0, np.nan, -2, 3])
    assert plain["wilcoxon_exact"] == pytest.approx(more["wilcoxon_exact"]) or (
        plain["wilcoxon_exact"].p_value == more["wilcoxon_exact"].p_value
    )


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [np.nan]])
def test_no_difference_is_an_error(values):
    with pytest.raises(ValueError, match="no difference is other than zero"):
        signed_rank_tests(np.array(values, float))
