"""Score test of proportional hazards, as `cox.zph` of R's survival 3.0 and later."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import chi2, rankdata

from counterarm.arrays import FloatArray
from counterarm.display import Printed, p_values, significant, table
from counterarm.survival._design import (
    COLLINEAR_TOLERANCE,
    Design,
    build_design,
    first_determined,
)
from counterarm.survival._risk_sets import information
from counterarm.survival.cox import Ties, solve

Transform = Literal["km", "identity", "rank", "log"]


@dataclass(frozen=True)
class ProportionalHazardsTest:
    """One row of the table: a term, or `GLOBAL` for all terms together."""

    term: str
    transform: str
    statistic: float
    df: int
    p_value: float


class ProportionalHazardsTests(Printed, Sequence[ProportionalHazardsTest]):
    """The test of each term, in their order, and of all together last."""

    def __init__(self, rows: Sequence[ProportionalHazardsTest]) -> None:
        self.rows = tuple(rows)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> ProportionalHazardsTest: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ProportionalHazardsTest]: ...
    def __getitem__(
        self, index: int | slice
    ) -> ProportionalHazardsTest | Sequence[ProportionalHazardsTest]:
        """Return one test, or several."""
        return self.rows[index]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per term: transform, statistic, df and p_value."""
        return pd.DataFrame([vars(row) for row in self.rows])

    def __str__(self) -> str:
        """Return what R's `print(cox.zph)` prints, and the transform of time."""
        columns = {
            "chisq": significant([row.statistic for row in self.rows], 3),
            "df": [str(row.df) for row in self.rows],
            "p": p_values([row.p_value for row in self.rows], 2),
        }
        text = table([row.term for row in self.rows], columns)
        return f"{text}\n(time transformed by {self.rows[0].transform})"


def zph(
    time: ArrayLike,
    event: ArrayLike,
    covariates: Any,
    *,
    data: pd.DataFrame | None = None,
    names: Sequence[str] | None = None,
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    ties: Ties = "efron",
    transform: Transform = "km",
) -> ProportionalHazardsTests:
    """Test whether each coefficient changes with g(time): one row per term + GLOBAL.

    The arrays are those of `fit_cox`, and the model is fitted here. Each term x is
    joined by x * g(t), its coefficient held at 0, and the joint score is tested at
    the fitted coefficients; g is centred at its mean over the events. `km` is 1 - S(t-)
    of all rows pooled (R's default), `rank` the average rank among all rows' times.
    Case weights enter the likelihood, not g. Only the naive information is used,
    whatever variance the fit has, as in R.

    ValueError for what `fit_cox` refuses, for a fit that has not converged, for a
    transform that cannot be taken (`log` of a time not above 0), and for terms whose
    trend over the events is not identified, which are named.

    Source: Grambsch & Therneau 1994; R `cox.zph` >= 3.0.
    """
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
    g = _transformed(design, transform)
    if np.ptp(g[design.event]) == 0:
        raise ValueError(f"transform: {transform} of time is constant over the events")
    g = g - g[design.event].mean()
    solution = solve(design)
    if solution.warning:
        raise ValueError(f"proportional hazards cannot be tested: {solution.warning}")

    sets, Z, at = design.sets, design.Z, solution.at
    g_event = g[sets.rows[sets.event_rows]]
    own_weight = sets.weight[sets.event_rows]
    score = (own_weight * g_event) @ Z[sets.event_rows] - (
        sets.event_weight * g_event
    ) @ at.mean
    base = information(sets, Z, at)
    cross = information(sets, Z, at, g_event)
    squared = information(sets, Z, at, g_event**2)
    # what is left of the interactions' information when the coefficients are fitted
    left = squared - cross @ np.linalg.solve(base, cross)
    silent = np.diag(left) <= COLLINEAR_TOLERANCE * np.diag(squared)
    if silent.any():
        terms = ", ".join(np.array(design.names)[silent])
        raise ValueError(f"{terms}: too few informative events to test for a trend")
    j = first_determined(left)
    if j is not None:
        raise ValueError(
            f"{design.names[j]}: its trend is collinear with that of "
            f"{', '.join(design.names[:j])}"
        )
    statistics = score**2 / np.diag(left)
    overall = score @ np.linalg.solve(left, score)
    rows = [
        _row(name, transform, statistic, 1)
        for name, statistic in zip(design.names, statistics, strict=True)
    ]
    rows.append(_row("GLOBAL", transform, overall, len(design.names)))
    return ProportionalHazardsTests(rows)


def _row(
    term: str, transform: str, statistic: float, df: int
) -> ProportionalHazardsTest:
    p_value = float(chi2.sf(statistic, df))
    return ProportionalHazardsTest(term, transform, float(statistic), df, p_value)


def _transformed(design: Design, transform: str) -> FloatArray:
    if transform == "identity":
        return design.time
    if transform == "rank":
        return rankdata(design.time)
    if transform == "log":
        if (design.time <= 0).any():
            raise ValueError("transform: the log of a time not above 0")
        return np.log(design.time)
    if transform == "km":
        return _one_minus_survival_before(design)
    raise ValueError(
        f"transform: {transform!r} is not 'km', 'identity', 'rank' or 'log'"
    )


def _one_minus_survival_before(design: Design) -> FloatArray:
    """1 - S(t-) at each row's time, over all rows, with late entries if there are."""
    event_times, n_event = np.unique(design.time[design.event], return_counts=True)
    left_before = np.searchsorted(np.sort(design.time), event_times, side="left")
    n_risk = design.n - left_before
    if design.entry is not None:
        entered = np.searchsorted(np.sort(design.entry), event_times, side="left")
        n_risk = entered - left_before
    survival = np.r_[1.0, np.cumprod(1 - n_event / n_risk)]
    return 1 - survival[np.searchsorted(event_times, design.time, side="left")]
