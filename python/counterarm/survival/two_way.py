"""Cox regression with a variance clustered in two ways at once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from counterarm.survival._inputs import codes
from counterarm.survival.cox import CoxFit, Ties, fit_cox


def fit_cox_two_way(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str],
    clusters: tuple[ArrayLike, ArrayLike],
    weights: ArrayLike | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
) -> CoxFit:
    """Fit a Cox model whose rows hang together in two ways, as sets and as subjects.

    Where a control serves in several matched sets, rows of one set are alike and rows
    of one subject are the same; neither clustering alone covers both. The variance is
    that clustered by the first of `clusters`, plus that by the second, minus that by
    both together, without a small-sample factor. `n_clusters` is the smaller number of
    clusters. Other arguments and errors are those of `fit_cox`. The difference can be
    negative in small samples: then the standard error is NaN and `warning` says so.

    Source: Cameron, Gelbach & Miller 2011; R `sandwich::vcovCL(fit, cluster = ~ set +
    id, cadjust = FALSE)`. With sandwich's defaults each of the three parts is first
    multiplied by its g / (g - 1), g being its number of clusters.
    """
    n = len(np.asarray(time))
    first, second = (codes(part, "clusters", n)[1] for part in clusters)
    both = np.unique(np.column_stack([first, second]), axis=0, return_inverse=True)[1]
    fits = [
        fit_cox(
            time,
            event,
            covariates,
            names=names,
            cluster=cluster,
            weights=weights,
            ties=ties,
            conf_level=conf_level,
        )
        for cluster in (first, second, both.ravel())
    ]
    by_first, by_second, by_both = fits
    covariance = by_first.covariance + by_second.covariance - by_both.covariance
    variances = np.diag(covariance)
    se = np.sqrt(np.where(variances > 0, variances, np.nan))
    warning = by_first.warning
    if np.isnan(se).any() and not warning:
        warning = "the two-way clustered variance is not positive; no standard error"
    half_width = norm.ppf(0.5 + conf_level / 2) * se
    coef = by_first.coef
    z = coef / se
    return replace(
        by_first,
        se=se,
        robust_se=se,
        z=z,
        p_value=2 * norm.sf(np.abs(z)),
        ci_low=np.exp(coef - half_width),
        ci_high=np.exp(coef + half_width),
        covariance=covariance,
        n_clusters=min(by_first.n_clusters, by_second.n_clusters),
        warning=warning,
    )
