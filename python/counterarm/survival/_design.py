"""The checked and scaled input of a Cox model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import (
    FloatArray,
    codes,
    columns_of,
    follow_up,
    positive_weights,
)
from counterarm.design import covariate_matrix
from counterarm.survival._risk_sets import (
    RiskSets,
    build_risk_sets,
    information,
    partial_likelihood,
)

# share of a term's information that the terms before it must leave unexplained
COLLINEAR_TOLERANCE = 1e-10
# variance within risk sets, in SD units, that is only rounding
SILENT_TOLERANCE = 1e-13


@dataclass(frozen=True)
class Design:
    """Risk sets, and the covariates `Z` in the order of `sets.rows`.

    `Z` has mean 0 in each stratum and a mean variance of 1 within the risk sets: `X`
    divided by `scale`.
    """

    names: tuple[str, ...]
    time: FloatArray
    event: np.ndarray
    entry: FloatArray | None
    sets: RiskSets
    Z: FloatArray
    scale: FloatArray
    has_fractional_weights: bool

    @property
    def n(self) -> int:
        """Rows, informative or not."""
        return len(self.time)

    @property
    def n_events(self) -> int:
        """Rows with an event."""
        return int(self.event.sum())


def build_design(
    time: ArrayLike,
    event: ArrayLike,
    covariates: Any,
    *,
    names: Sequence[str] | None,
    data: pd.DataFrame | None = None,
    entry: ArrayLike | None,
    strata: ArrayLike | None,
    weights: ArrayLike | None,
    ties: str,
) -> Design:
    """Check every array and term; ValueErrors as `fit_cox` lists them."""
    if ties not in ("efron", "breslow"):
        raise ValueError(f"ties: {ties!r} is not 'efron' or 'breslow'")
    time, event, entry, strata, weights = columns_of(
        data, time=time, event=event, entry=entry, strata=strata, weights=weights
    )
    times, events, entries = follow_up(time, event, entry)
    n = len(times)
    X, names = covariate_matrix(covariates, names, data)
    if not names:
        raise ValueError("names: at least one term is needed")
    if len(X) != n:
        raise ValueError(f"covariates: {len(X)} rows for {n} times")
    weight = positive_weights(weights, n)
    if not events.any():
        raise ValueError("event: no events")
    constant = [name for name, x in zip(names, X.T, strict=True) if x.min() == x.max()]
    if constant:
        raise ValueError(f"constant term: {', '.join(constant)}")

    stratum = np.zeros(n, np.int64) if strata is None else codes(strata, "strata", n)[1]
    sets = build_risk_sets(
        times,
        events,
        entry=entries,
        stratum=stratum,
        weight=weight,
        efron=ties == "efron",
    )
    X = X - X.mean(axis=0)
    spread = np.sqrt(np.mean(X**2, axis=0))
    Z = sets.centred(X / spread)
    variances = _risk_set_variances(sets, Z, names, stratified=strata is not None)
    inner = np.sqrt(variances)
    return Design(
        names=names,
        time=times,
        event=events,
        entry=entries,
        sets=sets,
        Z=Z / inner,
        scale=spread * inner,
        has_fractional_weights=bool((weight != np.floor(weight)).any()),
    )


def _risk_set_variances(
    sets: RiskSets, Z: FloatArray, names: tuple[str, ...], *, stratified: bool
) -> FloatArray:
    """Mean variance of each term within the risk sets, at coefficients of 0.

    A term about which the risk sets say nothing is refused. As R's Cholesky does,
    terms are taken in order, and one that those before it determine is refused as
    well; R would return NA for it.
    """
    at_zero = partial_likelihood(sets, Z, np.zeros(Z.shape[1]))
    matrix = information(sets, Z, at_zero)
    variances = np.diag(matrix) / sets.event_weight.sum()
    silent = variances <= SILENT_TOLERANCE
    if silent.all() and stratified:
        raise ValueError(
            "strata: no stratum is informative: at no event does a subject at risk in "
            f"the same stratum differ in {', '.join(names)}"
        )
    if silent.any():
        terms = ", ".join(np.array(names)[silent])
        raise ValueError(f"{terms}: does not vary within any risk set")
    j = first_determined(matrix)
    if j is not None:
        raise ValueError(
            f"{names[j]}: collinear with {', '.join(names[:j])} in the risk sets"
        )
    return variances


def first_determined(matrix: FloatArray) -> int | None:
    """Index of the first row of an information matrix that those before it give."""
    root = np.sqrt(np.diag(matrix))
    correlation = matrix / np.outer(root, root)
    for j in range(1, len(matrix)):
        before, cross = correlation[:j, :j], correlation[:j, j]
        if 1 - cross @ np.linalg.solve(before, cross) < COLLINEAR_TOLERANCE:
            return j
    return None
