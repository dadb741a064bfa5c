"""Tests between groups: as R computes them, and as the papers printed them."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from counterarm.tables.group_tests import (
    compare_levels,
    compare_named_levels,
    compare_numbers,
)

GOLDEN = Path(__file__).parents[1] / "golden"
R = json.loads((GOLDEN / "group_tests.json").read_text())


@pytest.fixture(scope="module")
def veteran() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "data" / "veteran.csv")


def by_test(rows) -> dict[str, dict]:
    return {row["test"]: row for row in rows}


def assert_as_r(found: dict, test: str) -> None:
    for name, value in R[test].items():
        assert found[name] == pytest.approx(value, rel=1e-9), (test, name)


@pytest.mark.parametrize(
    "test", ["t_test", "welch", "mann_whitney", "mann_whitney_no_correction"]
)
def test_two_groups_of_numbers_are_compared_as_in_r(veteran, test):
    arms = [veteran.loc[veteran["trt"] == arm, "age"].to_numpy(float) for arm in (1, 2)]
    found = by_test(compare_numbers(arms))
    assert_as_r(found[test], test)
    assert found["mann_whitney_exact"]["note"] == "not computed: ties"


def test_the_exact_distribution_is_that_of_r(veteran):
    first = veteran.loc[veteran["trt"] == 1, "time"].drop_duplicates().head(20)
    others = veteran.loc[veteran["trt"] == 2, "time"].drop_duplicates()
    second = others[~others.isin(first)].head(20)
    groups = [first.to_numpy(float), second.to_numpy(float)]
    assert_as_r(
        by_test(compare_numbers(groups))["mann_whitney_exact"], "mann_whitney_exact"
    )


def test_no_exact_distribution_from_fifty_per_group_on():
    values = np.arange(99.0)
    found = by_test(compare_numbers([values[:49], values[49:]]))
    assert found["mann_whitney_exact"]["note"] == (
        "not computed: 50 or more in a group"
    )


@pytest.mark.parametrize("test", ["anova", "kruskal_wallis"])
def test_several_groups_of_numbers_are_compared_as_in_r(veteran, test):
    groups = [own["age"].to_numpy(float) for _, own in veteran.groupby("celltype")]
    assert_as_r(by_test(compare_numbers(groups))[test], test)


@pytest.mark.parametrize("test", ["chi_square", "chi_square_yates", "fisher_exact"])
def test_levels_are_compared_as_in_r(veteran, test):
    counts = pd.crosstab(veteran["prior"], veteran["trt"]).to_numpy()
    assert_as_r(by_test(compare_levels(counts))[test], test)


def test_several_levels_and_small_cells_are_compared_as_in_r(veteran):
    counts = pd.crosstab(veteran["celltype"], veteran["trt"]).to_numpy()
    assert_as_r(by_test(compare_levels(counts))["chi_square"], "chi_square_celltype")
    head = veteran.head(40)
    small = pd.crosstab(head["celltype"] == "squamous", head["prior"]).to_numpy()
    assert_as_r(by_test(compare_levels(small))["fisher_exact"], "fisher_exact_small")


def test_a_small_expected_count_is_told_and_one_of_five_not():
    # 10 and 10, each half and half: every cell expects 5
    (row, *_) = compare_levels(np.array([[8, 2], [2, 8]]))
    assert row["note"] is None
    # 9 and 10: 9 * 9 / 19 = 4.26 is the least, 9 * 10 / 19 = 4.74 twice
    (row, *_) = compare_levels(np.array([[7, 2], [2, 8]]))
    assert row["note"].startswith("3 of 4 cells expect fewer than 5 (least 4.26)")


def with_mean_and_sd(mean: float, sd: float, n: int) -> np.ndarray:
    """Return n numbers that have exactly this mean and SD."""
    shape = stats.norm.ppf((np.arange(n) + 0.5) / n)
    return mean + sd * (shape - shape.mean()) / shape.std(ddof=1)


@pytest.mark.parametrize(
    ("treated", "control", "digits", "printed"),
    [
        pytest.param((55.8, 10.7), (55.7, 12.4), (1, 1), 0.934, id="age"),
        pytest.param((35.5, 5.90), (35.7, 5.75), (1, 2), 0.749, id="ALSFRS-R"),
        pytest.param((8.34, 5.26), (8.66, 5.72), (2, 2), 0.615, id="diagnosis"),
        pytest.param((0.64, 0.32), (0.78, 0.52), (2, 2), 0.005, id="initial speed"),
    ],
)
def test_the_t_tests_of_nam_2023_follow_from_its_means_within_their_rounding(
    treated, control, digits, printed
):
    half = [0.5 * 10.0**-places for places in digits]
    p_values = [
        by_test(
            compare_numbers(
                [
                    with_mean_and_sd(
                        treated[0] + a * half[0], treated[1] + b * half[1], 157
                    ),
                    with_mean_and_sd(
                        control[0] + c * half[0], control[1] + d * half[1], 157
                    ),
                ]
            )
        )["t_test"]["p_value"]
        for a, b, c, d in itertools.product((-1, 0, 1), repeat=4)
    ]
    assert min(p_values) - 0.0005 <= printed <= max(p_values) + 0.0005


@pytest.mark.parametrize(
    ("levels", "ratio", "words"),
    [
        pytest.param(["N", "Y"], 6 * 8 / (2 * 4), "odds of Y", id="yes"),
        pytest.param(["F", "M"], 2 * 4 / (6 * 8), "odds of F", id="first by name"),
    ],
)
def test_the_odds_ratio_has_a_direction_by_rule_and_gives_it(levels, ratio, words):
    # 2 and 6 treated, 8 and 4 controls; both orders of rows give the same
    counts = pd.DataFrame({"treated": [2, 6], "control": [8, 4]}, index=levels)
    for table in (counts, counts[::-1]):
        row = by_test(compare_named_levels(table))["fisher_exact"]
        assert row["statistic"] == pytest.approx(ratio)
        assert row["definition"].endswith(f": {words}, treated over control")
