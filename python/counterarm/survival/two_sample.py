"""Log-rank tests between groups, plain and weighted, as R's `survdiff` computes them.

One engine serves every weight, strata, delayed entry and case weights: lifelines equals
R for the plain log-rank, but has no stratified test, no delayed entry, and its Peto
weight is another one than rho = 1. The same counts then cannot be read in two ways.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from counterarm.survival._cells import Cells, cells, score_influence, survival_before
from counterarm.survival._inputs import FloatArray, codes, follow_up, numbers
from counterarm.survival._robust import cluster_codes, outer_products

# weight of an event, given the cells of all distinct times
Weight = Callable[[Cells], FloatArray]

WEIGHTS: dict[str, tuple[str, Weight]] = {
    "log_rank": (
        "log-rank (R survdiff rho=0): weight 1",
        lambda found: np.ones(len(found.n_risk)),
    ),
    "peto_g_rho1": (
        "Harrington-Fleming G-rho (R survdiff rho=1): weight S(t-), the pooled "
        "left-continuous Kaplan-Meier",
        survival_before,
    ),
    "gehan_breslow": (
        "Gehan-Breslow: weight n, the number at risk",
        lambda found: found.n_risk,
    ),
    "tarone_ware": (
        "Tarone-Ware: weight sqrt(n), n the number at risk",
        lambda found: np.sqrt(found.n_risk),
    ),
}
HYPERGEOMETRIC = "hypergeometric variance"
ROBUST = "robust variance of the score"
WEIGHTED = f"case weights, {ROBUST}"


@dataclass(frozen=True)
class TestResult:
    """One test between the groups of a sample.

    `observed` and `expected` are weighted event counts (Cox's F: events, and sums of
    scores; tests by ranks: sums of scores, and zero), in the order of `groups`;
    `variance` is the covariance matrix of observed - expected, NaN for Cox's F. `df2`
    is the second of an F's degrees of freedom; a z has neither.
    """

    __test__ = False  # keeps pytest from collecting it

    test: str
    statistic: float
    statistic_kind: str
    df: int | None
    p_value: float
    groups: tuple[Any, ...]
    observed: FloatArray
    expected: FloatArray
    variance: FloatArray
    definition: str
    df2: int | None = None


def log_rank(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: Sequence[ArrayLike] | None = None,
) -> TestResult:
    """Compare two or more groups by the log-rank test; with `strata`, stratified.

    One element per subject; `group` and `strata` are labels of any sortable kind. With
    `entry` a subject is at risk at t if entry < t <= time. With case `weights`, above
    0, or with `clusters` (one or two arrays of labels) counts are weighted and the
    variance is robust, summed over clusters, each row its own without them.

    ValueError for fewer than two groups, no events, missing values, entry not before
    time, or data in which no event happens while two groups are at risk.

    Source: Mantel 1966; R `survdiff(rho = 0)`. Its square root is Statistica's
    Cox-Mantel statistic. Weighted: the robust score test of R
    `coxph(ties = "breslow", weights, cluster)$rscore` (Lin & Wei 1989), the weighted
    log-rank of Xie & Liu 2005 with a variance that holds for any weights.
    """
    return _compare(time, event, group, "log_rank", strata, entry, weights, clusters)


def peto_g_rho1(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: Sequence[ArrayLike] | None = None,
) -> TestResult:
    """Compare groups with early deaths weighted more: R `survdiff(rho = 1)`.

    Arguments and errors are those of `log_rank`. The weight of an event at t is the
    pooled Kaplan-Meier just before t, within the stratum. Source: Harrington &
    Fleming 1982. It is not Peto & Peto's permutation test of Statistica.
    """
    return _compare(time, event, group, "peto_g_rho1", strata, entry, weights, clusters)


def gehan_breslow(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: Sequence[ArrayLike] | None = None,
) -> TestResult:
    """Compare groups with each event weighted by the number at risk.

    Arguments and errors are those of `log_rank`. Source: Gehan 1965 and Breslow 1970,
    with the hypergeometric variance; Gehan's own has the permutation variance.
    """
    return _compare(
        time, event, group, "gehan_breslow", strata, entry, weights, clusters
    )


def tarone_ware(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: Sequence[ArrayLike] | None = None,
) -> TestResult:
    """Compare groups with each event weighted by the root of the number at risk.

    Arguments and errors are those of `log_rank`. Source: Tarone & Ware 1977.
    """
    return _compare(time, event, group, "tarone_ware", strata, entry, weights, clusters)


def fleming_harrington(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    rho: float,
    gamma: float,
    *,
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: Sequence[ArrayLike] | None = None,
) -> TestResult:
    """Compare groups with the weight S(t-)^rho (1 - S(t-))^gamma.

    Arguments and errors are those of `log_rank`; rho and gamma are at least 0. Early
    differences: rho 1, gamma 0; late: 0, 1; in the middle: 1, 1. gamma 0 is R's
    `survdiff(rho)`. Source: Fleming & Harrington 1991, section 7.2.
    """
    if not (rho >= 0 and gamma >= 0 and np.isfinite(rho + gamma)):
        raise ValueError(f"rho, gamma: {rho}, {gamma} are not both at least 0")
    name = f"fh_{rho:g}_{gamma:g}"
    words = f"Fleming-Harrington: weight S(t-)^{rho:g} (1 - S(t-))^{gamma:g}"

    def weight(found: Cells) -> FloatArray:
        before = np.maximum(survival_before(found), 0.0)
        return before**rho * np.maximum(1 - before, 0.0) ** gamma

    return _compare(
        time,
        event,
        group,
        name,
        strata,
        entry,
        weights,
        clusters,
        rule=(f"{words}, S the pooled Kaplan-Meier", weight),
    )


def _compare(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    test: str,
    strata: ArrayLike | None,
    entry: ArrayLike | None,
    weights: ArrayLike | None,
    clusters: Sequence[ArrayLike] | None,
    rule: tuple[str, Weight] | None = None,
) -> TestResult:
    times, events, entries = follow_up(time, event, entry)
    n = len(times)
    groups, group_index = codes(group, "group", n)
    if len(groups) < 2:
        raise ValueError("group: at least two groups are needed")
    if not events.any():
        raise ValueError("event: no events")
    stratum = np.zeros(n, int) if strata is None else codes(strata, "strata", n)[1]
    case_weight = None if weights is None else numbers(weights, "weights", n)
    if case_weight is not None and (case_weight <= 0).any():
        raise ValueError("weights: all must be above 0")
    is_robust = weights is not None or clusters is not None

    found = cells(times, events, group_index, stratum, entries, case_weight)
    words, weigh = WEIGHTS[test] if rule is None else rule
    weight = weigh(found)
    share, n_event = found.share, found.n_event
    observed = weight @ found.deaths
    expected = (weight * n_event) @ share
    if is_robust:
        influence = score_influence(found, weight)
        variance = outer_products(influence, cluster_codes(clusters, n))
    else:
        hypergeometric = (
            weight**2
            * n_event
            * (found.n_risk - n_event)
            / np.maximum(found.n_risk - 1, 1)
        )
        variance = np.diag(hypergeometric @ share) - share.T @ (
            share * hypergeometric[:, None]
        )

    # R leaves out groups that are never at risk at an event
    used = np.flatnonzero(expected > 0)
    statistic = _quadratic_form(observed - expected, variance, used)
    variance_words = ROBUST if is_robust else HYPERGEOMETRIC
    definition = f"{words}, {WEIGHTED if weights is not None else variance_words}"
    if clusters is not None:
        definition += " by cluster"
    definition += ", no continuity correction"
    if strata is not None:
        definition += ", summed over strata"
    if entry is not None:
        definition += ", at risk from entry"
    return TestResult(
        test=test,
        statistic=statistic,
        statistic_kind="chi_square",
        df=len(used) - 1,
        p_value=float(chdtrc(len(used) - 1, statistic)),
        groups=tuple(groups.tolist()),
        observed=observed,
        expected=expected,
        variance=variance,
        definition=definition,
    )


def _quadratic_form(
    difference: FloatArray, variance: FloatArray, used: np.ndarray
) -> float:
    """Difference times inverse variance times difference, of all groups but one."""
    nothing = "group: no event happens while two groups are at risk"
    if len(used) < 2:
        raise ValueError(nothing)
    kept = used[1:]
    try:
        solved = np.linalg.solve(variance[np.ix_(kept, kept)], difference[kept])
    except np.linalg.LinAlgError:
        raise ValueError(nothing) from None
    statistic = float(difference[kept] @ solved)
    if not statistic >= 0:
        raise ValueError("clusters: the two-way variance is not positive")
    return statistic
