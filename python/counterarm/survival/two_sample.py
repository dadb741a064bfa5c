"""Log-rank tests between groups, as R's `survdiff` computes them.

One engine serves the plain, the weighted and the stratified test: lifelines equals R
for the plain log-rank, but has no stratified test, and its Peto weight is another one
than rho = 1. The same counts then cannot be read in two ways.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

from counterarm.survival._inputs import FloatArray, codes, survival_times

DEFINITIONS = {
    "log_rank": (
        "log-rank (R survdiff rho=0): weight 1, hypergeometric variance, "
        "no continuity correction"
    ),
    "peto_g_rho1": (
        "Harrington-Fleming G-rho (R survdiff rho=1): weight S(t-), the pooled "
        "left-continuous Kaplan-Meier, hypergeometric variance, "
        "no continuity correction"
    ),
}


@dataclass(frozen=True)
class TestResult:
    """One test between the groups of a sample.

    `observed` and `expected` are weighted event counts, in the order of `groups`;
    `variance` is the covariance matrix of observed - expected.
    """

    __test__ = False  # keeps pytest from collecting it

    test: str
    statistic: float
    statistic_kind: str
    df: int
    p_value: float
    groups: tuple[Any, ...]
    observed: FloatArray
    expected: FloatArray
    variance: FloatArray
    definition: str


def log_rank(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    strata: ArrayLike | None = None,
) -> TestResult:
    """Compare two or more groups by the log-rank test; with `strata`, stratified.

    One element per subject; `group` and `strata` are labels of any sortable kind.
    ValueError for fewer than two groups, no events, missing values, or data in which
    no event happens while two groups are at risk.

    Source: Mantel 1966; R `survdiff(rho = 0)`. Its square root is Statistica's
    Cox-Mantel statistic.
    """
    return _g_rho(time, event, group, strata, "log_rank")


def peto_g_rho1(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    strata: ArrayLike | None = None,
) -> TestResult:
    """Compare groups with early deaths weighted more: R `survdiff(rho = 1)`.

    Arguments and errors are those of `log_rank`. The weight of an event at t is the
    pooled Kaplan-Meier just before t, within the stratum. Source: Harrington &
    Fleming 1982. It is not Peto & Peto's permutation test of Statistica.
    """
    return _g_rho(time, event, group, strata, "peto_g_rho1")


def _g_rho(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    strata: ArrayLike | None,
    test: Literal["log_rank", "peto_g_rho1"],
) -> TestResult:
    times, events = survival_times(time, event)
    n = len(times)
    groups, group_index = codes(group, "group", n)
    if len(groups) < 2:
        raise ValueError("group: at least two groups are needed")
    if not events.any():
        raise ValueError("event: no events")
    stratum = np.zeros(n, int) if strata is None else codes(strata, "strata", n)[1]

    # one cell per distinct stratum and time; `at_risk` counts by group within stratum
    _, rank = np.unique(times, return_inverse=True)
    key = stratum * (rank.max() + 1) + rank
    cell_key, cell = np.unique(key, return_inverse=True)
    cell_stratum = cell_key // (rank.max() + 1)
    leaving = _table(cell, group_index, len(cell_key), len(groups))
    deaths = _table(cell[events], group_index[events], len(cell_key), len(groups))
    from_here = np.cumsum(leaving[::-1], axis=0)[::-1]  # whole numbers: exact
    stratum_end = np.searchsorted(cell_stratum, cell_stratum, side="right")
    after = np.vstack([from_here, np.zeros((1, len(groups)))])[stratum_end]
    at_risk = from_here - after

    n_risk, n_event = at_risk.sum(axis=1), deaths.sum(axis=1)
    weight = np.ones(len(cell_key))
    if test == "peto_g_rho1":
        weight = _survival_before(n_event / n_risk, cell_stratum)
    share = at_risk / n_risk[:, None]
    observed = weight @ deaths
    expected = (weight * n_event) @ share
    hypergeometric = (
        weight**2 * n_event * (n_risk - n_event) / np.maximum(n_risk - 1, 1)
    )
    variance = np.diag(hypergeometric @ share) - share.T @ (
        share * hypergeometric[:, None]
    )

    # R leaves out groups that are never at risk at an event
    used = np.flatnonzero(expected > 0)
    if len(used) < 2:
        raise ValueError("group: no event happens while two groups are at risk")
    kept = used[1:]
    difference = (observed - expected)[kept]
    try:
        solved = np.linalg.solve(variance[np.ix_(kept, kept)], difference)
    except np.linalg.LinAlgError:
        raise ValueError(
            "group: no event happens while two groups are at risk"
        ) from None
    statistic = float(difference @ solved)
    definition = DEFINITIONS[test]
    if strata is not None:
        definition += ", summed over strata"
    return TestResult(
        test=test,
        statistic=statistic,
        statistic_kind="chi_square",
        df=len(kept),
        p_value=float(chi2.sf(statistic, len(kept))),
        groups=tuple(groups.tolist()),
        observed=observed,
        expected=expected,
        variance=variance,
        definition=definition,
    )


def _table(rows: np.ndarray, columns: np.ndarray, n_rows: int, n_columns: int):
    counts = np.bincount(rows * n_columns + columns, minlength=n_rows * n_columns)
    return counts.reshape(n_rows, n_columns).astype(float)


def _survival_before(hazard: FloatArray, stratum: np.ndarray) -> FloatArray:
    """Pooled Kaplan-Meier just before each cell, started anew in every stratum."""
    starts = np.flatnonzero(np.r_[True, stratum[1:] != stratum[:-1]])
    result = np.empty(len(hazard))
    for start, stop in zip(starts, np.r_[starts[1:], len(hazard)], strict=True):
        result[start] = 1.0
        result[start + 1 : stop] = np.cumprod(1 - hazard[start : stop - 1])
    return result
