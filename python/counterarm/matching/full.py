"""Optimal full matching: every subject in a set, one treated or one control in each.

Hansen 2004 (MatchIt `method = "full"`, optmatch `fullmatch` with its defaults)
minimises the sum of the distances between the members of each set and its centre, the
only treated or the only control of the set. Without limits on the size of sets that is
the cheapest choice of pairs that leaves nobody out, a minimum-weight edge cover: in an
edge cover of least cost no pair links two subjects who each have another pair, or it
could be left out, so that what remains is sets with one centre; and the pairs of a
full matching leave nobody out. The edge cover in turn is an assignment problem
(Schrijver 2003, section 19.3): start from everybody with his nearest, then choose
disjoint pairs, each of which saves two nearest distances and costs its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from counterarm.arrays import BoolArray, FloatArray, IntArray
from counterarm.display import Printed
from counterarm.matching._assignment import assigned, whole_numbers
from counterarm.matching._calipers import (
    Caliper,
    StdCaliper,
    VariableCalipers,
    within,
)
from counterarm.matching._checks import split_by_stratum
from counterarm.matching._scores import scored_subjects
from counterarm.matching.sample_sizes import sample_sizes
from counterarm.matching.weights import set_weights

# Distances that are looked at in one go, some 100 MB.
_CHUNK = 1_000_000
# Above any distance in whole steps, and far from overflow when two are added.
_FAR = np.int64(2**60)
# A way through the assignment adds a distance per subject, and float64 holds integers
# exactly up to 2**53.
_LARGEST_SUM = 2**51

_Calipers = list[tuple[NDArray, float]]


@dataclass(frozen=True, eq=False, repr=False)
class FullMatches(Printed):
    """Matched sets, one element per subject, in the order that was given.

    `sets` numbers the set of each subject from 0, by its first treated, -1 for none.
    `distance` is that to the centre of the set, 0 for the centre itself and NaN for
    the unmatched, so that its sum is what was minimised. `arms` is who is treated.
    """

    sets: IntArray
    distance: FloatArray
    arms: BoolArray

    def __str__(self) -> str:
        """Return the number of sets, and the sample sizes as MatchIt's summary."""
        sizes = sample_sizes(self.arms, self.weights)
        return f"{self.sets.max(initial=-1) + 1} matched sets\n\nSample sizes:\n{sizes}"

    @property
    def weights(self) -> FloatArray:
        """Return the weight of each subject for the effect in the treated."""
        return set_weights(self.arms, self.sets)

    def to_frame(self, data: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return one row per subject in a set, the treated of a set first.

        Subjects are places from 0, or the labels of the index of `data`; `set_id`
        counts from 1.
        """
        kept = np.flatnonzero(self.sets >= 0)
        labels = np.arange(len(self.sets)) if data is None else np.asarray(data.index)
        return pd.DataFrame(
            {
                "subject": labels[kept],
                "treated": self.arms[kept].astype(int),
                "set_id": self.sets[kept] + 1,
                "distance": self.distance[kept],
                "weight": self.weights[kept],
            }
        ).sort_values(["set_id", "treated"], ascending=[True, False], kind="stable")


def match_full(
    score: ArrayLike,
    treated: ArrayLike,
    *,
    data: pd.DataFrame | None = None,
    exact: ArrayLike | Sequence[str] | None = None,
    caliper: Caliper = None,
    std_caliper: StdCaliper = True,
    score_caliper: float | None = None,
    variable_calipers: VariableCalipers = None,
) -> FullMatches:
    """Divide the subjects into matched sets at the least total distance of scores.

    Arguments as those of `match_nearest`. A subject is left out only where strata and
    calipers allow it nobody of the other arm. Of several nearest the first in data
    order counts, and of equally cheap choices of pairs the one that gives the treated,
    in data order, the first control: the result depends neither on the solver nor,
    with subjects sorted by `usubjid`, on the order of rows. Scores are compared in
    whole steps of ten digits or more. Time and memory follow the number of treated
    times controls of a stratum.

    Raises ValueError for missing values (saying where) and unequal lengths.

    Source: Hansen 2004; MatchIt, `matchit(method = "full")`.
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
    arms, calipers = given.arms, list(given.calipers)
    if given.score is None:
        raise ValueError("score: none")
    x = given.score
    if np.isfinite(given.width):
        calipers.append((x, given.width))
    (whole,) = whole_numbers([x])
    while len(x) * int(np.ptp(whole) if len(whole) else 0) >= _LARGEST_SUM:
        whole = np.floor_divide(whole + 5, 10)

    pairs: list[IntArray] = [np.empty((0, 2), dtype=np.intp)]
    for members, controls in split_by_stratum(arms, given.strata):
        pairs.append(_cover(whole, members, controls, calipers))
    return _as_sets(np.concatenate(pairs), x, arms)


def _cover(
    whole: IntArray,
    members: IntArray,
    controls: IntArray,
    calipers: _Calipers,
) -> IntArray:
    """Return the pairs (treated, control) of the cheapest edge cover of a stratum."""
    near_t, best_t, near_c, best_c = _nearest(whole, members, controls, calipers)
    rows, columns, saved = [], [], []
    for first, distance in _distances(whole, members, controls, calipers):
        last = first + len(distance)
        gain = near_t[first:last, None] + near_c[None, :] - distance
        t, c = np.nonzero((gain > 0) & (distance < _FAR))
        rows.append(t + first)
        columns.append(c)
        saved.append(gain[t, c])
    row, column = np.concatenate(rows), np.concatenate(columns)
    gain = np.concatenate(saved)
    # a pair costs what it saves less than the one that saves most, nobody all of that
    most = int(gain.max(initial=0))
    chosen = assigned(row, column, most - gain, alone=most)
    t, c = row[chosen], column[chosen]

    # Whom no chosen pair covers goes to his nearest.
    lone_t = np.setdiff1d(np.flatnonzero(near_t < _FAR), t)
    lone_c = np.setdiff1d(np.flatnonzero(near_c < _FAR), c)
    cover = np.column_stack(
        [
            np.concatenate([t, lone_t, best_c[lone_c]]),
            np.concatenate([c, best_t[lone_t], lone_c]),
        ]
    )
    cover = _without_bridges(np.unique(cover, axis=0))
    return np.column_stack([members[cover[:, 0]], controls[cover[:, 1]]])


def _nearest(
    whole: IntArray,
    members: IntArray,
    controls: IntArray,
    calipers: _Calipers,
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Return distance and place of each treated's, then each control's nearest."""
    near_t = np.full(len(members), _FAR)
    best_t = np.zeros(len(members), dtype=np.intp)
    near_c = np.full(len(controls), _FAR)
    best_c = np.zeros(len(controls), dtype=np.intp)
    for first, distance in _distances(whole, members, controls, calipers):
        part = slice(first, first + len(distance))
        best_t[part] = distance.argmin(axis=1)
        near_t[part] = distance.min(axis=1)
        closest = distance.argmin(axis=0)
        lowest = distance.min(axis=0)
        is_nearer = lowest < near_c
        near_c[is_nearer] = lowest[is_nearer]
        best_c[is_nearer] = closest[is_nearer] + first
    return near_t, best_t, near_c, best_c


def _distances(
    whole: IntArray,
    members: IntArray,
    controls: IntArray,
    calipers: _Calipers,
) -> Iterator[tuple[int, IntArray]]:
    """Yield the place of a first treated and distances, treated by controls."""
    step = max(1, _CHUNK // len(controls))
    for first in range(0, len(members), step):
        some = members[first : first + step]
        distance = np.abs(whole[some, None] - whole[None, controls])
        for values, width in calipers:
            allowed = within(values[some, None] - values[None, controls], width)
            distance[~allowed] = _FAR
        yield first, distance


def _without_bridges(cover: IntArray) -> IntArray:
    """Leave out pairs between two subjects who each have another pair.

    In a cheapest cover such a pair joins equal scores and costs nothing.
    """
    n_t, n_c = np.bincount(cover[:, 0]), np.bincount(cover[:, 1])
    kept = np.ones(len(cover), dtype=bool)
    for i in np.flatnonzero((n_t[cover[:, 0]] > 1) & (n_c[cover[:, 1]] > 1)):
        t, c = cover[i]
        if n_t[t] > 1 and n_c[c] > 1:
            kept[i] = False
            n_t[t] -= 1
            n_c[c] -= 1
    return cover[kept]


def _as_sets(pairs: IntArray, x: NDArray, arms: BoolArray) -> FullMatches:
    """Return the sets that the pairs make, numbered by their first treated."""
    n = len(x)
    t, c = pairs[:, 0], pairs[:, 1]
    graph = coo_array((np.ones(len(pairs)), (t, c)), shape=(n, n))
    label = connected_components(graph, directed=False)[1]
    matched = np.zeros(n, dtype=bool)
    matched[t] = matched[c] = True
    first = np.full(n, n, dtype=np.intp)
    treated = np.flatnonzero(matched & arms)
    np.minimum.at(first, label[treated], treated)
    number = np.full(n, -1, dtype=np.intp)
    order = np.argsort(first, kind="stable")[: int((first < n).sum())]
    number[order] = np.arange(len(order))

    distance = np.where(matched, 0.0, np.nan)
    degree = np.bincount(np.concatenate([t, c]), minlength=n)
    # The centre has all pairs of the set; of a pair the treated is the centre.
    member = np.where(degree[t] >= degree[c], c, t)
    distance[member] = np.abs(x[t] - x[c])
    return FullMatches(np.where(matched, number[label], -1), distance, arms)
