"""Differences between two groups of what their curves say: means, survival, ratios."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from counterarm.survival._robust import cluster_codes, outer_products
from counterarm.survival.rmst import Influence


@dataclass(frozen=True)
class Difference:
    """First less second group, or first over second; the interval is two-sided.

    `std_err` and `z` of a ratio are those of its logarithm.
    """

    estimate: float
    std_err: float
    ci_low: float
    ci_high: float
    z: float
    p_value: float


def difference(
    first: Influence,
    second: Influence,
    *,
    clusters: Sequence[ArrayLike] | None = None,
    conf_level: float = 0.95,
) -> Difference:
    """First less second estimate.

    `clusters`, one or two arrays of labels over the rows of `first` and then those of
    `second`, say whose influence adds up: matched sets, or subjects that have several
    rows. Without them every row is independent of the others, and so are the groups;
    with unit weights this is then Greenwood's variance of each, added up.

    ValueError for labels of another number of rows and a variance that is not positive
    (nothing happened in either group, or two ways of clustering contradict).

    Source: Uno et al. 2014 (survRM2); Royston & Parmar 2013; the clustered variance is
    that of Lin & Wei 1989.
    """
    std_err = _std_err(first.rows, second.rows, clusters)
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
    )


def ratio(
    first: Influence,
    second: Influence,
    *,
    clusters: Sequence[ArrayLike] | None = None,
    conf_level: float = 0.95,
) -> Difference:
    """First over second estimate, its interval on the scale of the logarithm.

    Arguments and errors as `difference`; ValueError also where an estimate is not
    positive. Source: survRM2's ratio of RMST, by the delta method.
    """
    if not (first.estimate > 0 and second.estimate > 0):
        raise ValueError("a ratio needs two positive estimates")
    std_err = _std_err(
        first.rows / first.estimate, second.rows / second.estimate, clusters
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
    )


def _std_err(
    first: np.ndarray, second: np.ndarray, clusters: Sequence[ArrayLike] | None
) -> float:
    rows = np.concatenate([first, -second])
    codes = cluster_codes(clusters, len(rows))
    variance = float(outer_products(rows[:, None], codes)[0, 0])
    if not variance > 0:
        raise ValueError("the variance is not positive")
    return float(np.sqrt(variance))
