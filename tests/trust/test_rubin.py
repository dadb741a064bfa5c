"""Rubin's rules as mice's pool.scalar has them."""

import math

import numpy as np
import pytest

from counterarm.trust.rubin import pool


@pytest.mark.parametrize("name", ["infinite", "n_314"])
def test_pooled_estimate_is_the_golden_one(golden, name):
    case = golden("rubin.json")
    df = case["dfcom"][name]
    found = pool(
        case["q"], np.sqrt(case["u"]), df_complete=math.inf if df is None else df
    )
    wanted = case[name]
    values = {
        "qbar": found.coef,
        "ubar": found.within,
        "b": found.between,
        "t": found.se**2,
        "riv": found.se**2 / found.within - 1,
        "fmi": found.fmi,
        "low": found.ci_low,
        "high": found.ci_high,
        "p": found.p_value,
    }
    for key, value in values.items():
        assert value == pytest.approx(wanted[key], abs=1e-10), key
    assert found.df == pytest.approx(wanted["df"], rel=1e-10)


def test_equal_estimates_are_the_plain_one():
    found = pool([-0.3] * 20, [0.2] * 20)
    assert found.coef == pytest.approx(-0.3)
    assert found.se == pytest.approx(0.2)
    assert (found.between, found.fmi, found.df) == (0, 0, math.inf)
    assert found.ci_high == pytest.approx(-0.3 + 1.959963985 * 0.2)
    # df of complete data: (n + 1) / (n + 3) n
    assert pool([1, 1], [1, 1], df_complete=9).df == pytest.approx(10 / 12 * 9)


@pytest.mark.parametrize(
    ("coef", "se", "word"),
    [
        ([1], [1], "imputations"),
        ([1, 2], [1, 0], "se"),
        ([1, math.nan], [1, 1], "coef"),
    ],
)
def test_bad_input_names_the_argument(coef, se, word):
    with pytest.raises(ValueError, match=word):
        pool(coef, se)
