"""Doubly robust survival: identities that hold exactly, and proportions by hand."""

import numpy as np
import pandas as pd
import pytest

from counterarm.survival import doubly_robust, kaplan_meier, rmst
from counterarm.survival.rmst import rmst_influence, survival_influence


def strata() -> dict[str, np.ndarray]:
    """Return 4 + 6 treated and 8 + 5 controls of two strata, none of them censored.

    The score is saturated: the share of the treated in each stratum, 4 / 12 and 6 / 11.
    """
    stratum = np.repeat([0, 1, 0, 1], [4, 6, 8, 5])
    treated = np.repeat([1, 1, 0, 0], [4, 6, 8, 5])
    times = [4, 9, 11, 20, 3, 7, 12, 15, 22, 30]
    times += [1, 5, 6, 8, 13, 16, 21, 25, 2, 6, 10, 14, 28]
    return {
        "time": np.array(times, float),
        "event": np.ones(23),
        "treated": treated,
        "score": np.where(stratum == 0, 4 / 12, 6 / 11),
        "stratum": stratum,
    }


def fit(rows: dict, at: float, measure: str = "survival", covariates=None):
    return doubly_robust(
        *(rows[name] for name in ("time", "event", "treated", "score")),
        covariates,
        at,
        measure=measure,
    )


@pytest.mark.parametrize("with_model", [False, True])
def test_without_censoring_a_saturated_score_standardises_by_stratum(with_model):
    """Beyond day 10: 4 of 8 and 2 of 5 controls live, 4 of 10 treated are of stratum 0.

    Whatever the outcome model says cancels: 0.4 * 4 / 8 + 0.6 * 2 / 5 = 0.44.
    """
    rows = strata()
    covariates = rows["stratum"][:, None] if with_model else None
    found = fit(rows, 10.0, covariates=covariates)
    assert found.control == pytest.approx(0.44, abs=1e-12)
    # of the treated 11, 20 and 12, 15, 22, 30 of ten
    assert found.treated == pytest.approx(0.6, abs=1e-12)
    assert found.difference == pytest.approx(0.16, abs=1e-12)


@pytest.mark.parametrize("with_model", [False, True])
def test_restricted_means_are_standardised_too(with_model):
    rows = strata()
    covariates = rows["stratum"][:, None] if with_model else None
    found = fit(rows, 10.0, "rmst", covariates)
    cut = np.minimum(rows["time"], 10.0)
    of = [cut[(rows["treated"] == 0) & (rows["stratum"] == s)].mean() for s in (0, 1)]
    assert found.control == pytest.approx(0.4 * of[0] + 0.6 * of[1], abs=1e-12)
    assert found.treated == pytest.approx(cut[rows["treated"] == 1].mean())


def test_with_a_score_that_says_nothing_it_is_the_curve_of_the_controls(whole_lung):
    """No covariates, everybody 0.5: Kaplan-Meier and its robust error, as R's."""
    rows = {
        "time": whole_lung["time"].to_numpy(float),
        "event": whole_lung["event"].to_numpy(float),
        "treated": (whole_lung["sex"] == 2).to_numpy(int),
        "score": np.full(len(whole_lung), 0.5),
    }
    men = rows["treated"] == 0
    curve = kaplan_meier(rows["time"][men], rows["event"][men])
    for at in (100.0, 365.0, 700.0):
        found = fit(rows, at)
        level = curve.survival[np.searchsorted(curve.time, at, side="right") - 1]
        assert found.control == pytest.approx(level, abs=1e-12)
        influence = survival_influence(rows["time"][men], rows["event"][men], at)
        assert found.std_err_control == pytest.approx(
            np.sqrt((influence.rows**2).sum()), rel=1e-9
        )
        area = fit(rows, at, "rmst")
        mean = rmst(rows["time"][men], rows["event"][men], at)
        assert area.control == pytest.approx(mean.estimate, abs=1e-9)
        own = rmst_influence(rows["time"][men], rows["event"][men], at)
        assert area.std_err_control == pytest.approx(
            np.sqrt((own.rows**2).sum()), rel=1e-9
        )


def test_the_difference_has_the_errors_of_both_arms(whole_lung):
    """Two independent curves: variances add."""
    rows = {
        "time": whole_lung["time"].to_numpy(float),
        "event": whole_lung["event"].to_numpy(float),
        "treated": (whole_lung["sex"] == 2).to_numpy(int),
        "score": np.full(len(whole_lung), 0.5),
    }
    found = fit(rows, 365.0)
    assert found.std_err**2 == pytest.approx(
        found.std_err_treated**2 + found.std_err_control**2, rel=1e-9
    )
    assert found.ci_low == pytest.approx(found.difference - 1.959964 * found.std_err)


@pytest.mark.parametrize("at", [183.0, 365.0])
def test_a_wrong_score_is_corrected_by_the_outcome_model(at):
    """4,000 of each arm, death by exp(x): the truth is known, the score ignores x.

    Controls have x normal, the treated 0.5 more; S(t | x) = exp(-t exp(0.7 x) / 500).
    With seed 1 and this size three standard errors are 0.02.
    """
    stream = np.random.default_rng(1)
    n = 4000
    x = np.r_[stream.normal(0.5, 1, n), stream.normal(0, 1, n)]
    days = stream.exponential(500 / np.exp(0.7 * x))
    censored = stream.uniform(0, 1500, 2 * n)
    rows = {
        "time": np.ceil(np.minimum(days, censored)),
        "event": (days <= censored).astype(float),
        "treated": np.repeat([1, 0], n),
        "score": np.full(2 * n, 0.5),
    }
    grid = stream.normal(0.5, 1, 200_000)
    truth = np.exp(-at * np.exp(0.7 * grid) / 500).mean()
    right = fit(rows, at, covariates=x[:, None])
    assert right.control == pytest.approx(truth, abs=0.02)
    # without the model it is the plain curve, which is far off
    assert fit(rows, at).control > truth + 0.05
    # the true score alone is enough as well: odds exp(0.5 x - 0.125)
    odds = np.exp(0.5 * x - 0.125)
    assert fit(rows | {"score": odds / (1 + odds)}, at).control == pytest.approx(
        truth, abs=0.03
    )


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"score": np.ones(23)}, r"^score: all must be between 0 and 1"),
        ({"treated": np.ones(23)}, r"^treated: an arm is empty"),
        ({"measure": "mean"}, r"^measure: 'mean' is neither survival nor rmst"),
        ({"at": 29.0}, r"^at: 29.0 is not between 0 and 28, the last of an arm"),
        # the first is treated, whom the Cox model of the controls never sees
        ({"x": np.r_[np.nan, np.ones(22)]}, r"^x1: 1 missing"),
        ({"x": np.arange(22.0)}, r"^covariates: 22 rows for 23 subjects"),
    ],
)
def test_what_cannot_be_estimated_is_refused(changed, match):
    rows = strata() | changed
    measure = rows.get("measure", "survival")
    with pytest.raises(ValueError, match=match):
        fit(rows, rows.get("at", 10.0), measure, rows.get("x"))


def test_covariates_may_be_columns():
    data = pd.DataFrame(strata())
    names = "time", "event", "treated", "score"
    found = doubly_robust(*names, ["stratum"], 10.0, data=data)
    assert found.control == pytest.approx(0.44, abs=1e-12)
