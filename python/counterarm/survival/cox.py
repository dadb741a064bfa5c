"""Cox regression equal to R's `coxph`: ties, strata, left truncation, clusters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    check_level,
    columns_of,
)
from counterarm.display import Printed
from counterarm.survival._cox_text import cox_text
from counterarm.survival._design import Design, build_design
from counterarm.survival._risk_sets import (
    PartialLikelihood,
    information,
    partial_likelihood,
    score_residuals,
)
from counterarm.survival._robust import Cluster, cluster_codes, outer_products
from counterarm.svg import Svg

Ties = Literal["efron", "breslow"]

MAX_ITERATIONS = 50
# a Newton step this small, relative to a coefficient per SD, ends the search
STEP_TOLERANCE = 1e-10
LONGEST_STEP = 5.0
# the log likelihood has less than this to gain although a coefficient still moves: the
# sign by which R, too, knows an infinite coefficient
FLAT_TOLERANCE = 1e-7
MOVING_TOLERANCE = 1e-4
NOT_POSITIVE = "the two-way clustered variance is not positive; no standard error"


@dataclass(frozen=True, eq=False, repr=False)
class CoxFit(Printed):
    """A fitted Cox model; arrays have one element per term, in the order of `names`.

    `se`, `z`, `p_value`, the limits and `covariance` follow `variance`: `naive` (the
    inverse information), `robust` (each row its own cluster) or `cluster`.
    `log_likelihood` is (at 0, at the estimate), `score_statistic` the chi-square of the
    score test at 0. `is_finite` is False for each coefficient that may be infinite;
    then `converged` is False and `warning` gives the reason. `warning` is empty
    otherwise.
    """

    names: tuple[str, ...]
    coef: FloatArray
    se: FloatArray
    naive_se: FloatArray
    robust_se: FloatArray | None
    z: FloatArray
    p_value: FloatArray
    hazard_ratio: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    covariance: FloatArray
    log_likelihood: tuple[float, float]
    variance: Literal["naive", "robust", "cluster"]
    ties: Ties
    conf_level: float
    n: int
    n_events: int
    n_clusters: int | None
    iterations: int
    is_finite: BoolArray
    converged: bool
    warning: str
    score_statistic: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row per term: coefficient, hazard ratio, interval, test, rules."""
        return pd.DataFrame(
            {
                "term": self.names,
                "coef": self.coef,
                "se": self.se,
                "hazard_ratio": self.hazard_ratio,
                "ci_low": self.ci_low,
                "ci_high": self.ci_high,
                "z": self.z,
                "p_value": self.p_value,
                "conf_level": self.conf_level,
                "variance": self.variance,
                "ties": self.ties,
            }
        )

    def plot(self) -> Svg:
        """Draw the hazard ratios with their intervals: the report's forest plot."""
        from counterarm.plots import hazard_ratio_plot

        return hazard_ratio_plot(self.to_frame(), self.conf_level)

    def __str__(self) -> str:
        """Return what R's `summary(coxph)` prints, but for call and concordance."""
        return cox_text(self)


def fit_cox(
    time: ArrayLike,
    event: ArrayLike,
    covariates: Any,
    *,
    data: pd.DataFrame | None = None,
    names: Sequence[str] | None = None,
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cluster: Cluster = None,
    weights: ArrayLike | None = None,
    robust: bool | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> CoxFit:
    """Fit a Cox model by Newton's method to the last digits.

    `time` (any unit; only the order counts, so R's zero and negative times are
    allowed) and `event` (1 event, 0 censored) have one element per row; `covariates`
    is rows x terms, named by `names`, or a DataFrame. Any of them, and `entry`,
    `strata`, `cluster` and `weights`, may be the name of a column of `data`,
    `covariates` a list of names; text and categories become 0/1 columns, the first
    level being the reference. A row is at risk at t if `entry` < t <= `time`;
    without `entry`, from the start. `strata` have their own baseline hazards.
    `weights` are case weights above 0. `cluster` gives the robust variance summed over
    clusters, without a small-sample factor; `robust=True` takes each row as a cluster
    and is, as in R, the default when a weight is not a whole number.

    Rows may be clustered in two ways at once, `cluster` being a tuple: where a control
    serves in several matched sets, rows of one set and rows of one subject are
    correlated. The variance is then that by the first, plus that by the second, minus
    that by both together, and `n_clusters` the smaller number of clusters. It can be
    negative in small samples: the standard error is NaN, with a `warning`.

    ValueError, naming the array or the term: missing values, no events, entry not
    before time, a term that is constant, that does not vary within any risk set, or
    that the terms before it determine, and no stratum with a comparison to make.
    Monotone likelihood is not an error: see `warning`.

    Source: R `survival::coxph`; Efron 1977, Lin & Wei 1989. Two ways: Cameron, Gelbach
    & Miller 2011; R `sandwich::vcovCL(fit, cluster = ~ set + id, cadjust = FALSE)`.
    With sandwich's defaults each of the three parts is first multiplied by its
    g / (g - 1), g being its number of clusters.
    """
    (cluster,) = columns_of(data, cluster=cluster)
    (fit,) = fit_variances(
        time,
        event,
        covariates,
        [(cluster, robust)],
        data=data,
        names=names,
        entry=entry,
        strata=strata,
        weights=weights,
        ties=ties,
        conf_level=conf_level,
    )
    if isinstance(fit, ValueError):
        raise fit
    return fit


def fit_variances(
    time: ArrayLike,
    event: ArrayLike,
    covariates: Any,
    variances: Iterable[tuple[Cluster, bool | None]],
    *,
    data: pd.DataFrame | None = None,
    names: Sequence[str] | None = None,
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> list[CoxFit | ValueError]:
    """Fit one model in several variances, each a pair of `cluster` and `robust`.

    The coefficients, which all of them share, are found once. Arguments and errors are
    those of `fit_cox`, but that an error of one variance stands in its place, and that
    no cluster is the name of a column.
    """
    check_level(conf_level)
    design = build_design(
        time,
        event,
        covariates,
        names=names,
        data=data,
        entry=entry,
        strata=strata,
        weights=weights,
        ties=ties,
    )
    solution = solve(design)
    return [
        _in_variance(design, solution, *variance, ties=ties, conf_level=conf_level)
        for variance in variances
    ]


def _in_variance(
    design: Design,
    solution: "Solution",
    cluster: Cluster,
    robust: bool | None,
    *,
    ties: Ties,
    conf_level: float,
) -> CoxFit | ValueError:
    """Return a fit in one variance, or why there is none."""
    if cluster is not None and robust is False:
        return ValueError("robust: False contradicts cluster")
    is_robust = design.has_fractional_weights if robust is None else robust
    clusters = None
    if cluster is not None or is_robust:
        try:
            clusters = cluster_codes(cluster, design.n)
        except ValueError as error:
            return error
    units = np.outer(design.scale, design.scale)
    covariance = solution.covariance / units
    naive_se = _root_of_diagonal(solution.covariance) / design.scale
    robust_se, n_clusters = None, None
    variance: Literal["naive", "robust", "cluster"] = "naive"
    warning = solution.warning
    if clusters is not None:
        variance = "robust" if cluster is None else "cluster"
        robust_covariance = outer_products(_dfbeta(design, solution), clusters)
        covariance = robust_covariance / units
        n_clusters = min(int(way.max()) + 1 for way in clusters)
        robust_se = _root_of_diagonal(robust_covariance) / design.scale
        if len(clusters) == 2:
            robust_se = np.where(robust_se > 0, robust_se, np.nan)
            if np.isnan(robust_se).any() and not warning:
                warning = NOT_POSITIVE
    se = naive_se if robust_se is None else robust_se
    coef = solution.beta / design.scale
    half_width = ndtri(0.5 + conf_level / 2) * se
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        z = coef / se
        return CoxFit(
            names=design.names,
            coef=coef,
            se=se,
            naive_se=naive_se,
            robust_se=robust_se,
            z=z,
            p_value=2 * ndtr(-np.abs(z)),
            hazard_ratio=np.exp(coef),
            ci_low=np.exp(coef - half_width),
            ci_high=np.exp(coef + half_width),
            covariance=covariance,
            log_likelihood=(solution.null_log_likelihood, solution.at.log_likelihood),
            variance=variance,
            ties=ties,
            conf_level=conf_level,
            n=design.n,
            n_events=design.n_events,
            n_clusters=n_clusters,
            iterations=solution.iterations,
            is_finite=solution.is_finite,
            converged=not solution.warning,
            warning=warning,
            score_statistic=solution.score_statistic,
        )


@dataclass(frozen=True)
class Solution:
    """The maximum of the partial likelihood, in the units of `Design.Z`."""

    beta: FloatArray
    covariance: FloatArray
    at: PartialLikelihood
    null_log_likelihood: float
    iterations: int
    is_finite: BoolArray
    warning: str
    score_statistic: float


def solve(design: Design) -> Solution:
    """Newton's method with step-halving, from 0.

    It ends when the step is negligible. If the log likelihood is flat first while a
    coefficient still moves, that coefficient may be infinite (as R warns).
    """
    sets, Z = design.sets, design.Z
    beta = np.zeros(Z.shape[1])
    at = partial_likelihood(sets, Z, beta)
    null_log_likelihood = at.log_likelihood
    warning, is_finite = "", np.ones(Z.shape[1], bool)
    covariance, step = _newton_step(design, at)
    score_statistic = float(at.score @ covariance @ at.score)
    iteration = 0
    while iteration < MAX_ITERATIONS:
        iteration += 1
        at, taken = _uphill(design, at, beta, step)
        beta = beta + taken
        covariance, step = _newton_step(design, at)
        size = np.abs(step) / (1 + np.abs(beta))
        if size.max() <= STEP_TOLERANCE:
            beta = beta + step
            at = partial_likelihood(sets, Z, beta)
            break
        flat = abs(step @ at.score) <= FLAT_TOLERANCE
        # near a maximum each step is far shorter than the last; True for NaN
        moving = ~((size <= MOVING_TOLERANCE) | (np.abs(step) < np.abs(taken) / 2))
        if moving.any() and (flat or np.isnan(step).any()):
            is_finite = ~moving
            terms = ", ".join(np.array(design.names)[moving])
            warning = (
                f"log likelihood converged before {terms}; coefficient may be infinite"
            )
            break
    else:
        is_finite = size <= STEP_TOLERANCE
        terms = ", ".join(np.array(design.names)[~is_finite])
        warning = (
            f"did not converge in {MAX_ITERATIONS} iterations: {terms}; "
            "coefficient may be infinite"
        )
    return Solution(
        beta=beta,
        covariance=covariance,
        at=at,
        null_log_likelihood=null_log_likelihood,
        iterations=iteration,
        is_finite=is_finite,
        warning=warning,
        score_statistic=score_statistic,
    )


def _newton_step(
    design: Design, at: PartialLikelihood
) -> tuple[FloatArray, FloatArray]:
    """Inverse information and the step to the maximum of the local parabola.

    An infinite coefficient leaves the information singular in the end: NaN, or a step
    of rounding errors, which is cut to `LONGEST_STEP`.
    """
    matrix = information(design.sets, design.Z, at)
    try:
        covariance = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        covariance = np.full_like(matrix, np.nan)
    step = covariance @ at.score
    longest = np.abs(step).max()
    return covariance, step * min(1.0, LONGEST_STEP / longest) if longest else step


def _uphill(
    design: Design, start: PartialLikelihood, beta: FloatArray, step: FloatArray
) -> tuple[PartialLikelihood, FloatArray]:
    """Halve the step until the log likelihood does not fall; no step if it always does.

    A fall of a few rounding errors is none.
    """
    least = start.log_likelihood - 1e-12 * max(1.0, abs(start.log_likelihood))
    for _ in range(30):
        at = partial_likelihood(design.sets, design.Z, beta + step)
        if at.log_likelihood >= least:  # False for NaN
            return at, step
        step = step / 2
    return start, np.zeros_like(step)


def _root_of_diagonal(covariance: FloatArray) -> FloatArray:
    """Return standard errors; NaN where a variance is negative or has no digits."""
    variances = np.diag(covariance)
    return np.sqrt(np.where(variances >= 0, variances, np.nan))


def _dfbeta(design: Design, solution: Solution) -> FloatArray:
    """Return each row's influence on the coefficients, case weight included.

    Rows x terms, in the caller's order, 0 for rows that are never at risk at an event;
    their sandwich is that of Lin & Wei 1989.
    """
    sets = design.sets
    residuals = score_residuals(sets, design.Z, solution.at)
    influence = np.zeros((design.n, residuals.shape[1]))
    influence[sets.rows] = (sets.weight[:, None] * residuals) @ solution.covariance
    return influence
