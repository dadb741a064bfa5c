"""Who is at risk when, and the Cox partial likelihood over those risk sets.

A *cell* is a distinct event time within a stratum. A row is at risk in a run of cells:
from the first event time after its entry to the last one not after its stop. Rows at
risk in no cell are dropped here; they add nothing to the likelihood.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
)

# up to this many strata a loop of plain cumulative sums is the faster way
LOOP_LIMIT = 1000

# of the largest in the stratum; below it sums of risks are no longer numbers
LEAST_RISK = 1e-200


@dataclass(frozen=True)
class RiskSets:
    """Row arrays are in working order: by the last cell in which a row is at risk.

    Event arrays have one element per event, sorted by cell. `tied_share` is k/d for
    the k-th of d tied deaths (Efron), or 0 (Breslow); `event_weight` is the mean case
    weight of the deaths of the cell.
    """

    rows: IntArray  # positions in the caller's arrays
    weight: FloatArray
    last_cell: IntArray
    before_first_cell: IntArray  # -1: at risk from the stratum's first cell
    row_start: IntArray  # first row of each cell
    stratum_row_start: IntArray
    stratum_cell_start: IntArray
    late_rows: IntArray  # rows that enter after their stratum's first cell
    late_cells: IntArray
    event_rows: IntArray
    event_cell: IntArray
    event_start: IntArray  # first event of each cell
    tied_share: FloatArray
    event_weight: FloatArray

    def centred(self, values: FloatArray) -> FloatArray:
        """`values` of the caller, in working order, each stratum's mean taken out.

        Only differences within a risk set count; small numbers keep them exact.
        """
        kept = values[self.rows]
        sizes = self.stratum_rows
        means = np.add.reduceat(kept, self.stratum_row_start, axis=0) / sizes[:, None]
        return kept - np.repeat(means, sizes, axis=0)

    @cached_property
    def stratum_rows(self) -> IntArray:
        """Return how many rows each stratum has."""
        return _sizes(self.stratum_row_start, len(self.rows))

    @cached_property
    def late_starts(self) -> IntArray:
        """Return the first of the late rows of each cell after which some enter."""
        return _starts(self.late_cells)

    @cached_property
    def n_tied(self) -> IntArray:
        """Return how many events each cell has."""
        return _sizes(self.event_start, len(self.event_rows))


@dataclass(frozen=True)
class PartialLikelihood:
    """The partial likelihood at one coefficient vector.

    `risk` is exp(linear predictor), scaled within each stratum; `total` and `mean`
    hold, per event, the sum of risks and the mean covariates of its (Efron) risk set.
    """

    log_likelihood: float
    score: FloatArray
    risk: FloatArray
    total: FloatArray
    mean: FloatArray


def build_risk_sets(
    time: FloatArray,
    event: BoolArray,
    *,
    entry: FloatArray | None,
    stratum: IntArray,
    weight: FloatArray,
    efron: bool,
) -> RiskSets:
    """Sort the rows once; at least one event is required.

    A row is at risk at t if entry < t <= time, in its own stratum.
    """
    n = len(time)
    stacked = time if entry is None else np.concatenate([time, entry])
    levels, rank = np.unique(stacked, return_inverse=True)
    base = stratum * len(levels)
    stop_key = base + rank[:n]
    cell_key = np.unique(stop_key[event])
    cell_stratum = cell_key // len(levels)
    stratum_start = np.searchsorted(cell_key, base, side="left")
    upper = np.searchsorted(cell_key, stop_key, side="right")
    lower = stratum_start
    if entry is not None:
        lower = np.searchsorted(cell_key, base + rank[n:], side="right")

    active = np.flatnonzero(upper > lower)
    # deaths last in a cell, otherwise the caller's order: nothing depends on chance
    order = active[np.lexsort((event[active], upper[active]))]
    last_cell = upper[order] - 1
    row_start = np.searchsorted(last_cell, np.arange(len(cell_key)))
    stratum_cell_start = _starts(cell_stratum)
    before_first = np.where(lower > stratum_start, lower - 1, -1)[order]
    late_rows = np.flatnonzero(before_first >= 0)
    late_rows = late_rows[np.argsort(before_first[late_rows], kind="stable")]

    event_rows = np.flatnonzero(event[order])
    event_cell = last_cell[event_rows]
    event_start = np.searchsorted(event_cell, np.arange(len(cell_key)))
    n_tied = _sizes(event_start, len(event_rows))
    place = np.arange(len(event_rows)) - event_start[event_cell]
    deaths_weight = np.add.reduceat(weight[order][event_rows], event_start)
    return RiskSets(
        rows=order,
        weight=weight[order],
        last_cell=last_cell,
        before_first_cell=before_first,
        row_start=row_start,
        stratum_row_start=row_start[stratum_cell_start],
        stratum_cell_start=stratum_cell_start,
        late_rows=late_rows,
        late_cells=before_first[late_rows],
        event_rows=event_rows,
        event_cell=event_cell,
        event_start=event_start,
        tied_share=place / n_tied[event_cell] if efron else np.zeros(len(event_rows)),
        event_weight=(deaths_weight / n_tied)[event_cell],
    )


def partial_likelihood(
    sets: RiskSets, Z: FloatArray, beta: FloatArray
) -> PartialLikelihood:
    """Log likelihood and score; Efron: Therneau & Grambsch 2000, section 3.3.

    `Z` is `sets.centred(...)`, rows x terms.
    """
    eta = Z @ beta
    # the largest risk of each stratum is 1: nothing overflows, small strata keep
    # their digits, and the likelihood, a ratio within the stratum, is the same
    largest = np.maximum.reduceat(eta, sets.stratum_row_start)
    eta = eta - np.repeat(largest, sets.stratum_rows)
    risk = np.exp(eta)
    weighted = sets.weight * risk
    sums = np.column_stack([weighted, weighted[:, None] * Z])

    change = np.add.reduceat(sums, sets.row_start, axis=0)
    if len(sets.late_rows):
        starts = sets.late_starts
        late = np.add.reduceat(sums[sets.late_rows], starts, axis=0)
        change[sets.late_cells[starts]] -= late
    at_risk = _reverse_cumsum(change, sets.stratum_cell_start)
    tied = np.add.reduceat(sums[sets.event_rows], sets.event_start, axis=0)

    share = sets.tied_share[:, None]
    in_set = at_risk[sets.event_cell] - share * tied[sets.event_cell]
    own_weight = sets.weight[sets.event_rows]
    # a step so long that a risk set has no risk left: refused as minus infinity
    with np.errstate(divide="ignore", invalid="ignore"):
        total, mean = in_set[:, 0], in_set[:, 1:] / in_set[:, :1]
        log_likelihood = -np.inf
        if total.min() > LEAST_RISK:
            own = own_weight @ eta[sets.event_rows]
            log_likelihood = own - sets.event_weight @ np.log(total)
    score = own_weight @ Z[sets.event_rows] - sets.event_weight @ mean
    return PartialLikelihood(float(log_likelihood), score, risk, total, mean)


def expected_events(
    sets: RiskSets, at: PartialLikelihood, event_weight: FloatArray
) -> FloatArray:
    """Per row: risk times the hazard, each event's increment times `event_weight`."""
    increment = event_weight / at.total
    hazard = np.add.reduceat(increment, sets.event_start)
    expected = _over_risk_time(sets, hazard)
    reduction = np.add.reduceat(increment * sets.tied_share, sets.event_start)
    expected[sets.event_rows] -= reduction[sets.event_cell]
    return at.risk * expected


def information(
    sets: RiskSets,
    Z: FloatArray,
    at: PartialLikelihood,
    time_weight: FloatArray | None = None,
) -> FloatArray:
    """Sum over events of the covariance of Z in the risk set, terms x terms.

    With `time_weight` (one per event) each event's matrix is multiplied by it. The
    second moments are summed per row, not per event: the memory is rows x terms.
    """
    event_weight = sets.event_weight
    if time_weight is not None:
        event_weight = event_weight * time_weight
    row_weight = sets.weight * expected_events(sets, at, event_weight)
    second = Z.T @ (row_weight[:, None] * Z)
    return second - at.mean.T @ (event_weight[:, None] * at.mean)


def score_residuals(sets: RiskSets, Z: FloatArray, at: PartialLikelihood) -> FloatArray:
    """Contribution of each row, before its case weight, to the score: rows x terms.

    Source: R `residuals(coxph, type = "score")`, Efron form.
    """
    increment = (sets.event_weight / at.total)[:, None]
    moment = np.add.reduceat(increment * at.mean, sets.event_start, axis=0)
    drift = _over_risk_time(sets, moment)
    reduction = np.add.reduceat(
        increment * sets.tied_share[:, None] * at.mean, sets.event_start, axis=0
    )
    drift[sets.event_rows] -= reduction[sets.event_cell]
    expected = expected_events(sets, at, sets.event_weight)
    residuals = at.risk[:, None] * drift - Z * expected[:, None]
    sums = np.add.reduceat(at.mean, sets.event_start, axis=0)
    cell_mean = sums / sets.n_tied[:, None]
    residuals[sets.event_rows] += Z[sets.event_rows] - cell_mean[sets.event_cell]
    return residuals


def _over_risk_time(sets: RiskSets, increments: FloatArray) -> FloatArray:
    """Per row, the sum of the cells' increments over the cells it is at risk in."""
    running = segment_cumsum(increments, sets.stratum_cell_start)
    result = running[sets.last_cell]
    result[sets.late_rows] -= running[sets.late_cells]
    return result


def segment_cumsum(values: FloatArray, starts: IntArray) -> FloatArray:
    """Cumulative sum along axis 0 that restarts at every element of `starts`.

    A sum over all rows minus the sum before the segment would let one stratum's large
    hazards eat the digits of the strata that follow.
    """
    if len(starts) == 1:
        return np.cumsum(values, axis=0)
    result = values.copy()
    stops = np.append(starts[1:], len(values))
    if len(starts) <= LOOP_LIMIT:
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
            if stop - start > 1:
                np.cumsum(values[start:stop], axis=0, out=result[start:stop])
        return result
    place = np.arange(len(values)) - np.repeat(starts, stops - starts)
    shift, longest = 1, int((stops - starts).max())
    while shift < longest:  # doubling: log2(longest) passes
        rows = np.flatnonzero(place >= shift)
        result[rows] = result[rows] + result[rows - shift]
        shift *= 2
    return result


def _reverse_cumsum(values: FloatArray, starts: IntArray) -> FloatArray:
    if len(starts) == 1:
        return np.cumsum(values[::-1], axis=0)[::-1]
    stops = np.append(starts[1:], len(values))
    return segment_cumsum(values[::-1], (len(values) - stops)[::-1])[::-1]


def _starts(sorted_codes: IntArray) -> IntArray:
    is_first = np.ones(len(sorted_codes), dtype=bool)
    np.not_equal(sorted_codes[1:], sorted_codes[:-1], out=is_first[1:])
    return np.flatnonzero(is_first)


def _sizes(starts: IntArray, n: int) -> IntArray:
    sizes = np.empty(len(starts), dtype=np.intp)
    np.subtract(starts[1:], starts[:-1], out=sizes[:-1])
    sizes[-1:] = n - starts[-1:]
    return sizes
