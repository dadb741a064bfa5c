"""Survival beyond the follow-up: parametric distributions, as NICE asks for them."""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    columns_of,
    follow_up,
    positive_weights,
)
from counterarm.display import Printed
from counterarm.ratios import exp
from counterarm.survival._distributions import (
    Distribution,
    Exponential,
    GeneralisedGamma,
    Gompertz,
    LogLogistic,
    LogNormal,
    Spline,
    Weibull,
)
from counterarm.survival._likelihood import (
    Loss,
    SplineLoss,
    gradient,
    is_maximum,
    maximum,
)
from counterarm.survival.rmst import Influence

SIMPLE: dict[str, Distribution] = {
    "exponential": Exponential(),
    "weibull": Weibull(),
    "gompertz": Gompertz(),
    "log_normal": LogNormal(),
    "log_logistic": LogLogistic(),
    "generalised_gamma": GeneralisedGamma(),
}
# Natural cubic splines of the log cumulative hazard, by the number of inner knots.
SPLINES = {f"spline_{k}": k for k in (1, 2, 3)}
DISTRIBUTIONS = (*SIMPLE, *SPLINES)
# lifelines' class and its names of our parameters; its exponential has a scale.
BY_LIFELINES = {
    "exponential": ("ExponentialFitter", ("lambda_",)),
    "weibull": ("WeibullFitter", ("rho_", "lambda_")),
    "log_normal": ("LogNormalFitter", ("mu_", "sigma_")),
    "log_logistic": ("LogLogisticFitter", ("beta_", "alpha_")),
}


@dataclass(frozen=True)
class MeanTime:
    """A mean, its standard error and interval; without an end all of them are NaN."""

    estimate: float
    std_err: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, repr=False)
class ParametricFit(Printed):
    """A distribution fitted to one group.

    `names`, `estimate` and `std_err` are the parameters as R's flexsurv has them, the
    errors by the delta method; `covariance` is that of the free parameters (logs of the
    positive ones). `log_likelihood` is of the times themselves, `aic` and `bic` rest on
    it, with the number of subjects. `knots` are those of a spline, in time. `last_time`
    is where follow-up ends: what lies beyond is extrapolation. With weights there are
    no errors and no criteria. `influence` is that of each row (weight included) on the
    free parameters, rows x parameters, NaN without a maximum. `note` says what is
    missing and why.
    """

    distribution: str
    names: tuple[str, ...]
    estimate: FloatArray
    std_err: FloatArray
    covariance: FloatArray
    log_likelihood: float
    aic: float
    bic: float
    n: int
    n_events: int
    last_time: float
    knots: tuple[float, ...]
    converged: bool
    note: str
    influence: FloatArray

    @property
    def _shape(self) -> Distribution:
        return shape_of(self.distribution, self.knots)

    def survival(self, time: ArrayLike) -> FloatArray:
        """Return the fitted share without an event at each time, 1 at 0."""
        times = np.asarray(time, dtype=float)
        found = np.ones_like(times)
        later = times > 0
        free = self._shape.theta(self.estimate)
        with np.errstate(over="ignore"):
            found[later] = np.exp(self._shape.log_survival(free, times[later]))
        return found

    def mean(self, *, conf_level: float = 0.95) -> MeanTime:
        """Return the mean over all time, of which most may lie beyond follow-up.

        The interval is that of its log, by the delta method. All NaN where the fitted
        distribution has no finite mean.
        """
        return self._interval(self._shape.mean, conf_level)

    def restricted_mean(self, tau: float, *, conf_level: float = 0.95) -> MeanTime:
        """Return the mean of the time up to `tau`, the interval as that of `mean`."""
        if not (np.isfinite(tau) and tau > 0):
            raise ValueError(f"tau: {tau} is not a positive number")
        found = self._interval(lambda free: self._shape.area(free, tau), conf_level)
        high = min(found.ci_high, tau) if found.ci_high == found.ci_high else math.nan
        return MeanTime(found.estimate, found.std_err, found.ci_low, high)

    def mean_influence(self, tau: float | None = None) -> Influence:
        """Return the mean, up to `tau` if given, and each row's influence on it.

        The sum of squares is the robust (sandwich) variance, as that of R's `survreg`
        with `robust = TRUE`; summed over clusters first, that with `cluster`.
        ValueError where there is no finite mean or no maximum of the likelihood.
        """
        free = self._shape.theta(self.estimate)

        def of(at: FloatArray) -> float:
            return self._shape.mean(at) if tau is None else self._shape.area(at, tau)

        value = of(free)
        if not (self.converged and np.isfinite(value)):
            raise ValueError("no finite mean: there is no influence on it")
        slope = value * gradient(lambda at: math.log(of(at)), free)
        return Influence(value, self.influence @ slope)

    def median(self) -> float:
        """Return the time at which half have had the event; NaN if they never do.

        NaN, too, where the fit did not converge.
        """
        if not self.converged:
            return math.nan
        low, high = 0.0, self.last_time
        while self.survival([high])[0] > 0.5:
            low, high = high, 2 * high
            if high > 1e12:
                return math.nan
        for _ in range(200):
            middle = (low + high) / 2
            if self.survival([middle])[0] > 0.5:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def _interval(
        self, of: Callable[[FloatArray], float], conf_level: float
    ) -> MeanTime:
        free = self._shape.theta(self.estimate)
        value = of(free)
        if not np.isfinite(value):
            return MeanTime(*(math.nan,) * 4)
        slope = gradient(lambda at: math.log(of(at)), free)
        error = float(np.sqrt(slope @ self.covariance @ slope))
        factor = exp(norm.ppf(0.5 + conf_level / 2) * error)
        return MeanTime(value, value * error, value / factor, value * factor)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per parameter: parameter, estimate, std_err."""
        return pd.DataFrame(
            {
                "parameter": self.names,
                "estimate": self.estimate,
                "std_err": self.std_err,
            }
        )

    def __str__(self) -> str:
        """Return the parameters, the log likelihood and AIC, as flexsurv prints."""
        return (
            f"{self.distribution}, n = {self.n}, events = {self.n_events}\n"
            f"{self.to_frame().to_string(index=False)}\n"
            f"log likelihood {self.log_likelihood:.4f}, AIC {self.aic:.4f}"
        )


def fit_distribution(
    time: ArrayLike,
    event: ArrayLike,
    distribution: str,
    *,
    data: pd.DataFrame | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> ParametricFit:
    """Fit a distribution of `DISTRIBUTIONS` to one group by maximum likelihood.

    One element per subject, or names of columns of `data`; times above 0, in any unit.
    `entry` is delayed entry: the likelihood is conditional on being without the event
    then. With `weights` it is weighted and has neither errors nor AIC.

    exponential, weibull, log_normal and log_logistic are lifelines' fits; where the
    likelihood has no maximum at the point at which lifelines stops, the fit goes on
    from there. lifelines has no Gompertz; its
    splines stop before the maximum (breast cancer data, two knots: -848.2502 for
    -848.2461) or far from it, and its generalised gamma, which it calls experimental,
    in the fourth digit: these three are fitted here, by a trust region.
    Inner knots are at equal quantiles of the log event times, boundaries at the first
    and last of them, as in flexsurv.

    ValueError for an unknown name, times that are not above 0, no event, and fewer
    distinct event times than a spline has knots. Source: Jackson 2016
    (10.18637/jss.v070.i08); Royston and Parmar 2002; Latimer 2011 (NICE DSU TSD 14).
    """
    time, event, entry, weights = columns_of(
        data, time=time, event=event, entry=entry, weights=weights
    )
    if distribution not in DISTRIBUTIONS:
        raise ValueError(
            f"distribution: {distribution!r} is none of {', '.join(DISTRIBUTIONS)}"
        )
    times, events, entries = follow_up(time, event, entry)
    if times.min() <= 0 or (entries is not None and entries.min() < 0):
        raise ValueError("time: all must be above 0, and none may enter before 0")
    if not events.any():
        raise ValueError("event: no subject has an event")
    weight = positive_weights(weights, len(times))
    knots: tuple[float, ...] = ()
    if distribution in SPLINES:
        knots = spline_knots(times[events], SPLINES[distribution])
    shape = shape_of(distribution, knots)
    # times of size 1, so that one step of differences suits every parameter
    by = float(np.exp(np.mean(np.log(times[events]))))
    own = shape.moved(1 / by) if isinstance(shape, Spline) else shape
    kind = SplineLoss if isinstance(own, Spline) else Loss
    loss = kind(
        own, times / by, events, weight, None if entries is None else entries / by
    )
    if distribution in BY_LIFELINES:
        free = _by_lifelines(distribution, times, events, entries, weight)
        free = shape.rescaled(free, 1 / by)
        converged = is_maximum(loss, free)
        if not converged and np.isfinite(free).all():
            free, converged = maximum(loss, free)
    else:
        rate = float(weight[events].sum() / np.sum(weight * times / by))
        free, converged = maximum(loss, _start(own, rate))
    notes = [] if converged else ["did not converge"]
    covariance = np.full((len(free), len(free)), math.nan)
    influence = np.full((len(times), len(free)), math.nan)
    if converged:
        inverse = np.linalg.pinv(loss.hessian(free), hermitian=True)
        back = _linear(own, by)
        influence = loss.scores(free) @ inverse @ back.T
    if converged and weights is None:
        covariance = back @ inverse @ back.T
        if not (np.diag(covariance) > 0).all():
            covariance[:] = math.nan
            notes.append("no standard errors: the likelihood is flat")
    if weights is not None:
        notes.append("weighted: no standard errors, no AIC")
    # of the times themselves, in their unit
    log_likelihood = -loss(free) - float(weight[events].sum()) * math.log(by)
    free = own.rescaled(free, by)
    natural = shape.natural(free) if converged else np.full(len(free), math.nan)
    slopes = np.where(shape.is_positive, natural, 1.0)
    log_likelihood = log_likelihood if converged else math.nan
    is_plain = weights is None
    return ParametricFit(
        distribution=distribution,
        names=shape.names,
        estimate=natural,
        std_err=slopes * np.sqrt(np.diag(covariance)),
        covariance=covariance,
        log_likelihood=log_likelihood,
        aic=2 * len(free) - 2 * log_likelihood if is_plain else math.nan,
        bic=len(free) * math.log(len(times)) - 2 * log_likelihood
        if is_plain
        else math.nan,
        n=len(times),
        n_events=int(events.sum()),
        last_time=float(times.max()),
        knots=knots,
        converged=converged,
        note="; ".join(notes),
        influence=influence,
    )


def shape_of(distribution: str, knots: tuple[float, ...] = ()) -> Distribution:
    """Return the distribution of a name; of a spline with its knots."""
    return SIMPLE[distribution] if distribution in SIMPLE else Spline(tuple(knots))


def spline_knots(event_times: FloatArray, inner: int) -> tuple[float, ...]:
    """Return the knots: the first and last event, and equal quantiles between.

    Quantiles of the log times by R's type 7. ValueError where two fall together.
    """
    logs = np.log(event_times)
    knots = np.exp(np.quantile(logs, np.linspace(0, 1, inner + 2)))
    if (np.diff(knots) <= 0).any():
        raise ValueError(f"event: too few distinct times for {inner} inner knots")
    return tuple(float(knot) for knot in knots)


def _start(of: Distribution, rate: float) -> FloatArray:
    """Return the exponential distribution of this rate, as one of `of`."""
    if isinstance(of, Gompertz):
        return np.array([0.0, math.log(rate)])
    if isinstance(of, GeneralisedGamma):
        return np.array([-math.log(rate), 0.0, 1.0])
    return np.r_[math.log(rate), 1.0, np.zeros(len(of.names) - 2)]


def _by_lifelines(
    distribution: str,
    times: FloatArray,
    events: BoolArray,
    entries: FloatArray | None,
    weight: FloatArray,
) -> FloatArray:
    """Return lifelines' fit on the free scale, NaN where it has none."""
    # a second of imports, which only those who extrapolate wait for
    import lifelines

    fitter, parameters = BY_LIFELINES[distribution]
    shape = SIMPLE[distribution]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fit = getattr(lifelines, fitter)().fit(
                times,
                events,
                timeline=[1.0],
                entry=entries,
                weights=weight,
                # by default it stops in the fifth digit of the parameters
                fit_options={"ftol": 1e-14, "gtol": 1e-10},
            )
        except lifelines.exceptions.ConvergenceError:
            return np.full(len(shape.names), math.nan)
    free = shape.theta(np.array([getattr(fit, name) for name in parameters]))
    return -free if distribution == "exponential" else free


def _linear(of: Distribution, factor: float) -> FloatArray:
    """Return the matrix of the change of parameters when times change their unit."""
    zero = np.zeros(len(of.names))
    base = of.rescaled(zero, factor)
    return np.column_stack(
        [of.rescaled(one, factor) - base for one in np.eye(len(zero))]
    )
