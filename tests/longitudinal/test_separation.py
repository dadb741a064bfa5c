"""Separated classes are found, whatever separates them."""

import numpy as np
import pytest

from counterarm.longitudinal import is_separated


def design(*columns):
    return np.column_stack([np.ones(len(columns[0])), *columns]).astype(float)


@pytest.mark.parametrize(
    ("x", "labels", "separated"),
    [
        ([1, 2, 3, 4], "aabb", True),
        ([1, 2, 2, 3], "aabb", True),  # but for a tie
        ([1, 2, 3, 4], "abab", False),
        ([1, 2, 3, 4, 1, 2, 3, 4], "aabbbbaa", False),
        ([0, 0, 0, 1, 1], "aabaa", True),  # an empty cell
        ([0, 0, 1, 1], "abab", False),
        ([1, 2, 3, 4, 5, 6], "aabbcc", True),
        ([1, 2, 3, 1, 2, 3, 1, 2, 3], "aaabbbccc", False),
        # c is apart from a and b, which are mixed
        ([1, 2, 3, 1, 2, 3, 7, 8, 9], "aaabbbccc", True),
    ],
)
def test_one_predictor(x, labels, separated):
    assert is_separated(design(x), np.array(list(labels))) is separated
    assert is_separated(1e4 * design(x), np.array(list(labels))) is separated


def test_two_predictors_may_separate_what_neither_does():
    x = np.array([0, 1, 2, 3, 0, 1, 2, 3])
    y = np.array([1, 2, 3, 4, -1, 0, 1, 2])
    labels = np.array(list("aaaabbbb"))
    assert not is_separated(design(x), labels)
    assert not is_separated(design(y), labels)
    assert is_separated(design(x, y), labels)


def test_many_rows_of_noise_are_not_separated():
    rng = np.random.default_rng(4)
    X = design(*rng.normal(size=(6, 200)))
    assert not is_separated(X, rng.choice(list("abc"), 200))
