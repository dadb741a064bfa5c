"""Parametric survival: R, the numbers that flexsurv and Stata print, closed forms."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from counterarm.survival import DISTRIBUTIONS, fit_distribution
from counterarm.survival._likelihood import Loss, SplineLoss, gradient
from counterarm.survival.extrapolation import ParametricFit, shape_of, spline_knots

GOLDEN = Path(__file__).parents[1] / "golden"

WANTED = (
    pd.read_csv(GOLDEN / "extrapolation.csv")
    .set_index(["data", "distribution"])
    .sort_index()
)
OVARIAN = pd.read_csv(GOLDEN / "data" / "ovarian.csv")
BREAST = pd.read_csv(GOLDEN / "data" / "gbsg.csv").assign(
    years=lambda frame: frame["rfstime"] / 365
)
DATA = {
    "ovarian": (OVARIAN, "futime", "fustat"),
    "gbsg": (BREAST, "years", "status"),
}


@pytest.fixture(scope="module")
def fits() -> dict[tuple[str, str], ParametricFit]:
    return {
        (name, distribution): fit_distribution(time, event, distribution, data=frame)
        for name, (frame, time, event) in DATA.items()
        for distribution in DISTRIBUTIONS
    }


@pytest.mark.parametrize("key", sorted(set(WANTED.index)), ids="-".join)
def test_parameters_and_means_are_those_of_r(fits, key):
    wanted = WANTED.loc[key].set_index("name")["value"]
    fit = fits[key]
    assert fit.log_likelihood == pytest.approx(wanted["log_likelihood"], abs=2e-7)
    # optim stops in the fifth digit
    assert fit.estimate == pytest.approx(wanted[list(fit.names)].to_numpy(), rel=3e-5)
    tau = 2 * fit.last_time
    assert fit.restricted_mean(tau).estimate == pytest.approx(wanted["area"], rel=5e-6)
    assert fit.survival([tau])[0] == pytest.approx(wanted["survival"], rel=5e-5)


def test_the_generalised_gamma_is_the_one_that_flexsurv_prints(fits):
    # ?flexsurvreg: est, se, log likelihood and AIC of Surv(futime, fustat) ~ 1
    fit = fits["ovarian", "generalised_gamma"]
    assert fit.names == ("mu", "sigma", "Q")
    assert fit.estimate == pytest.approx([6.426, 1.426, -0.766], abs=2e-3)
    assert fit.std_err == pytest.approx([0.736, 0.345, 1.313], abs=1.5e-3)
    assert fit.log_likelihood == pytest.approx(-96.94907, abs=5e-6)
    assert fit.aic == pytest.approx(199.8981, abs=5e-5)


@pytest.mark.parametrize(
    ("distribution", "log_likelihood", "aic"),
    [("weibull", -97.9539, 199.9078), ("exponential", -98.0322, 198.0644)],
)
def test_other_fits_of_that_page(fits, distribution, log_likelihood, aic):
    fit = fits["ovarian", distribution]
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=5e-5)
    assert fit.aic == pytest.approx(aic, abs=5e-5)


def test_the_spline_is_the_one_of_statas_stpm(fits):
    # flexsurv's tests, copied from Stata; knots at Stata's centiles, so two digits
    fit = fits["gbsg", "spline_2"]
    assert fit.estimate == pytest.approx(
        [-1.728339, 3.476179, 0.567432, -0.3420749], rel=0.03
    )
    events = BREAST.loc[BREAST["status"] == 1, "years"]
    assert fit.log_likelihood + np.log(events).sum() == pytest.approx(
        -674.75128, abs=0.01
    )


@pytest.mark.parametrize(
    ("entry", "log_likelihood"), [(1.9, -400.3556493114977), (0, -432.9048860461514)]
)
def test_delayed_entry_conditions_on_it(entry, log_likelihood):
    """flexsurv's tests: those of more than two years, seen from year 1.9 on."""
    late = BREAST[BREAST["years"] > 2].assign(entry=float(entry))
    fit = fit_distribution("years", "status", "weibull", data=late, entry="entry")
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=5e-7 * 400)


def test_our_own_fits_condition_on_entry_as_lifelines_does():
    """Q 1 is Weibull, whose likelihood is lifelines'; a spline can only fit better."""
    late = BREAST[BREAST["years"] > 2].assign(entry=1.9)
    weibull = fit_distribution("years", "status", "weibull", data=late, entry="entry")
    a, b = weibull.estimate
    shape = shape_of("generalised_gamma")
    free = shape.theta(np.array([math.log(b), 1 / a, 1.0]))
    time, event = late["years"].to_numpy(), late["status"].to_numpy() == 1
    loss = Loss(shape, time, event, np.ones(len(time)), np.full(len(time), 1.9))
    assert -loss(free) == pytest.approx(weibull.log_likelihood, abs=1e-7)
    wider = fit_distribution("years", "status", "spline_1", data=late, entry="entry")
    assert wider.log_likelihood > weibull.log_likelihood


def test_the_derivatives_of_a_spline_are_those_of_its_likelihood():
    late = BREAST[BREAST["years"] > 2]
    time, event = late["years"].to_numpy(), late["status"].to_numpy() == 1
    shape = shape_of("spline_2", spline_knots(time[event], 2))
    parts = (shape, time, event, np.linspace(0.5, 2, len(time)), time / 2)
    exact, rough = SplineLoss(*parts), Loss(*parts)
    at = np.array([-1.5, 1.8, 0.02, -0.01])
    assert exact.gradient(at) == pytest.approx(rough.gradient(at), rel=1e-4, abs=1e-3)
    rows = np.array(
        [gradient(lambda x, i=i: exact.gradient(x)[i], at) for i in range(4)]
    )
    assert exact.hessian(at) == pytest.approx(rows, rel=1e-4, abs=1e-3)


def test_the_fixed_gompertz_of_flexsurvs_tests():
    """Shape 0.001 and rate 1 / mean(time): flexsurv's starting values, not fitted."""
    shape = shape_of("gompertz")
    time, event = OVARIAN["futime"].to_numpy(float), OVARIAN["fustat"] == 1
    free = shape.theta(np.array([0.001, 1 / time.mean()]))
    total = shape.log_survival(free, time).sum()
    total += shape.log_hazard(free, time[event]).sum()
    assert total == pytest.approx(-112.8294446076947, abs=1e-9)


@pytest.mark.parametrize(
    ("distribution", "natural", "mean"),
    [
        ("exponential", [0.25], 4),
        # Gamma(1.5) is half the root of pi
        ("weibull", [2, 3], 3 * math.sqrt(math.pi) / 2),
        ("log_normal", [1, 0.5], math.exp(1.125)),
        # pi / 2 over the sine of a right angle
        ("log_logistic", [2, 4], 4 * math.pi / 2),
        ("log_logistic", [1, 4], math.inf),
        # Gamma(201) and exp(800) are finite, but no floats
        ("weibull", [0.005, 1], math.inf),
        ("log_normal", [0, 40], math.inf),
        # e E1(1) = 0.596347, Gompertz's constant
        ("gompertz", [1, 1], 0.596347362323194),
        ("gompertz", [-0.5, 1], math.inf),
        ("generalised_gamma", [1, 0.5, 0], math.exp(1.125)),
        # Q 1 is Weibull with shape 1 / sigma; Q sigma is gamma: exp(mu)
        ("generalised_gamma", [math.log(3), 0.5, 1], 3 * math.sqrt(math.pi) / 2),
        ("generalised_gamma", [2, 0.5, 0.5], math.exp(2)),
        ("generalised_gamma", [2, 1, -1], math.inf),
    ],
)
def test_means_are_those_of_the_books(distribution, natural, mean):
    shape = shape_of(distribution)
    free = shape.theta(np.array(natural, float))
    assert shape.mean(free) == pytest.approx(mean, rel=1e-9)
    if math.isfinite(mean):
        # the area to a far end, by the same nodes as a restricted mean
        assert shape.area(free, 1e6) == pytest.approx(mean, rel=1e-5)


@pytest.mark.parametrize("name", ["ovarian", "gbsg"])
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_the_density_is_the_slope_of_survival(fits, name, distribution):
    fit = fits[name, distribution]
    shape = shape_of(distribution, fit.knots)
    free = shape.theta(fit.estimate)
    time = np.linspace(0.05, 3, 40) * fit.last_time
    step = 1e-5 * fit.last_time
    survival = [np.exp(shape.log_survival(free, time + h)) for h in (step, -step)]
    density = np.exp(shape.log_hazard(free, time) + shape.log_survival(free, time))
    assert (survival[1] - survival[0]) / (2 * step) == pytest.approx(density, rel=1e-5)
    area = quad(lambda t: fit.survival([t])[0], 0, fit.last_time, limit=200)[0]
    assert fit.restricted_mean(fit.last_time).estimate == pytest.approx(area, rel=1e-7)


def test_a_generalised_gamma_near_the_log_normal_loses_no_digits():
    shape, limit = shape_of("generalised_gamma"), shape_of("log_normal")
    time = np.array([0.5, 1.0, 4.0, 40.0])
    at = np.array([1.0, math.log(0.8)])
    for q in (1e-8, 1e-6, -1e-6, 1e-4):
        near = shape.log_hazard(np.r_[at, q], time)
        assert near == pytest.approx(limit.log_hazard(at, time), abs=20 * abs(q) + 1e-8)


def test_half_of_a_log_logistic_have_the_event_at_its_scale(fits):
    fit = fits["ovarian", "log_logistic"]
    assert fit.median() == pytest.approx(fit.estimate[1], rel=1e-9)
    assert math.isnan(fits["ovarian", "gompertz"].mean().estimate)


def test_the_interval_of_an_exponential_mean_is_that_of_its_log():
    """12 events in 15,588 days: the error of the log mean is 1 / sqrt(12)."""
    fit = fit_distribution("futime", "fustat", "exponential", data=OVARIAN)
    mean = fit.mean()
    assert mean.estimate == pytest.approx(15588 / 12)
    assert mean.std_err == pytest.approx(1299 / math.sqrt(12), rel=1e-6)
    factor = math.exp(1.959963985 / math.sqrt(12))
    assert mean.ci_low == pytest.approx(1299 / factor, rel=1e-6)
    assert mean.ci_high == pytest.approx(1299 * factor, rel=1e-6)
    assert fit.bic == pytest.approx(2 * 98.0322 + math.log(26), abs=1e-4)
    assert fit.restricted_mean(10).ci_high <= 10


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_equal_weights_move_no_estimate(fits, distribution):
    plain = fits["gbsg", distribution]
    twice = np.full(len(BREAST), 2.0)
    fit = fit_distribution("years", "status", distribution, data=BREAST, weights=twice)
    assert fit.estimate == pytest.approx(plain.estimate, rel=1e-5)
    assert fit.log_likelihood == pytest.approx(2 * plain.log_likelihood, rel=1e-8)
    assert np.isnan(fit.std_err).all()
    assert math.isnan(fit.aic)
    assert "weighted" in fit.note


def test_a_weight_of_two_is_a_subject_twice():
    weights = 1.0 + (OVARIAN["futime"] > 400)
    twice = OVARIAN.loc[OVARIAN.index.repeat(weights.astype(int))]
    for distribution in ("weibull", "gompertz"):
        wanted = fit_distribution("futime", "fustat", distribution, data=twice)
        fit = fit_distribution(
            "futime", "fustat", distribution, data=OVARIAN, weights=weights
        )
        assert fit.estimate == pytest.approx(wanted.estimate, rel=1e-6)
        assert fit.log_likelihood == pytest.approx(wanted.log_likelihood, abs=1e-6)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"distribution": "gamma"}, r"^distribution: 'gamma' is none of exponential"),
        ({"time": [0, 1, 2]}, r"^time: all must be above 0"),
        ({"event": [0, 0, 0]}, r"^event: no subject has an event"),
        ({"distribution": "spline_2"}, r"^event: too few distinct times for 2 inner"),
        ({"weights": [1, 1, 0]}, r"^weights: all must be above 0"),
    ],
)
def test_what_cannot_be_fitted_is_refused(changed, match):
    given = {"time": [3, 3, 5], "event": [1, 1, 0], "distribution": "weibull"}
    given |= changed
    with pytest.raises(ValueError, match=match):
        fit_distribution(
            given["time"],
            given["event"],
            given["distribution"],
            weights=given.get("weights"),
        )


@pytest.mark.parametrize(
    "distribution",
    ["weibull", "gompertz", "log_normal", "log_logistic", "generalised_gamma"],
)
def test_a_likelihood_without_a_maximum_did_not_converge(distribution):
    """All die on one day: the density there grows without end."""
    fit = fit_distribution([5] * 10, [1] * 10, distribution)
    assert not fit.converged
    assert fit.note == "did not converge"
    assert np.isnan(fit.estimate).all()
    assert math.isnan(fit.aic)
    assert math.isnan(fit.median())
    assert math.isnan(fit.mean().estimate)


def test_an_interval_beyond_the_largest_float_is_infinite():
    """One of 501 dies: the error of the log of the log-normal mean is about 700."""
    fit = fit_distribution([1] + [3000] * 500, [1] + [0] * 500, "log_normal")
    mean = fit.mean()
    assert fit.converged
    assert mean.std_err / mean.estimate > 400
    assert (mean.ci_low, mean.ci_high) == (0, math.inf)
