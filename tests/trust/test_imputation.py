"""Chained predictive mean matching against mice, and who takes part."""

import math

import numpy as np
import pandas as pd
import pytest

from counterarm.survival import fit_cox
from counterarm.trust.imputation import (
    donor_rows,
    imputations,
    nearest_rows,
    nelson_aalen,
    plan_imputation,
)
from counterarm.trust.rubin import pool

MISSING = ["logbili", "chol", "trig", "platelet", "copper"]
PER_100 = ["chol", "trig", "platelet", "copper"]


def fit_pbc(rows, done, terms):
    x = pd.concat([rows[["treated", "age"]], done], axis=1)
    x[PER_100] = x[PER_100] / 100
    return fit_cox(rows["time"], rows["event"], x, names=terms)


def test_the_complete_cases_of_pbc_are_the_golden_ones(golden):
    wanted = golden("mi.json")
    rows = golden("pbc_missing.csv")
    # the golden counts go on with what mice predicts from
    counts = rows.isna().sum().tolist()
    assert counts == wanted["n_missing"][: len(counts)]
    assert not any(wanted["n_missing"][len(counts) :])
    complete = rows.dropna().reset_index(drop=True)
    assert len(complete) == wanted["complete_case"]["n"]
    found = fit_pbc(complete, complete[MISSING], wanted["terms"])
    assert found.coef == pytest.approx(wanted["complete_case"]["coef"], rel=1e-6)
    assert found.se == pytest.approx(wanted["complete_case"]["se"], rel=1e-6)


def test_pooled_cox_is_that_of_mice_within_monte_carlo_error(golden):
    wanted = golden("mi.json")
    rows = golden("pbc_missing.csv")
    outcome = rows[["event", "treated", "age"]].assign(
        hazard=nelson_aalen(rows["time"], rows["event"])
    )
    m = wanted["m"]
    coef, se = [], []
    for done in imputations(
        rows[MISSING], outcome, m, seed=20261127, analysis_id="pbc"
    ):
        fit = fit_pbc(rows, done, wanted["terms"])
        coef.append(fit.coef)
        se.append(fit.se)
    by_hand = wanted["python"]
    for k, term in enumerate(wanted["terms"]):
        found = pool(np.array(coef)[:, k], np.array(se)[:, k])
        for means, errors, mcse in (
            (wanted["mice_coef"], wanted["mice_se"], wanted["mice_mcse"]),
            (by_hand["coef"], by_hand["se"], by_hand["mcse"]),
        ):
            error = math.sqrt(found.between / m + mcse[k] ** 2)
            assert found.coef == pytest.approx(means[k], abs=4 * error), term
            assert found.se == pytest.approx(errors[k], rel=0.03), term
        # twice the fraction, of which 100 imputations know the tenth at best
        assert found.fmi == pytest.approx(wanted["mice_fmi"][k], abs=0.03), term


def table(n=60):
    rng = np.random.default_rng(5)
    age = rng.normal(60, 9, n).round(1)
    rows = pd.DataFrame(
        {
            "age": age,
            "male": (rng.random(n) < 0.6).astype(float),
            "onset": np.where(age > 62, "bulbar", np.where(age > 55, "limb", "other")),
        }
    )
    outcome = pd.DataFrame({"treated": rng.integers(0, 2, n), "event": 1.0})
    return rows, outcome


def test_imputed_values_are_those_of_donors_and_the_rest_stays():
    complete, outcome = table()
    rows = complete.copy()
    rows.loc[[1, 5, 9], "age"] = np.nan
    rows.loc[[2, 5], "male"] = np.nan
    rows.loc[[3, 9, 30, 41], "onset"] = None
    results = list(imputations(rows, outcome, 5, seed=1, analysis_id="a"))
    assert len(results) == 5
    for done in results:
        assert not done.isna().any(axis=None)
        known = rows.notna()
        assert done.where(known).equals(rows.where(known))
        for name in rows:
            assert set(done[name]) <= set(rows[name].dropna())
    ages = {tuple(done["age"]) for done in results}
    assert len(ages) > 1


def test_levels_are_predicted_by_what_goes_with_them():
    complete, outcome = table(400)
    rows = complete.copy()
    hidden = np.arange(0, 400, 10)
    rows.loc[hidden, "onset"] = None
    done = next(imputations(rows, outcome, 1, seed=1, analysis_id="a"))
    same = (done["onset"] == complete["onset"])[hidden]
    assert same.mean() > 0.7


def test_the_same_seed_gives_the_same_values_whatever_m():
    rows, outcome = table()
    rows.loc[:9, "age"] = np.nan
    two = list(imputations(rows, outcome, 2, seed=1, analysis_id="a"))
    three = list(imputations(rows, outcome, 3, seed=1, analysis_id="a"))
    assert all(a.equals(b) for a, b in zip(two, three[:2], strict=True))
    other = next(imputations(rows, outcome, 1, seed=2, analysis_id="a"))
    assert not other.equals(two[0])


def test_nothing_missing_needs_no_imputation():
    rows, _ = table()
    assert plan_imputation(rows).m == 0


@pytest.mark.parametrize(("n_missing", "m"), [(1, 20), (12, 20), (13, 22), (30, 50)])
def test_m_is_the_percentage_of_incomplete_and_at_least_20(n_missing, m):
    rows, _ = table()
    rows.loc[: n_missing - 1, "age"] = np.nan
    rows.loc[0, "male"] = np.nan
    assert plan_imputation(rows).m == m


def test_what_a_whole_pseudo_trial_lacks_is_not_imputed_there():
    rows, _ = table(40)
    trial = np.array(["t1"] * 10 + ["t2"] * 20 + [None] * 10, dtype=object)
    rows.loc[:9, "male"] = np.nan
    rows.loc[[12, 35, 39], "age"] = np.nan
    plan = plan_imputation(rows, {"pseudo-trial": trial})
    assert np.flatnonzero(plan.is_left_out).tolist() == list(range(10))
    assert plan.notes == ("male is missing in the whole pseudo-trial t1",)
    assert plan.m == 20


def test_hazard_of_four_subjects_is_the_one_worked_by_hand():
    # deaths at 1 of 4 and at 3 of 2
    found = nelson_aalen([1, 2, 3, 4], [1, 0, 1, 0])
    assert found.tolist() == [0.25, 0.25, 0.75, 0.75]


def test_a_single_donor_gives_its_value():
    y = np.array([[1.0], [np.nan], [2.0]])
    x = np.array([[0.0], [1.0], [5.0]])
    missing = np.array([False, True, False])
    rng = np.random.default_rng(1)
    found = {int(donor_rows(rng, y, x, missing)[0]) for _ in range(30)}
    assert found == {0, 2}


def test_missing_outcomes_and_empty_covariates_are_refused():
    rows, outcome = table()
    with pytest.raises(ValueError, match="outcome"):
        next(imputations(rows, outcome.replace(1, np.nan), 1, seed=1, analysis_id="a"))
    with pytest.raises(ValueError, match="age"):
        empty = rows.assign(age=np.nan)
        next(imputations(empty, outcome, 1, seed=1, analysis_id="a"))


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("levels", [3, 1000])
def test_the_nearest_are_those_of_all_distances_and_ties_stand_in_order_of_rows(
    columns, levels
):
    rng = np.random.default_rng(7)
    points = rng.integers(0, levels, (60, columns)).astype(float)
    targets = rng.integers(-2, levels + 2, (40, columns)).astype(float)
    distance = ((targets[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    for count in (1, 5, 60):
        expected = np.argsort(distance, axis=1, kind="stable")[:, :count]
        assert (nearest_rows(points, targets, count) == expected).all()
