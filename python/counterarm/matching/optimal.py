"""Matching on a list of candidate pairs: the optimal one, and a greedy one.

The papers' authors chose pairs by hand (Barczewska 2020). Optimal here means the
largest possible number of pairs and, among those, the least total distance.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    codes,
    columns_of,
    flags,
)
from counterarm.matching._assignment import assigned, whole_numbers
from counterarm.matching._calipers import (
    StdCaliper,
    VariableCalipers,
    widths_of,
    within,
)
from counterarm.matching._checks import as_strata, as_widths
from counterarm.matching.matches import Matches, make_matches

# Pairs that are looked at in one go, some 100 MB.
_CHUNK = 1_000_000


@dataclass(frozen=True, eq=False)
class CandidatePairs:
    """Allowed pairs, one element per pair, sorted by treated, then control index.

    Indices point into the arrays that were given; `distance` is without unit. `cost`
    is the distance in whole decimal steps, from values that were rounded before they
    were subtracted: totals that are equal on paper, such as those of two pairs and
    their crossing, are then equal, which sums of floats are not. None: the
    distances themselves are rounded. `arms`, where known, is who is treated.
    """

    treated_index: IntArray
    control_index: IntArray
    distance: FloatArray
    cost: IntArray | None = None
    arms: BoolArray | None = None

    def __len__(self) -> int:
        return len(self.treated_index)


def candidate_pairs(
    treated: ArrayLike,
    *,
    distance_terms: Sequence[tuple[ArrayLike, float]],
    data: pd.DataFrame | None = None,
    exact: ArrayLike | Sequence[str] | None = None,
    caliper: Mapping[str, float] | None = None,
    std_caliper: StdCaliper = True,
    variable_calipers: VariableCalipers = None,
) -> CandidatePairs:
    """List every pair of a treated and a control subject that may be matched.

    `treated` (0/1) has shape (n,) or is the name of a column of `data`; `exact`,
    `caliper`, by column of `data`, `std_caliper` and `variable_calipers` are those of
    `match_nearest`, negative ones included, as floats compare. Distance is the sum over
    `distance_terms`, (n values or a column, scale), of |difference| / scale.

    Subjects are sorted by the first caliper's variable within each stratum, so that
    time follows the number of pairs within it, and memory that of the allowed pairs,
    not treated times controls: put the narrowest caliper first.

    Raises ValueError for missing values (saying in which argument), unequal lengths,
    a width that is not finite, a scale not above 0, and no distance term at all.
    """
    (treated,) = columns_of(data, treated=treated)
    arms = flags(treated, "treated")
    n = len(arms)
    strata = as_strata(exact, n, data)
    _, calipers = widths_of(
        None,
        n,
        caliper=caliper,
        std_caliper=std_caliper,
        score_caliper=None,
        variable_calipers=variable_calipers,
        data=data,
    )
    given = [
        (*columns_of(data, distance_terms=values), scale)
        for values, scale in distance_terms
    ]
    terms = as_widths(given, "distance_terms", n)
    if not terms:
        raise ValueError("distance_terms: none, so every pair is equally good")

    steps = whole_numbers([values / scale for values, scale in terms])
    t, c = _allowed_pairs(arms, strata, calipers)
    distance = np.zeros(len(t))
    for values, scale in terms:
        distance += np.abs(values[t] - values[c]) / scale
    cost = np.zeros(len(t), dtype=np.int64)
    for whole in steps:
        cost += np.abs(whole[t] - whole[c])
    return CandidatePairs(t, c, distance, cost, arms)


def match_optimal(
    pairs: CandidatePairs, *, unit_id: ArrayLike | None = None
) -> Matches:
    """Choose the most pairs, then the least total distance, each subject once.

    `unit_id`, a label per subject, says which controls are of one unit, such as several
    days of a subject, of which one is matched at most: a treated and a unit may be
    paired by the nearest of its rows, the first of equally near ones.

    Among equally good choices the treated in index order are each matched rather
    than not, then given the smallest control index: the result depends neither on
    the order of the pairs nor on the solver. Sort subjects by `usubjid` (as bytes)
    and it depends on nothing but them. Totals are compared in `pairs.cost`, to ten
    digits of the largest value (fewer where a connected set of subjects is so large
    that integers would overflow): what differs by less is a tie.
    """
    cost = _whole_cost(pairs)
    kept = np.arange(len(pairs))
    columns = pairs.control_index
    if unit_id is not None:
        columns = codes(unit_id, "unit_id", np.size(unit_id))[1][pairs.control_index]
        order = np.lexsort((pairs.control_index, cost, columns, pairs.treated_index))
        t, u = pairs.treated_index[order], columns[order]
        is_first = np.r_[True, (np.diff(t) != 0) | (np.diff(u) != 0)][: len(order)]
        kept = np.sort(order[is_first])
    row = np.unique(pairs.treated_index[kept], return_inverse=True)[1]
    column = np.unique(columns[kept], return_inverse=True)[1]
    return _from_candidates(pairs, kept[assigned(row, column, cost[kept])])


def match_greedy(pairs: CandidatePairs, *, unit_id: ArrayLike | None = None) -> Matches:
    """Serve the treated in index order; each takes its nearest free candidate.

    `unit_id` as in `match_optimal`.

    At equal distance, compared as in `match_optimal`, the smaller control index is
    taken. The number of pairs may fall short of the largest possible.
    """
    order = np.lexsort((pairs.control_index, _whole_cost(pairs), pairs.treated_index))
    units = pairs.control_index
    if unit_id is not None:
        units = codes(unit_id, "unit_id", np.size(unit_id))[1][pairs.control_index]
    taken: set[int] = set()
    served = -1
    chosen = []
    for position, t, c in zip(
        order.tolist(),
        pairs.treated_index[order].tolist(),
        units[order].tolist(),
        strict=True,
    ):
        if t != served and c not in taken:
            served = t
            taken.add(c)
            chosen.append(position)
    return _from_candidates(pairs, np.array(chosen, dtype=np.intp))


def _whole_cost(pairs: CandidatePairs) -> IntArray:
    return whole_numbers([pairs.distance])[0] if pairs.cost is None else pairs.cost


def _from_candidates(pairs: CandidatePairs, where: IntArray) -> Matches:
    return make_matches(
        pairs.treated_index[where],
        pairs.control_index[where],
        np.ones(len(where), dtype=np.intp),
        pairs.distance[where],
        pairs.arms,
    )


def _allowed_pairs(
    arms: BoolArray,
    strata: IntArray,
    calipers: list[tuple[NDArray, float]],
) -> tuple[IntArray, IntArray]:
    """Return the pairs that strata and calipers allow, by treated, then control."""
    found_t, found_c = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    reach = [limit for limit in calipers if limit[1] >= 0][:1]
    for t, c in _pairs_in_reach(arms, strata, reach):
        allowed = np.ones(len(t), dtype=bool)
        for values, width in calipers:
            allowed &= within(values[t] - values[c], width)
        found_t.append(t[allowed])
        found_c.append(c[allowed])
    t, c = np.concatenate(found_t), np.concatenate(found_c)
    order = np.lexsort((c, t))
    return t[order], c[order]


def _pairs_in_reach(
    arms: BoolArray,
    strata: IntArray,
    first_caliper: list[tuple[NDArray, float]],
) -> Iterator[tuple[NDArray, NDArray]]:
    """Yield treated and control indices in chunks, a little beyond the caliper.

    Controls are sorted by stratum and value, which one number for both stands for: all
    strata are searched at once.
    """
    members, controls = np.flatnonzero(arms), np.flatnonzero(~arms)
    if not len(members) or not len(controls):
        return
    stratum = np.unique(strata, return_inverse=True)[1]
    low_rank = high_rank = rank = np.zeros(1, dtype=np.intp)
    n_ranks = 1
    if first_caliper:
        values, width = first_caliper[0]
        levels, rank = np.unique(values[controls], return_inverse=True)
        n_ranks = len(levels) + 1
        # value + width is rounded: reach further, the caller compares differences
        reach = width + 8.0 * np.finfo(float).eps * (np.abs(values).max() + width)
        low_rank = np.searchsorted(levels, values[members] - reach, "left")
        high_rank = np.searchsorted(levels, values[members] + reach, "right") - 1
    place = stratum[controls] * n_ranks + rank
    in_order = np.argsort(place, kind="stable")
    controls, place = controls[in_order], place[in_order]
    base = stratum[members] * n_ranks
    low = np.searchsorted(place, base + low_rank, "left")
    high = np.maximum(low, np.searchsorted(place, base + high_rank, "right"))
    count = high - low
    chunk = np.cumsum(count) // _CHUNK
    for part in np.split(np.arange(len(members)), np.flatnonzero(np.diff(chunk)) + 1):
        size = count[part]
        offset = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        position = np.repeat(low[part], size) + offset
        yield np.repeat(members[part], size), controls[position]
