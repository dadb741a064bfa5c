"""E-values as the R package EValue has them; the strength of measured covariates."""

import math

import numpy as np
import pandas as pd
import pytest

from counterarm.trust.e_values import (
    as_yes_or_no,
    bias_curve,
    bounding_factor,
    covariate_strength,
    e_value,
    prevalence_ratio,
    risk_ratio,
    times_as_strong,
)


def test_e_values_are_the_golden_ones(golden):
    rows = golden("evalue.json")["rows"]
    assert rows
    for row in rows:
        found = e_value(row["hr"], row["low"], row["high"], rare=row["rare"])
        assert found.rr == pytest.approx(row["rr"], abs=1e-10)
        assert found.e_value == pytest.approx(row["e_value"], abs=1e-10)
        assert found.e_value_limit == pytest.approx(row["e_value_limit"], abs=1e-10)


def test_strength_of_a_covariate_is_the_golden_one(golden):
    row = golden("evalue.json")["covariate_strength"]
    factor = bounding_factor(row["rr_ud"], row["rr_eu"])
    assert factor == pytest.approx(row["bounding_factor"], abs=1e-12)
    for needed in (row["needed_rr"], 1 / row["needed_rr"]):
        found = times_as_strong(row["rr_ud"], row["rr_eu"], needed)
        assert found == pytest.approx(row["times_as_strong"], abs=1e-10)


@pytest.mark.parametrize("pair", [(2.0, 2.0), (1.05, 50.0), (300.0, 1.2), (1.5, 1.1)])
@pytest.mark.parametrize("needed", [1.0001, 1.5, 20.0])
def test_k_times_as_strong_has_the_factor_that_is_needed(pair, needed):
    k = times_as_strong(*pair, needed)
    factor = bounding_factor(pair[0] ** k, pair[1] ** k)
    assert factor == pytest.approx(needed, rel=1e-9)


def test_the_curve_and_the_e_value_meet_where_both_ratios_are_equal():
    found = e_value(0.4, 0.28, 0.57)
    at = found.e_value
    assert bias_curve(found.rr, [at])[0] == pytest.approx(at)
    needed = 1 / found.rr
    curve = bias_curve(found.rr, [needed, needed * 0.9, 5.0])
    assert np.isnan(curve[:2]).all()
    assert bounding_factor(5.0, curve[2]) == pytest.approx(needed)


def test_no_multiple_of_a_ratio_of_one_or_infinite_is_given():
    assert math.isnan(times_as_strong(1.0, 2.0, 1.5))
    assert math.isnan(times_as_strong(2.0, 1.0, 1.5))
    assert math.isnan(times_as_strong(2.0, math.inf, 1.5))
    assert times_as_strong(2.0, 1.5, 1.0) == 0
    assert bounding_factor(2.0, math.inf) == 2


@pytest.mark.parametrize("ratios", [(2, 2, 0), (2, 2, math.nan), (math.nan, 2, 3)])
def test_a_missing_ratio_is_refused(ratios):
    with pytest.raises(ValueError, match="above 0"):
        times_as_strong(*ratios)


def test_prevalence_ratio_is_the_larger_of_having_and_not_having():
    treated = np.r_[np.ones(10), np.zeros(10)]
    # 9 of 10 against 8 of 10 have it, 1 against 2 have it not
    has = np.r_[np.ones(9), 0, np.ones(8), 0, 0]
    assert prevalence_ratio(has, treated) == pytest.approx(2)
    assert prevalence_ratio(np.ones(20), treated) == 1
    assert math.isinf(prevalence_ratio(treated, treated))
    with pytest.raises(ValueError, match="treated"):
        prevalence_ratio(has, np.ones(20))


def test_numbers_are_cut_above_the_median_of_the_treated():
    treated = [1, 1, 1, 0, 0]
    assert as_yes_or_no([5, 7, 9, 7, 8], treated).tolist() == [0, 0, 1, 0, 1]
    assert as_yes_or_no([0, 1, 1, 0, 1], treated).tolist() == [0, 1, 1, 0, 1]


def test_covariates_stand_on_the_scale_of_a_hidden_confounder():
    rng = np.random.default_rng(3)
    n = 400
    treated = np.r_[np.ones(100), np.zeros(300)]
    strong = (rng.random(n) < np.where(treated == 1, 0.3, 0.6)).astype(float)
    covariates = pd.DataFrame({"strong": strong, "age": rng.normal(60, 10, n)})
    covariates["same"] = 1.0
    time = rng.exponential(np.exp(-1.5 * strong))
    found = e_value(0.4, 0.28, 0.57)
    table = covariate_strength(covariates, treated, time, np.ones(n), found)
    rows = table.set_index("variable")
    assert list(rows.index) == ["strong", "age", "same"]
    row = rows.loc["strong"]
    assert row.rr_ud == pytest.approx(risk_ratio(math.exp(1.5)), rel=0.2)
    assert row.rr_eu == pytest.approx(prevalence_ratio(strong, treated))
    assert row.bounding_factor == pytest.approx(bounding_factor(row.rr_ud, row.rr_eu))
    k = row.times_as_strong
    needed = bounding_factor(row.rr_ud**k, row.rr_eu**k)
    assert needed == pytest.approx(1 / found.rr)
    assert row.times_as_strong_limit < k
    assert rows.loc["age"].times_as_strong > k
    assert (
        rows.loc["same", ["rr_ud", "bounding_factor", "times_as_strong"]].isna().all()
    )


@pytest.mark.parametrize("ratio", [1e30, 1e80, 1e300])
def test_a_ratio_beyond_all_measure_is_converted(ratio):
    # 1 - 0.5^x is x log 2 where x is small, and 1 where it is large
    assert risk_ratio(ratio) == pytest.approx(math.sqrt(ratio) / math.log(2))
    assert risk_ratio(1 / ratio) == pytest.approx(math.log(2) / math.sqrt(ratio))


def test_the_limit_further_from_1_is_not_needed():
    assert e_value(2, 0.5, math.inf) == e_value(2, 0.5, 1e9)
    assert e_value(4, 2, math.inf) == e_value(4, 2, 9)
    assert e_value(0.2, 1e-300, 0.5) == e_value(0.2, 0.1, 0.5)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((0, 0, 1), "hazard_ratio"),
        ((-1, -2, 1), "hazard_ratio"),
        ((0.5, 0.6, 0.7), "not around"),
        ((0.5, math.nan, 0.7), "not around"),
        ((0.5, 0, 0.7), "hazard_ratio"),
    ],
)
def test_bad_hazard_ratios_and_limits_are_refused(arguments, word):
    with pytest.raises(ValueError, match=word):
        e_value(*arguments)
