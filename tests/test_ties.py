"""Numbers that are equal but for rounding are tied, as R's timefix does."""

import math

import numpy as np
import pytest

from counterarm.survival import (
    fit_cox,
    gehan,
    kaplan_meier,
    log_rank,
    peto_peto,
    rmst,
    zph,
)
from counterarm.tables.function_groups import Values, compare
from counterarm.tables.group_tests import compare_numbers
from counterarm.ties import tied, tied_samples

TWO = math.sqrt(2) ** 2  # 2.0000000000000004
# the times of R's tests/tiedtime.R, by group
TIME, EVENT, GROUP = [1, 2, TWO, 2, TWO], [1] * 5, [1, 1, 1, 2, 2]
ROUND = [1, 2, 2, 2, 2]


def test_neighbours_within_the_tolerance_take_the_smallest_value():
    assert TWO != 2
    assert tied(np.array([TWO, 1.0, 2.0, 3.0])).tolist() == [2, 1, 2, 3]
    # sqrt(epsilon) is 1.49e-8: absolute for small numbers, relative to their mean
    assert len(set(tied(np.array([0.0, 1.4e-8])))) == 1
    assert len(set(tied(np.array([0.0, 1.6e-8])))) == 2
    assert len(set(tied(np.array([1e9, 1e9 + 14])))) == 1
    assert len(set(tied(np.array([1e9, 1e9 + 16])))) == 2


def test_a_chain_of_neighbours_is_one_tie_and_the_unknown_stays_unknown():
    chain = np.array([1.0, 1 + 1e-8, 1 + 2e-8, 1 + 3e-8, np.nan, np.inf])
    found = tied(chain)
    assert found[:4].tolist() == [1, 1, 1, 1]
    assert np.isnan(found[4]) and np.isinf(found[5])
    assert tied(np.array([])).tolist() == []


def test_samples_that_are_ranked_together_are_tied_together():
    first, second = tied_samples([np.array([TWO, 5.0]), np.array([2.0])])
    assert first.tolist() == [2, 5] and second.tolist() == [2]


@pytest.mark.parametrize(
    "test",
    [
        lambda time: log_rank(time, EVENT, GROUP).statistic,
        lambda time: gehan(time, EVENT, GROUP).statistic,
        lambda time: peto_peto(time, EVENT, GROUP).statistic,
        lambda time: fit_cox(time, EVENT, GROUP, names=["x"]).coef[0],
        lambda time: rmst(time, EVENT, 2.0).estimate,
        lambda time: (
            zph([*time, 3, 4], [1] * 7, [*GROUP, 1, 2], names=["x"])[0].statistic
        ),
    ],
)
def test_every_function_that_ranks_times_ties_them(test):
    assert test(TIME) == test(ROUND)


def test_the_log_rank_statistic_of_near_ties_is_that_of_r():
    assert log_rank(TIME, EVENT, GROUP).statistic == pytest.approx(2 / 3)
    assert kaplan_meier(TIME[:3], EVENT[:3]).time.tolist() == [1, 2]


def test_entry_and_exit_are_tied_to_each_other():
    # the first row leaves at the moment the second enters: never at risk together
    with pytest.raises(ValueError, match="entry: not before time in 1 rows"):
        log_rank([TWO, 3], [1, 1], [1, 2], entry=[2, 0])
    near = fit_cox(
        [2, 3, 4, 3], [1, 1, 1, 1], [1, 0, 1, 0], names=["x"], entry=[0, TWO, 0, 0]
    )
    exact = fit_cox(
        [2, 3, 4, 3], [1, 1, 1, 1], [1, 0, 1, 0], names=["x"], entry=[0, 2, 0, 0]
    )
    assert near.coef[0] == exact.coef[0]


def test_rank_tests_of_rates_tie_what_is_equal_as_fractions():
    # 0.3 / 3 and 0.1 are one tenth; U counts the tie as a half
    first, second = np.array([0.3 / 3, 0.5]), np.array([0.1, 0.4])
    assert first[0] != second[0]
    by_test = {row["test"]: row for row in compare_numbers([first, second])}
    assert by_test["mann_whitney"]["statistic"] == 0.5 + 2
    assert by_test["mann_whitney_exact"]["note"] == "not computed: ties"
    several = {
        row["test"]: row["statistic"]
        for row in compare_numbers([first, second, np.array([0.2, 0.6])])
    }
    whole = {
        row["test"]: row["statistic"]
        for row in compare_numbers(
            [np.array([1.0, 5]), np.array([1.0, 4]), np.array([2.0, 6])]
        )
    }
    assert several["kruskal_wallis"] == pytest.approx(whole["kruskal_wallis"])
    groups = [
        Values(values, np.ones(2), np.array([f"{name}1", f"{name}2"]))
        for name, values in (("a", first), ("b", second))
    ]
    ranked = {row["test"]: row for row in compare(groups)}
    assert ranked["mann_whitney"]["statistic"] == 2.5
