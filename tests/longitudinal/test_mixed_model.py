"""The mixed model gives R's nlme, and says where nothing can be estimated."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from counterarm.longitudinal import fit_mixed_model


def fit(rows):
    return fit_mixed_model(rows["y"], rows["month"], rows["subject"], rows["group"])


@pytest.mark.parametrize("name", ["course", "orthodont", "bodyweight"])
def test_the_fit_is_that_of_nlme(function_answers, golden_data, name):
    expected = function_answers[f"lme_{name}"]
    found = fit(golden_data(f"function_{name}"))
    for key, attribute in {
        "estimate": "estimate",
        "se": "se",
        "p_t": "p_t",
        "sd_intercept": "sd_intercept",
        "sd_slope": "sd_slope",
        "correlation": "correlation",
        "sd_residual": "sd_residual",
    }.items():
        assert getattr(found, attribute) == pytest.approx(
            np.array(expected[key]), rel=1e-4
        ), key
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-6)
    assert found.df.tolist() == expected["df"]
    assert (found.n_subjects, found.n_rows) == (
        expected["n_subjects"],
        expected["n_rows"],
    )
    assert found.note == ""


def simulated(sd_intercept: float, sd_slope: float, seed: int, residual: float = 1.5):
    rng = np.random.default_rng(seed)
    subject = np.repeat(np.arange(40), 6)
    month = np.tile(np.arange(6.0), 40)
    group = (subject % 2).astype(bool)
    lines = rng.normal(size=(40, 2)) * [sd_intercept, sd_slope]
    y = 40 - month + 0.2 * group * month + lines[subject, 0] + lines[subject, 1] * month
    return y + rng.normal(0, residual, len(y)), month, subject, group


# statsmodels tries several optimisers and often says that none converged.
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_fit_is_at_least_as_likely_as_that_of_statsmodels(seed):
    y, month, subject, group = simulated(4, 0.4, seed)
    data = pd.DataFrame({"y": y, "month": month, "g": group.astype(float)})
    theirs = smf.mixedlm(
        "y ~ month * g", data, groups=subject, re_formula="~month"
    ).fit(reml=True)
    ours = fit_mixed_model(y, month, subject, group)
    assert ours.estimate[[0, 1]] == pytest.approx(
        theirs.params[["Intercept", "month"]].to_numpy(), rel=1e-3
    )
    assert ours.log_likelihood >= theirs.llf - 1e-4


def test_without_variance_between_subjects_the_fit_is_the_ordinary_regression():
    y, month, subject, group = simulated(0, 0, seed=1)
    # Taking the mean line out of every subject leaves less than none between them.
    X = np.column_stack([np.ones_like(y), month])
    for one in np.unique(subject):
        own = subject == one
        y[own] -= X[own] @ np.linalg.lstsq(X[own], y[own], rcond=None)[0]
    y += 40 - month
    found = fit_mixed_model(y, month, subject, group)
    assert found.note == (
        "on the boundary: no variance of the random intercept and slope"
    )
    full = np.column_stack([X, group, group * month])
    assert found.estimate == pytest.approx(
        np.linalg.lstsq(full, y, rcond=None)[0], abs=1e-6
    )


def test_lines_that_rise_with_their_intercept_lie_on_the_boundary():
    # The residuals leave the lines of all subjects alone, and with them the rank of
    # their covariance: one.
    rng = np.random.default_rng(0)
    subject = np.repeat(np.arange(40), 6)
    month = np.tile(np.arange(6.0), 40)
    u = rng.normal(size=40)[subject]
    residual = rng.normal(0, 1.5, len(u))
    X = np.column_stack([np.ones(6), month[:6]])
    for own in residual.reshape(40, 6):
        own -= X @ np.linalg.lstsq(X, own, rcond=None)[0]
    y = 40 - month + 3 * u + 0.4 * u * month + residual
    found = fit_mixed_model(y, month, subject, subject % 2 == 1)
    assert found.note == (
        "on the boundary: the random effects are perfectly correlated"
    )
    assert abs(found.correlation) == pytest.approx(1)


def test_units_of_time_scale_slopes_and_nothing_else():
    y, month, subject, group = simulated(4, 0.4, seed=5)
    plain = fit_mixed_model(y, month, subject, group)
    scaled = fit_mixed_model(y, month * 30, subject, group)
    units = np.array([1, 30, 1, 30])
    assert scaled.estimate * units == pytest.approx(plain.estimate, rel=1e-5)
    assert scaled.se * units == pytest.approx(plain.se, rel=1e-5)
    assert scaled.sd_slope * 30 == pytest.approx(plain.sd_slope, rel=1e-4)


@pytest.mark.parametrize(
    ("take", "message"),
    [
        (lambda s, m: s % 2 == 0, "two subjects in each group"),
        (lambda s, m: (s % 2 == 0) | (s == 1), "two subjects in each group"),
        (lambda s, m: m < 2, "more than two assessments"),
        (lambda s, m: (s % 2 == 0) | (m == 3), "times that vary in each group"),
    ],
)
def test_what_the_model_cannot_estimate_is_an_error(take, message):
    y, month, subject, group = simulated(4, 0.4, seed=5)
    kept = take(subject, month)
    with pytest.raises(ValueError, match=message):
        fit_mixed_model(y[kept], month[kept], subject[kept], group[kept])


def test_subjects_that_lie_on_their_lines_leave_no_residual():
    y, month, subject, group = simulated(4, 0.4, seed=5, residual=0.0)
    with pytest.raises(ValueError, match="leave nothing to the residual"):
        fit_mixed_model(y, month, subject, group)
