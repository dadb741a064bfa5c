"""Rubin's rules: one estimate from those of several imputations."""

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike
from scipy.stats import norm
from scipy.stats import t as student

from counterarm.arrays import check_level, numbers


@dataclass(frozen=True)
class Pooled:
    """A pooled estimate with limits and a two-sided p value of Student's t.

    `within` is the mean variance, `between` the variance of the estimates, `df` the
    degrees of freedom (infinite without variance between), `fmi` the fraction of
    missing information.
    """

    coef: float
    se: float
    within: float
    between: float
    df: float
    fmi: float
    ci_low: float
    ci_high: float
    p_value: float
    m: int


def pool(
    coef: ArrayLike,
    se: ArrayLike,
    *,
    df_complete: float = math.inf,
    conf_level: float = 0.95,
) -> Pooled:
    """Pool the estimates of m imputations, m at least 2.

    With b the variance between and u the mean variance: T = u + (1 + 1/m) b,
    lambda = (1 + 1/m) b / T, old df = (m - 1) / lambda^2. `df_complete`, the degrees of
    freedom without missing values (pairs less 1 for a hazard ratio of pairs), adjusts
    them as Barnard and Rubin 1999 do; infinite, it does not. r = (1 + 1/m) b / u,
    fmi = (r + 2 / (df + 3)) / (r + 1).

    ValueError for fewer than 2 imputations, missing values, a standard error that is
    not above 0. Source: Rubin 1987; R mice `pool.scalar`.
    """
    q = numbers(coef, "coef")
    s = numbers(se, "se", len(q))
    if len(q) < 2:
        raise ValueError(f"coef: {len(q)} imputations, at least 2 are needed")
    if (s <= 0).any():
        raise ValueError("se: one is not above 0")
    if not df_complete > 0:
        raise ValueError(f"df_complete: {df_complete} is not above 0")
    check_level(conf_level)
    m = len(q)
    mean, within = float(q.mean()), float((s**2).mean())
    # equal estimates leave rounding errors, not variance
    between = float(q.var(ddof=1)) if (q != q[0]).any() else 0.0
    added = (1 + 1 / m) * between
    total = within + added
    df = _degrees_of_freedom(m, added / total, df_complete)
    r = added / within
    fmi = r / (r + 1) if math.isinf(df) else (r + 2 / (df + 3)) / (r + 1)
    se_pooled = math.sqrt(total)
    distribution = norm if math.isinf(df) else student(df)
    half = float(distribution.ppf(0.5 + conf_level / 2)) * se_pooled
    return Pooled(
        coef=mean,
        se=se_pooled,
        within=within,
        between=between,
        df=df,
        fmi=fmi,
        ci_low=mean - half,
        ci_high=mean + half,
        p_value=float(2 * distribution.sf(abs(mean) / se_pooled)),
        m=m,
    )


def _degrees_of_freedom(m: int, share: float, df_complete: float) -> float:
    old = (m - 1) / share**2 if share > 0 else math.inf
    if math.isinf(df_complete):
        return old
    observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
    return observed if math.isinf(old) else old * observed / (old + observed)
