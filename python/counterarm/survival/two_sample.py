"""Log-rank tests between groups, plain and weighted, as R's `survdiff` computes them.

One engine serves every weight, strata, delayed entry and case weights: lifelines equals
R for the plain log-rank, but has no stratified test, no delayed entry, and its Peto
weight is another one than rho = 1. The same counts then cannot be read in two ways.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from counterarm.arrays import (
    FloatArray,
    codes,
    columns_of,
    follow_up,
    positive_weights,
)
from counterarm.display import Printed, p_values, significant, table
from counterarm.survival._cells import Cells, cells, score_influence, survival_before
from counterarm.survival._robust import Cluster, cluster_codes, outer_products

# a name in `WEIGHTS`, or the rho and gamma of Fleming and Harrington
Weighting = str | tuple[float, float]
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


@dataclass(frozen=True, eq=False, repr=False)
class TestResult(Printed):
    """One test between the groups of a sample.

    `observed` and `expected` are weighted event counts (Cox's F: events, and sums of
    scores; tests by ranks: sums of scores, and zero), in the order of `groups`, as are
    the numbers of rows `n`; `variance` is the covariance matrix of observed - expected,
    NaN for Cox's F. `df2` is the second of an F's degrees of freedom; a z has neither.
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
    n: tuple[int, ...]
    df2: int | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group: n, observed, expected, and the test's result."""
        return pd.DataFrame(
            {
                "group": self.groups,
                "n": self.n,
                "observed": self.observed,
                "expected": self.expected,
                "statistic": self.statistic,
                "df": self.df,
                "df2": self.df2,
                "p_value": self.p_value,
                "definition": self.definition,
            }
        )

    def __str__(self) -> str:
        """Return what R's `print(survdiff)` prints, and the test's definition."""
        (p,) = p_values([self.p_value], 1)
        columns = {
            "N": [str(n) for n in self.n],
            "Observed": significant(self.observed, 3),
            "Expected": significant(self.expected, 3),
        }
        if self.statistic_kind == "chi_square":
            gap = (self.observed - self.expected) ** 2
            with np.errstate(divide="ignore", invalid="ignore"):
                columns["(O-E)^2/E"] = significant(gap / self.expected, 3)
                columns["(O-E)^2/V"] = significant(gap / np.diag(self.variance), 3)
            (shown,) = significant([round(self.statistic, 1)], 3)
            result = f" Chisq= {shown}  on {self.df} degrees of freedom, p= {p}"
        elif self.statistic_kind == "f":
            (shown,) = significant([self.statistic], 3)
            df = f"{self.df} and {self.df2}"
            result = f" F= {shown}  on {df} degrees of freedom, p= {p}"
        else:
            (shown,) = significant([self.statistic], 3)
            result = f" z= {shown}, p= {p}"
        return f"{table(self.groups, columns)}\n\n{result}\n ({self.definition})"


def log_rank(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    weighting: Weighting = "log_rank",
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: Cluster = None,
) -> TestResult:
    """Compare two or more groups by the log-rank test, plain or weighted.

    One element per subject, or names of columns of `data`; `group` and `strata` are
    labels of any sortable kind. With `strata` sums are over strata. With `entry` a
    subject is at risk at t if entry < t <= time. `weighting` is the weight of an event
    at t:

    - `log_rank`: 1. R `survdiff(rho = 0)`; Mantel 1966. Its square root is Statistica's
      Cox-Mantel statistic.
    - `peto_g_rho1`: S(t-), the pooled Kaplan-Meier just before t within the stratum, so
      that early deaths count more. R `survdiff(rho = 1)`; Harrington & Fleming 1982. It
      is not Peto & Peto's permutation test of Statistica, `peto_peto`.
    - `gehan_breslow`: the number at risk. Gehan 1965 and Breslow 1970, with the
      hypergeometric variance; Gehan's test `gehan` has the permutation variance.
    - `tarone_ware`: the root of the number at risk. Tarone & Ware 1977.
    - (rho, gamma), two numbers from 0: S(t-)^rho (1 - S(t-))^gamma. Early differences:
      (1, 0); late: (0, 1); in the middle: (1, 1). Fleming & Harrington 1991, section
      7.2.

    With case `weights`, above 0, or with `cluster` (labels, or a tuple of two) counts
    are weighted and the variance is robust, summed over clusters, each row its own
    without them: the robust score test of R `coxph(ties = "breslow", weights,
    cluster)$rscore` (Lin & Wei 1989), the weighted log-rank of Xie & Liu 2005 with a
    variance that holds for any weights.

    ValueError for fewer than two groups, no events, missing values, entry not before
    time, an unknown weighting, or data in which no event happens while two groups are
    at risk.
    """
    time, event, group, strata, entry, weights, cluster = columns_of(
        data,
        time=time,
        event=event,
        group=group,
        strata=strata,
        entry=entry,
        weights=weights,
        cluster=cluster,
    )
    table = risk_table(time, event, group, strata=strata, entry=entry, weights=weights)
    return log_rank_of(table, weighting=weighting, cluster=cluster)


@dataclass(frozen=True, eq=False)
class RiskTable:
    """Who is at risk and who dies, by group: what every log-rank test is made of."""

    groups: tuple[Any, ...]
    n: tuple[int, ...]
    cells: Cells
    is_weighted: bool
    has_strata: bool
    has_entry: bool


def risk_table(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> RiskTable:
    """Count once for several weightings; arguments and errors as `log_rank`."""
    times, events, entries = follow_up(time, event, entry)
    n = len(times)
    groups, group_index = codes(group, "group", n)
    if len(groups) < 2:
        raise ValueError("group: at least two groups are needed")
    if not events.any():
        raise ValueError("event: no events")
    stratum = np.zeros(n, int) if strata is None else codes(strata, "strata", n)[1]
    case_weight = None if weights is None else positive_weights(weights, n)
    return RiskTable(
        groups=tuple(groups.tolist()),
        n=tuple(np.bincount(group_index).tolist()),
        cells=cells(times, events, group_index, stratum, entries, case_weight),
        is_weighted=weights is not None,
        has_strata=strata is not None,
        has_entry=entry is not None,
    )


def log_rank_of(
    table: RiskTable, *, weighting: Weighting = "log_rank", cluster: Cluster = None
) -> TestResult:
    """Compare the groups of a table; `weighting` and `cluster` as `log_rank` has."""
    test, words, weigh = _weighting(weighting)
    found = table.cells
    is_robust = table.is_weighted or cluster is not None
    weight = weigh(found)
    share, n_event = found.share, found.n_event
    observed = weight @ found.deaths
    expected = (weight * n_event) @ share
    if is_robust:
        influence = score_influence(found, weight)
        variance = outer_products(influence, cluster_codes(cluster, sum(table.n)))
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
    definition = f"{words}, {WEIGHTED if table.is_weighted else variance_words}"
    if cluster is not None:
        definition += " by cluster"
    definition += ", no continuity correction"
    if table.has_strata:
        definition += ", summed over strata"
    if table.has_entry:
        definition += ", at risk from entry"
    return TestResult(
        test=test,
        statistic=statistic,
        statistic_kind="chi_square",
        df=len(used) - 1,
        p_value=float(chdtrc(len(used) - 1, statistic)),
        groups=table.groups,
        observed=observed,
        expected=expected,
        variance=variance,
        definition=definition,
        n=table.n,
    )


def _weighting(weighting: Weighting) -> tuple[str, str, Weight]:
    """Return the name of the test, what it weighs events by, and the rule."""
    if isinstance(weighting, str):
        if weighting not in WEIGHTS:
            raise ValueError(
                f"weighting: {weighting!r} is not one of {', '.join(WEIGHTS)}, "
                "or (rho, gamma)"
            )
        return (weighting, *WEIGHTS[weighting])
    rho, gamma = weighting
    if not (rho >= 0 and gamma >= 0 and np.isfinite(rho + gamma)):
        raise ValueError(f"weighting: rho {rho} and gamma {gamma} are not both from 0")

    def weight(found: Cells) -> FloatArray:
        before = np.maximum(survival_before(found), 0.0)
        return before**rho * np.maximum(1 - before, 0.0) ** gamma

    words = f"Fleming-Harrington: weight S(t-)^{rho:g} (1 - S(t-))^{gamma:g}"
    return f"fh_{rho:g}_{gamma:g}", f"{words}, S the pooled Kaplan-Meier", weight


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
        raise ValueError("cluster: the two-way variance is not positive")
    return statistic
