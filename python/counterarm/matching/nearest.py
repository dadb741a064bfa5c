"""Greedy nearest-neighbour matching on a score, as MatchIt 4.5.0 does it."""

import heapq
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from counterarm.arrays import IntArray
from counterarm.matching._calipers import Caliper, StdCaliper, VariableCalipers
from counterarm.matching._checks import split_by_stratum
from counterarm.matching._pools import CaliperPool, ScorePool
from counterarm.matching._scores import scored_subjects
from counterarm.matching.matches import Matches, make_matches

_ORDERS = ("largest", "smallest", "data", "closest")
_Pair = tuple[int, int, int, float]


def match_nearest(
    score: ArrayLike,
    treated: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    ratio: int = 1,
    replace: bool = False,
    order: str = "largest",
    exact: ArrayLike | Sequence[str] | None = None,
    caliper: Caliper = None,
    std_caliper: StdCaliper = True,
    score_caliper: float | None = None,
    variable_calipers: VariableCalipers = None,
    tie_policy: str = "first",
) -> Matches:
    """Match each treated subject to the nearest control by score.

    `score` and `treated` (0/1) have shape (n,), in data order, or are names of columns
    of `data`; `exact` holds n codes, or is a list of columns whose values must all be
    equal. `caliper` and `std_caliper` are MatchIt's: a width on the score, or a mapping
    of widths by `distance` (the score) and by column of `data`, in standard deviations
    over all subjects of both arms, or in units where `std_caliper` is False, or False
    for that name. `score_caliper` and `variable_calipers`, a list of (n values, width),
    are widths in units. Calipers are inclusive and compare plain floats:
    |difference| <= width.

    Treated are served by descending (`largest`), ascending (`smallest`) score or as
    they stand (`data`), equal scores in data order; round r serves every one of them
    before round r + 1. `closest` matches, at every step of a round, the treated and
    control at the smallest distance among those still free; at equal distance the
    first treated in data order, then its first control. A tie between controls goes
    to the first in data order among those at exactly the smallest difference
    (`tie_policy` first: MatchIt to 4.5.0; later versions differ, and none of their
    rules is offered). With replacement a treated gets its `ratio` nearest distinct
    controls. A stratum that lacks an arm gives no pairs.

    Raises ValueError for missing values (saying where), unequal lengths, and unknown
    options.

    Source: MatchIt 4.5.0, `matchit(method = "nearest")`.
    """
    given = scored_subjects(
        score,
        treated,
        data=data,
        exact=exact,
        caliper=caliper,
        std_caliper=std_caliper,
        score_caliper=score_caliper,
        variable_calipers=variable_calipers,
    )
    x, arms, calipers = given.score, given.arms, given.calipers
    if order not in _ORDERS:
        raise ValueError(f"order: {order!r} is not one of {', '.join(_ORDERS)}")
    if tie_policy != "first":
        raise ValueError(f"tie_policy: {tie_policy!r} is not first")
    if ratio != int(ratio) or ratio < 1:
        raise ValueError(f"ratio: {ratio} is not a whole number from 1")

    pairs: list[_Pair] = []
    for members, controls in split_by_stratum(arms, given.strata):
        if replace:
            everybody = CaliperPool(x, members, controls, given.width, calipers)
            pairs += _with_replacement(everybody, members, int(ratio))
            continue
        pool: ScorePool | CaliperPool
        if calipers:
            pool = CaliperPool(x, members, controls, given.width, calipers)
        else:
            pool = ScorePool(x, members, controls, given.width)
        if order == "closest":
            # Equal scores have equal neighbours: only the first of them can win.
            label = members if calipers else x[members]
            pairs += _closest_first(pool, members, label, int(ratio))
        else:
            served = _served(x, members, order)
            pairs += _one_after_another(pool, served, int(ratio))
    columns = zip(*pairs, strict=True) if pairs else ([], [], [], [])
    treated_index, control_index, match_round, distance = map(list, columns)
    return make_matches(treated_index, control_index, match_round, distance, arms)


def _served(score: NDArray, members: IntArray, order: str) -> list[int]:
    """Return the treated in the order they are served; equal scores as they stand."""
    if order == "largest":
        members = members[np.argsort(-score[members], kind="stable")]
    elif order == "smallest":
        members = members[np.argsort(score[members], kind="stable")]
    return members.tolist()


def _one_after_another(
    pool: ScorePool | CaliperPool, served: list[int], ratio: int
) -> list[_Pair]:
    pairs = []
    for match_round in range(1, ratio + 1):
        matched = []
        for treated in served:
            found = pool.nearest(treated)
            if found is not None:
                distance, control, node = found
                pool.take(node)
                pairs.append((treated, control, match_round, distance))
                matched.append(treated)
        # Controls only become fewer: who found none now finds none later.
        served = matched
    return pairs


def _with_replacement(pool: CaliperPool, members: IntArray, ratio: int) -> list[_Pair]:
    pairs = []
    known: dict[tuple[float, ...], list] = {}
    for treated in members.tolist():
        key = (pool.score[treated], *(v[treated] for v, _, _ in pool.variables))
        if key not in known:
            known[key] = pool.nearest_few(treated, ratio)
        for match_round, (distance, control, _) in enumerate(known[key], start=1):
            pairs.append((treated, control, match_round, distance))
    return pairs


def _closest_first(
    pool: ScorePool | CaliperPool,
    members: IntArray,
    label: NDArray,
    ratio: int,
) -> list[_Pair]:
    """Match the closest pair of all, again and again, round by round.

    A heap holds each group's best pair as it was when last looked at. Controls only
    become fewer, so a pair whose control has gone is a lower bound: it is looked up
    again when it comes to the top.
    """
    pairs = []
    labels = dict(zip(members.tolist(), label.tolist(), strict=True))
    active = members.tolist()
    for match_round in range(1, ratio + 1):
        queues: dict[float, list[int]] = {}
        for treated in reversed(active):
            queues.setdefault(labels[treated], []).append(treated)
        heap: list[tuple[float, int, int, int]] = []
        for queue in queues.values():
            _push_best(heap, pool, queue)
        active = []
        while heap:
            distance, treated, control, node = heapq.heappop(heap)
            queue = queues[labels[treated]]
            if pool.is_free(node):
                pool.take(node)
                pairs.append((treated, control, match_round, distance))
                active.append(treated)
                queue.pop()
            _push_best(heap, pool, queue)
        active.sort()
    return pairs


def _push_best(
    heap: list[tuple[float, int, int, int]],
    pool: ScorePool | CaliperPool,
    queue: list[int],
) -> None:
    """Put the best pair of a group's first waiting treated on the heap, if any."""
    found = pool.nearest(queue[-1]) if queue else None
    if found is not None:
        distance, control, node = found
        heapq.heappush(heap, (distance, queue[-1], control, node))
