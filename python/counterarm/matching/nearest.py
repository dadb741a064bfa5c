"""Greedy nearest-neighbour matching on a score or on distances, as MatchIt does it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import FloatArray, IntArray, codes, columns_of
from counterarm.matching import _by_neighbours, _by_rank, _by_score
from counterarm.matching._calipers import Caliper, StdCaliper, VariableCalipers
from counterarm.matching._checks import split_by_stratum
from counterarm.matching._neighbours import (
    MetricNeighbours,
    ScoreNeighbours,
    Tie,
    first_in_data,
)
from counterarm.matching._orders import ORDERS
from counterarm.matching._scores import ScoredSubjects, scored_subjects
from counterarm.matching.matches import Matches, make_matches
from counterarm.matching.metric import scaled_covariates

SCORE = "score"
TIE_POLICIES = ("first", "matchit_4_7")
_Rounds = list[tuple[IntArray, IntArray, FloatArray]]
_Calipers = list[tuple[FloatArray, float]]


def match_nearest(
    score: ArrayLike | None,
    treated: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    covariates: Any = None,
    distance: str = SCORE,
    ratio: int = 1,
    replace: bool = False,
    order: str | None = None,
    exact: ArrayLike | Sequence[str] | None = None,
    caliper: Caliper = None,
    std_caliper: StdCaliper = True,
    score_caliper: float | None = None,
    variable_calipers: VariableCalipers = None,
    discard: ArrayLike | None = None,
    tie_policy: str = "first",
    unit_id: ArrayLike | None = None,
) -> Matches:
    """Match each treated subject to the nearest control by score, or by covariates.

    `score` and `treated` (0/1) have shape (n,), in data order, or are names of columns
    of `data`; `exact` holds n codes, or is a list of columns whose values must all be
    equal. With another `distance` than `score` (see `scaled_covariates`) those nearest
    in `covariates` are matched, and the score, which may be None, only serves calipers
    and the order.

    `caliper` and `std_caliper` are MatchIt's: a width on the score, or a mapping of
    widths by `distance` (the score) and by column of `data`, in standard deviations
    over all subjects of both arms, or in units where `std_caliper` is False, or False
    for that name. `score_caliper` and `variable_calipers`, a list of (n values, width),
    are widths in units. Calipers compare plain floats: |difference| <= width; with a
    negative width, |difference| > -width. Who is marked in `discard` (0/1) is not
    matched and has no part in standard deviations.

    Treated are served by descending (`largest`, the default with a score), ascending
    (`smallest`) score or as they stand (`data`, the default without), equal scores in
    data order; round r serves every one of them before round r + 1. `closest` matches,
    at every step of a round, the treated and control at the smallest distance among
    those still free; at equal distance the first treated in data order, then its first
    control. `farthest` serves those first whose nearest control is farthest at the
    beginning of the round. With replacement a treated gets its `ratio` nearest distinct
    controls. A stratum that lacks an arm gives no pairs.

    `unit_id`, a label per row or a column of `data`, says which rows are of one unit,
    such as several days of a subject: once a control of a unit is matched, no other of
    its rows is (MatchIt's `unit.id`). Not with replacement, and with ties `first`.

    A tie between controls goes to the first in data order among those at exactly the
    smallest difference (`tie_policy` first: MatchIt to 4.5.0). With `matchit_4_7` ties,
    and the order in which equal distances are served, are those of MatchIt 4.7.2: the
    module `_by_rank` has the rule for scores; on covariates the control is taken that
    is most ranks away on the first scaled column.

    Raises ValueError for missing values (saying where), unequal lengths, an order by
    score without one, and unknown options.

    Source: MatchIt 4.5.0 and 4.7.2, `matchit(method = "nearest")`.
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
        discard=discard,
    )
    x, arms, out, n = given.score, given.arms, given.discarded, len(given.arms)
    order = _checked_order(order, x)
    if tie_policy not in TIE_POLICIES:
        known = " or ".join(TIE_POLICIES)
        raise ValueError(f"tie_policy: {tie_policy!r} is not {known}")
    if ratio != int(ratio) or ratio < 1:
        raise ValueError(f"ratio: {ratio} is not a whole number from 1")
    points = None
    if distance != SCORE:
        if covariates is None:
            raise ValueError(f"covariates: none, which the distance {distance} needs")
        points = scaled_covariates(covariates, arms, distance, data=data, discard=out)
        if len(points) != n:
            raise ValueError(f"covariates: {len(points)} rows for {n} subjects")
    elif covariates is not None:
        raise ValueError(
            "covariates: the distance score does not use them; name another"
        )
    elif x is None:
        raise ValueError("score: none, which the distance score needs")

    units = _checked_units(unit_id, data, n, replace, tie_policy)
    plan = _Plan(given, points, order, int(ratio), replace, tie_policy, units)
    return _matched(plan, given)


def _checked_order(order: str | None, score: FloatArray | None) -> str:
    if order is None:
        return "data" if score is None else "largest"
    if order not in ORDERS:
        raise ValueError(f"order: {order!r} is not one of {', '.join(ORDERS)}")
    if score is None and order in ("largest", "smallest"):
        raise ValueError(f"order: {order} needs a score")
    return order


def _checked_units(
    unit_id: ArrayLike | None,
    data: pd.DataFrame | None,
    n: int,
    replace: bool,
    tie_policy: str,
) -> IntArray | None:
    if unit_id is None:
        return None
    if replace:
        raise ValueError("unit_id: has no meaning with replacement")
    if tie_policy != "first":
        raise ValueError(f"unit_id: not implemented with the tie_policy {tie_policy}")
    (labels,) = columns_of(data, unit_id=unit_id)
    return codes(labels, "unit_id", n)[1]


class _Plan:
    """How the treated of a stratum are matched."""

    def __init__(
        self,
        given: ScoredSubjects,
        points: FloatArray | None,
        order: str,
        ratio: int,
        replace: bool,
        tie_policy: str,
        units: IntArray | None,
    ) -> None:
        self.units = units
        self.order = order
        self.ratio = ratio
        self.replace = replace
        self.is_matchit = tie_policy == "matchit_4_7"
        score, width, calipers = given.score, given.width, given.calipers
        self.score = score
        if points is not None and score is None and points.shape[1] == 1:
            # one covariate is a score, as in MatchIt, served as the data stand
            self.score, points = points[:, 0], None
        self.points = points
        self.width = width
        self.calipers = calipers
        if points is not None and score is not None and np.isfinite(width):
            self.calipers = [*calipers, (score, width)]
        self.rank: IntArray | None = None
        if self.is_matchit and points is None and self.score is not None:
            self.rank = _by_rank.ranks(self.score)
        self.ranked: FloatArray | None = None
        if self.is_matchit and points is not None:
            self.ranked = points[:, _ranked_column(points, calipers)]

    def pairs(
        self, members: IntArray, controls: IntArray, stratum: IntArray
    ) -> _Rounds:
        """Match a stratum, whose subjects are `stratum`, the discarded ones too."""
        if self.points is not None:
            return self._by_points(members, controls, stratum)
        assert self.score is not None
        by = (self.score, members, controls, self.width)
        if self.rank is not None:
            with_rank = (self.score, self.rank, *by[1:], self.calipers)
            if self.replace:
                return _by_rank.match_by_rank_with_replacement(*with_rank, self.ratio)
            return _by_rank.match_by_rank(*with_rank, self.order, self.ratio)
        if self.replace:
            everybody = ScoreNeighbours(*by, self.calipers)
            return _by_neighbours.match_with_replacement(everybody, self.ratio)
        if not self.calipers and self.width >= 0 and self.units is None:
            return _by_score.match_by_score(*by, self.order, self.ratio)
        score, width, calipers = self.score, self.width, self.calipers
        return _by_neighbours.match_in_rounds(
            lambda t, c: ScoreNeighbours(score, t, c, width, calipers),
            members,
            controls,
            score,
            self.order,
            self.ratio,
            units=self.units,
        )

    def _by_points(
        self, members: IntArray, controls: IntArray, stratum: IntArray
    ) -> _Rounds:
        points, calipers, tie = self.points, self.calipers, self._tie(stratum)
        assert points is not None

        def near(t: IntArray, c: IntArray) -> MetricNeighbours:
            return MetricNeighbours(points, t, c, calipers, tie)

        if self.replace:
            everybody = near(members, controls)
            rounds = _by_neighbours.match_with_replacement(everybody, self.ratio)
        else:
            rounds = _by_neighbours.match_in_rounds(
                near,
                members,
                controls,
                self.score,
                self.order,
                self.ratio,
                as_matchit=self.is_matchit,
                units=self.units,
            )
        return [(t, c, np.sqrt(squared)) for t, c, squared in rounds]

    def _tie(self, stratum: IntArray) -> Tie:
        if self.ranked is None:
            return first_in_data
        rank = np.zeros(len(self.ranked), dtype=np.intp)
        rank[stratum] = _by_rank.ranks(self.ranked[stratum])

        def most_ranks_away(t: IntArray, c: IntArray) -> IntArray:
            away = rank[c] - rank[t]
            return -(2 * np.abs(away) + (away > 0))

        return most_ranks_away


def _ranked_column(points: FloatArray, calipers: _Calipers) -> int:
    """Return the column by which MatchIt 4.7 searches, the first as a rule.

    If a caliper is on a variable that a column is a multiple of, that column.
    """
    for j, column in enumerate(points.T):
        for values, width in calipers:
            if width < 0:
                continue
            centred = values - values.mean()
            below, along = (centred**2).sum(), centred @ (column - column.mean())
            if min(below, abs(along)) < 1e-9:
                continue
            slope = along / below
            rest = column - column.mean() - slope * centred
            if abs(slope) > 1e-10 and (np.abs(rest) <= 1e-9).all():
                return j
    return 0


def _matched(plan: _Plan, given: ScoredSubjects) -> Matches:
    arms, strata, out = given.arms, given.strata, given.discarded
    kept = np.flatnonzero(~out)
    found: list[tuple[IntArray, IntArray, IntArray, FloatArray]] = []
    for members, controls in split_by_stratum(arms[kept], strata[kept]):
        members, controls = kept[members], kept[controls]
        stratum = np.flatnonzero(strata == strata[members[0]])
        rounds = plan.pairs(members, controls, stratum)
        for k, (t, c, d) in enumerate(rounds, start=1):
            found.append((t, c, np.full(len(t), k), d))
    if not found:
        return make_matches([], [], [], [], arms)
    t, c, number, d = map(np.concatenate, zip(*found, strict=True))
    return make_matches(t, c, number, d, arms)
