"""Differences between two groups of what their curves say: means, survival, ratios."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from counterarm.arrays import FloatArray, check_level
from counterarm.display import Printed, p_values, significant
from counterarm.survival._robust import Cluster, cluster_codes, outer_products
from counterarm.survival.rmst import Influence


@dataclass(frozen=True, repr=False)
class Difference(Printed):
    """First less second group, or first over second; the interval is two-sided.

    `std_err` and `z` of a ratio are those of its logarithm. The standard error is
    robust: from the rows' influence, summed over clusters.
    """

    estimate: float
    std_err: float
    ci_low: float
    ci_high: float
    z: float
    p_value: float
    conf_level: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row: estimate, std_err, limits, z, p_value and conf_level."""
        return pd.DataFrame([vars(self)])

    def __str__(self) -> str:
        """Return the estimate with its interval and p value."""
        value, low, high = significant([self.estimate, self.ci_low, self.ci_high], 4)
        (p,) = p_values([self.p_value], 3)
        level = f"{100 * self.conf_level:.10g}%"
        return f"{value} ({level} interval {low} to {high}), p={p}"


def difference(
    first: Influence,
    second: Influence,
    *,
    cluster: Cluster = None,
    conf_level: float = 0.95,
) -> Difference:
    """Return the first less the second estimate.

    `cluster`, labels over the rows of `first` and then those of `second`, says whose
    influence adds up: matched sets, or subjects that have several rows; a tuple of two
    such clusters in both ways. Without it every row is independent of the others, and
    so are the groups; with unit weights this is then Greenwood's variance of each,
    added up.

    ValueError for labels of another number of rows, a level outside (0, 1) and a
    variance that is not positive (nothing happened in either group, or two ways of
    clustering contradict).

    Source: Uno et al. 2014 (survRM2); Royston & Parmar 2013; the clustered variance is
    that of Lin & Wei 1989.
    """
    check_level(conf_level)
    std_err = _std_err(first.rows, second.rows, cluster)
    estimate = first.estimate - second.estimate
    half = ndtri(0.5 + conf_level / 2) * std_err
    z = estimate / std_err
    return Difference(
        estimate=estimate,
        std_err=std_err,
        ci_low=estimate - half,
        ci_high=estimate + half,
        z=z,
        p_value=float(2 * ndtr(-abs(z))),
        conf_level=conf_level,
    )


def ratio(
    first: Influence,
    second: Influence,
    *,
    cluster: Cluster = None,
    conf_level: float = 0.95,
) -> Difference:
    """Return the first over the second estimate, its interval on the log scale.

    Arguments and errors as `difference`; ValueError also where an estimate is not
    positive. Source: survRM2's ratio of RMST, by the delta method.
    """
    check_level(conf_level)
    if not (first.estimate > 0 and second.estimate > 0):
        raise ValueError("a ratio needs two positive estimates")
    std_err = _std_err(
        first.rows / first.estimate, second.rows / second.estimate, cluster
    )
    log_ratio = np.log(first.estimate / second.estimate)
    half = ndtri(0.5 + conf_level / 2) * std_err
    z = float(log_ratio / std_err)
    return Difference(
        estimate=first.estimate / second.estimate,
        std_err=std_err,
        ci_low=float(np.exp(log_ratio - half)),
        ci_high=float(np.exp(log_ratio + half)),
        z=z,
        p_value=float(2 * ndtr(-abs(z))),
        conf_level=conf_level,
    )


def _std_err(first: FloatArray, second: FloatArray, cluster: Cluster) -> float:
    rows = np.concatenate([first, -second])
    codes = cluster_codes(cluster, len(rows))
    variance = float(outer_products(rows[:, None], codes)[0, 0])
    if not variance > 0:
        raise ValueError("the variance is not positive")
    return float(np.sqrt(variance))
