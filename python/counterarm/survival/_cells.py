"""Who is at risk and who dies at every distinct time, by group within stratum."""

from dataclasses import dataclass

import numpy as np

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
)


@dataclass(frozen=True)
class Cells:
    """One row per distinct stratum and time, in their order; one column per group.

    `of_row` is each subject's own cell, `first_at_risk` the first of those in which it
    is at risk.
    """

    stratum: IntArray
    at_risk: FloatArray
    deaths: FloatArray
    n_risk: FloatArray
    n_event: FloatArray
    share: FloatArray  # at_risk / n_risk; 0 where nobody is at risk
    of_row: IntArray
    first_at_risk: IntArray
    event: BoolArray
    group: IntArray
    weight: FloatArray


def cells(
    time: FloatArray,
    event: BoolArray,
    group: IntArray,
    stratum: IntArray,
    entry: FloatArray | None,
    weight: FloatArray | None,
) -> Cells:
    """Count, or sum case weights; a row is at risk at t if entry < t <= time."""
    levels, rank = np.unique(time, return_inverse=True)
    base = stratum * len(levels)
    cell_key, cell = np.unique(base + rank, return_inverse=True)
    cell_stratum = cell_key // len(levels)
    n_cells, n_groups = len(cell_key), int(group.max()) + 1
    leaving = _table(cell, group, n_cells, n_groups, weight)
    deaths = _table(
        cell[event],
        group[event],
        n_cells,
        n_groups,
        None if weight is None else weight[event],
    )
    at_risk = _from_here(leaving, cell_stratum)
    first = np.searchsorted(cell_stratum, stratum, side="left")
    first_at_risk = first
    if entry is not None:
        after = np.searchsorted(levels, entry, side="right")
        first_at_risk = np.searchsorted(cell_key, base + after, side="left")
        first_at_risk = np.maximum(first_at_risk, first)
        # entry is before time, so that a row is at risk at its own cell at least
        waiting = first_at_risk > first
        entering = _table(
            first_at_risk[waiting] - 1,
            group[waiting],
            n_cells,
            n_groups,
            None if weight is None else weight[waiting],
        )
        at_risk = at_risk - _from_here(entering, cell_stratum)
    if weight is not None:  # sums of fractions leave a little where nobody is left
        at_risk[at_risk < weight.min() / 2] = 0.0
        at_risk = np.maximum(at_risk, deaths)
    n_risk, n_event = at_risk.sum(axis=1), deaths.sum(axis=1)
    return Cells(
        stratum=cell_stratum,
        at_risk=at_risk,
        deaths=deaths,
        n_risk=n_risk,
        n_event=n_event,
        share=at_risk / n_risk[:, None],
        of_row=cell,
        first_at_risk=first_at_risk,
        event=event,
        group=group,
        weight=np.ones(len(time)) if weight is None else weight,
    )


def survival_before(found: Cells) -> FloatArray:
    """Pooled Kaplan-Meier just before each cell, started anew in every stratum."""
    hazard = found.n_event / found.n_risk
    stratum = found.stratum
    starts = np.flatnonzero(np.r_[True, stratum[1:] != stratum[:-1]])
    result = np.empty(len(hazard))
    for start, stop in zip(starts, np.r_[starts[1:], len(hazard)], strict=True):
        result[start] = 1.0
        result[start + 1 : stop] = np.cumprod(1 - hazard[start : stop - 1])
    return result


def score_influence(found: Cells, weight: FloatArray) -> FloatArray:
    """Each row's part in observed - expected, case weight included: rows x groups.

    A row of group g adds weight(t) (1_g - share(t)) at its event, less the same over
    the pooled hazard while it is at risk: the score residual of a Cox model at 0 with
    Breslow ties (Lin & Wei 1989), times the test's weight. The columns sum to
    observed - expected.
    """
    increment = weight * found.n_event / found.n_risk
    running = np.r_[0.0, np.cumsum(increment)]
    drift = np.vstack(
        [
            np.zeros((1, found.share.shape[1])),
            np.cumsum(increment[:, None] * found.share, axis=0),
        ]
    )
    stop, start = found.of_row + 1, found.first_at_risk
    own = np.zeros((len(found.of_row), found.share.shape[1]))
    own[np.arange(len(own)), found.group] = 1.0
    result = (
        drift[stop] - drift[start] - own * (running[stop] - running[start])[:, None]
    )
    events = np.flatnonzero(found.event)
    at = found.of_row[events]
    result[events] += weight[at][:, None] * (own[events] - found.share[at])
    return found.weight[:, None] * result


def _table(
    rows: IntArray,
    columns: IntArray,
    n_rows: int,
    n_columns: int,
    weight: FloatArray | None,
) -> FloatArray:
    counts = np.bincount(
        rows * n_columns + columns, weights=weight, minlength=n_rows * n_columns
    )
    return counts.reshape(n_rows, n_columns).astype(float)


def _from_here(values: FloatArray, stratum: IntArray) -> FloatArray:
    """Sum of each cell and those after it in its stratum; exact for whole numbers."""
    total = np.cumsum(values[::-1], axis=0)[::-1]
    end = np.searchsorted(stratum, stratum, side="right")
    after = np.vstack([total, np.zeros((1, values.shape[1]))])[end]
    return total - after
