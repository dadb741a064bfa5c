"""Two-sample tests by scores of the pooled sample: those of Statistica, after Lee.

Each subject has a score from the pooled times alone. Under the hypothesis of no
difference every split of the scores is as likely as the next, which gives the variance
of their sum: n1 n2 sum(w^2) / (n (n - 1)). Source: Lee 1980, chapter 5 (Lee & Wang
2003, chapter 5). A z is positive where the first group lives longer.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import fdtr, fdtrc, ndtr

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    codes,
    columns_of,
    survival_times,
)
from counterarm.survival._robust import Cluster
from counterarm.survival.two_sample import (
    HYPERGEOMETRIC,
    ROBUST,
    WEIGHTED,
    TestResult,
    log_rank,
)

PERMUTATION = "permutation variance n1 n2 sum(w^2) / (n (n - 1))"
SIGN = "positive where the first group named lives longer"
DEFINITIONS = {
    "gehan": (
        "Gehan's generalised Wilcoxon (Statistica): scores, pairs surely outlived less "
        f"pairs surely outliving, {PERMUTATION}, continuity correction of 1"
    ),
    "gehan_uncorrected": (
        "Gehan's generalised Wilcoxon: scores, pairs surely outlived less pairs surely "
        f"outliving, {PERMUTATION}, no continuity correction"
    ),
    "log_rank_permutation": (
        "log-rank (Statistica): scores 1 - H(t) of an event and -H(t) of a censored "
        f"time, H the pooled sum of m/r, {PERMUTATION}, no continuity correction"
    ),
    "peto_peto": (
        "Peto & Peto's Wilcoxon (Statistica): scores S(t) + S(t-) - 1 of an event and "
        "S(t) - 1 of a censored time, S the pooled Kaplan-Meier, "
        f"{PERMUTATION}, no continuity correction"
    ),
    "cox_mantel": (
        "Cox-Mantel (Statistica): C = U / sqrt(I), U the expected less the observed "
        "events of the first group named: weight 1"
    ),
}
EXACT_SCORES = "mean order statistics of the exponential, averaged over ties"
CUMULATIVE_SCORES = "cumulative sums of m/r (progressive censoring)"


def gehan(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    first: Any = None,
    correction: bool = True,
) -> TestResult:
    """Gehan's generalised Wilcoxon test of two groups, with permutation variance.

    One element per subject, or names of columns of `data`. A subject's score is the
    number of others whom it surely outlives less the number who surely outlive it
    (Mantel 1967). `first` is the label of the group whose longer life makes z positive,
    by default the first when sorted; `correction` takes 1 from |sum of scores|.
    ValueError as `log_rank`, for other than two groups, and where all scores are equal.
    Source: Gehan 1965.
    """
    times, events, mine, groups = _two_groups(time, event, group, first, data)
    levels, rank = np.unique(times, return_inverse=True)
    died = np.bincount(rank[events], minlength=len(levels))
    lost = np.bincount(rank[~events], minlength=len(levels))
    died_before = np.cumsum(died) - died
    after = len(times) - np.cumsum(died + lost)
    # an event is surely outlived by all later times and by those censored with it; a
    # censored time surely outlives the events up to its own day
    score = np.where(
        events,
        died_before[rank] - (after + lost)[rank],
        (died_before + died)[rank],
    )
    name = "gehan" if correction else "gehan_uncorrected"
    return _permutation(name, score.astype(float), mine, groups, 1.0 * correction)


def log_rank_permutation(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    first: Any = None,
) -> TestResult:
    """Log-rank test of two groups by scores, with permutation variance.

    Arguments and errors are those of `gehan`. Source: Peto & Peto 1972; Lee 1980.
    """
    times, events, mine, groups = _two_groups(time, event, group, first, data)
    rank, n_risk, n_event = _pooled(times, events)
    score = np.cumsum(n_event / n_risk)[rank] - events
    return _permutation("log_rank_permutation", score, mine, groups)


def peto_peto(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    first: Any = None,
) -> TestResult:
    """Peto & Peto's Wilcoxon test of two groups, with permutation variance.

    Arguments and errors are those of `gehan`. Source: Peto & Peto 1972; Lee 1980. It
    is not R's `survdiff(rho = 1)`, which is `log_rank(weighting="peto_g_rho1")`.
    """
    times, events, mine, groups = _two_groups(time, event, group, first, data)
    rank, n_risk, n_event = _pooled(times, events)
    survival = np.cumprod(1 - n_event / n_risk)
    before = np.r_[1.0, survival[:-1]]
    score = np.where(events, 1 - survival[rank] - before[rank], 1 - survival[rank])
    return _permutation("peto_peto", score, mine, groups)


def cox_mantel(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    first: Any = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: Cluster = None,
) -> TestResult:
    """Cox-Mantel test of two groups: the signed root of the log-rank chi-square.

    `first` as in `gehan`; `entry`, `weights` and `cluster` are those of `log_rank`.
    observed - expected and variance are Lee's -U and I. Source: Mantel 1966; Cox 1972;
    Lee 1980.
    """
    _, _, mine, groups = _two_groups(time, event, group, first, data)
    found = log_rank(
        time,
        event,
        np.where(mine, 0, 1),
        data=data,
        entry=entry,
        weights=weights,
        cluster=cluster,
    )
    z = float((found.expected[0] - found.observed[0]) / np.sqrt(found.variance[0, 0]))
    variance = HYPERGEOMETRIC
    if weights is not None:
        variance = WEIGHTED
    elif cluster is not None:
        variance = ROBUST
    if cluster is not None:
        variance += " by cluster"
    late = "" if entry is None else ", at risk from entry"
    return TestResult(
        test="cox_mantel",
        statistic=z,
        statistic_kind="z",
        df=None,
        p_value=float(2 * ndtr(-abs(z))),
        groups=groups,
        observed=found.observed,
        expected=found.expected,
        variance=found.variance,
        n=found.n,
        definition=(
            f"{DEFINITIONS['cox_mantel']}, {variance}, no continuity correction{late}; "
            f"{SIGN}"
        ),
    )


def cox_f(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    first: Any = None,
) -> TestResult:
    """Cox's F test of two groups: the ratio of mean exponential scores.

    Arguments and errors are those of `gehan`; each group needs an event. With r1 and r2
    events the ratio (sum of scores 1 / r1) / (sum of scores 2 / r2) is referred to
    F(2 r1, 2 r2); p is twice the smaller tail. Complete or singly censored samples (no
    event after the first censored time) have the mean order statistics of n exponential
    times, averaged over ties, and those censored the one after the last event; others
    the cumulative sums of events over number at risk up to their own time.

    Source: Cox 1964; Lee 1980, section 5.1. `observed` are the events and `expected`
    the sums of scores.
    """
    times, events, mine, groups = _two_groups(time, event, group, first, data)
    rank, n_risk, n_event = _pooled(times, events)
    is_progressive = not events.all() and times[~events].min() < times[events].max()
    score: FloatArray
    if is_progressive:
        score, words = np.cumsum(n_event / n_risk)[rank], CUMULATIVE_SCORES
    else:
        score, words = _order_means(rank, events, n_event), EXACT_SCORES
    sums = np.array([score[mine].sum(), score[~mine].sum()])
    r1, r2 = int(events[mine].sum()), int(events[~mine].sum())
    if not (r1 and r2):
        raise ValueError("event: a group has no event, and Cox's F needs one in each")
    ratio = float((sums[0] / r1) / (sums[1] / r2))
    tail = min(fdtr(2 * r1, 2 * r2, ratio), fdtrc(2 * r1, 2 * r2, ratio))
    return TestResult(
        test="cox_f",
        statistic=ratio,
        statistic_kind="f",
        df=2 * r1,
        df2=2 * r2,
        p_value=float(min(1.0, 2 * tail)),
        groups=groups,
        observed=np.array([r1, r2], float),
        expected=sums,
        n=(int(mine.sum()), int((~mine).sum())),
        variance=np.full((2, 2), np.nan),
        definition=(
            "Cox's F (Statistica): mean exponential score per event of the first group "
            f"named over that of the second, scores {words}, referred to "
            "F(2 r1, 2 r2), twice the smaller tail, no continuity correction; above 1 "
            "where the first group named lives longer"
        ),
    )


def _two_groups(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    first: Any,
    data: pd.DataFrame | None,
) -> tuple[FloatArray, BoolArray, BoolArray, tuple[Any, Any]]:
    time, event, group = columns_of(data, time=time, event=event, group=group)
    times, events = survival_times(time, event)
    groups, index = codes(group, "group", len(times))
    if len(groups) != 2:
        raise ValueError(f"group: {len(groups)} groups, where the test is of two")
    if not events.any():
        raise ValueError("event: no events")
    labels = groups.tolist()
    place = 0
    if first is not None:
        if first not in labels:
            raise ValueError(f"first: {first!r} is no group; groups are {labels}")
        place = labels.index(first)
    return times, events, index == place, (labels[place], labels[1 - place])


def _pooled(
    times: FloatArray, events: BoolArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Each row's distinct time, and at risk and events at every distinct time."""
    levels, rank = np.unique(times, return_inverse=True)
    leaving = np.bincount(rank)
    n_event = np.bincount(rank[events], minlength=len(levels)).astype(float)
    return rank, np.cumsum(leaving[::-1])[::-1].astype(float), n_event


def _order_means(rank: IntArray, events: BoolArray, n_event: FloatArray) -> FloatArray:
    """Means of the order statistics of n exponential times, averaged over ties."""
    n, n_events = len(rank), int(events.sum())
    means = np.cumsum(1 / np.arange(n, n - n_events, -1.0))
    if n_events < n:  # the next order mean, for all who are censored
        means = np.r_[means, means[-1] + 1 / (n - n_events)]
    place = np.full(n, n_events)
    place[np.flatnonzero(events)[np.argsort(rank[events], kind="stable")]] = np.arange(
        n_events
    )
    sums = np.bincount(rank[events], means[place[events]], minlength=len(n_event))
    return np.where(events, sums[rank] / np.maximum(n_event[rank], 1), means[-1])


def _permutation(
    test: str,
    score: FloatArray,
    mine: BoolArray,
    groups: tuple[Any, Any],
    correction: float = 0.0,
) -> TestResult:
    """Test the first group's sum of scores, which grow with the time lived."""
    n, n_first = len(score), int(mine.sum())
    total = score[mine].sum()  # all scores together sum to zero
    variance = n_first * (n - n_first) * np.sum(score**2) / (n * (n - 1))
    if not variance > 0:
        raise ValueError("time: all scores are equal")
    z = float(np.sign(total) * max(abs(total) - correction, 0.0) / np.sqrt(variance))
    return TestResult(
        test=test,
        statistic=z,
        statistic_kind="z",
        df=None,
        p_value=float(2 * ndtr(-abs(z))),
        groups=groups,
        observed=np.array([total, -total]),
        expected=np.zeros(2),
        variance=variance * np.array([[1.0, -1.0], [-1.0, 1.0]]),
        definition=f"{DEFINITIONS[test]}; {SIGN}",
        n=(n_first, n - n_first),
    )
