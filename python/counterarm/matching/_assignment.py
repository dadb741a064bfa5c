"""The one optimal assignment: most pairs, least total, first in order.

Costs are made integers, so that sums are exact and "equally good" has a meaning that
no solver can change. The solver's answer serves only to find dual potentials; the
pairs are then chosen among all optimal ones by a rule on the order of subjects.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import (
    connected_components,
    min_weight_full_bipartite_matching,
)

from counterarm.arrays import IntArray

# A way through the assignment costs less than four penalties, and float64 holds
# integers exactly up to 2**53.
_LARGEST_PENALTY = 2**50
# Digits of the largest value that count: more would only add floating-point noise.
_DIGITS = 10


def whole_numbers(values: Sequence[NDArray]) -> list[IntArray]:
    """Round vectors to a common decimal step, in whole steps.

    The step is the largest power of ten that leaves ten digits or more to the largest
    absolute value of all, so decimal values of fewer digits stay exact.
    """
    largest = max((float(np.abs(x).max(initial=0.0)) for x in values), default=0.0)
    if largest == 0.0:
        return [np.zeros(len(x), dtype=np.int64) for x in values]
    power = min(_DIGITS - int(np.ceil(np.log10(largest))), 300)
    # multiplication by 10**-k would round twice
    scaled = (x * 10.0**power if power >= 0 else x / 10.0**-power for x in values)
    return [np.rint(x).astype(np.int64) for x in scaled]


def with_penalty(cost: IntArray, most: int) -> tuple[IntArray, int]:
    """Return costs, and that of leaving a treated unmatched, which exceeds any total.

    `most` is the largest possible number of pairs. Only where `most` times the
    largest cost reaches 2**50 are costs rounded to fewer digits.
    """
    while most * int(cost.max(initial=0)) >= _LARGEST_PENALTY:
        cost = (cost + 5) // 10
    return cost, most * int(cost.max(initial=0)) + 1


def assigned(
    row: IntArray, column: IntArray, cost: IntArray, alone: int | None = None
) -> IntArray:
    """Return the places of the pairs of the best assignment, in ascending order.

    `row`, `column`, `cost` list the candidate pairs of treated and controls, numbered
    in the order that breaks ties. Each connected set of subjects is assigned by itself:
    the most pairs, then the least total; with `alone`, the cost of a treated without a
    control, the least total only.
    """
    if len(row) == 0:
        return np.empty(0, dtype=np.intp)
    n_rows, n = int(row.max()) + 1, int(row.max()) + int(column.max()) + 2
    graph = coo_array((np.ones(len(row)), (row, n_rows + column)), shape=(n, n))
    label = connected_components(graph, directed=False)[1][row]
    order = np.argsort(label, kind="stable")
    chosen = []
    for part in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        if len(part) == 1:
            chosen.append(part)
            continue
        rows, r = np.unique(row[part], return_inverse=True)
        columns, c = np.unique(column[part], return_inverse=True)
        held = _assign(r, c, cost[part], len(rows), len(columns), alone)
        chosen.append(part[held[r] == c])
    return np.sort(np.concatenate(chosen))


def _assign(
    row: IntArray,
    column: IntArray,
    cost: IntArray,
    n_rows: int,
    n_columns: int,
    alone: int | None,
) -> IntArray:
    """Return for each treated (row) its control (column), -1 for none.

    `row`, `column`, `cost` list the candidate pairs of one component; columns
    must be numbered in the order that breaks ties. Each treated has one more column
    of its own, standing for no control, at a cost above any real total, or `alone`.
    """
    if alone is None:
        cost, penalty = with_penalty(cost, min(n_rows, n_columns))
    else:
        penalty = alone
    own = np.arange(n_rows)
    row = np.concatenate([row, own])
    column = np.concatenate([column, n_columns + own])
    cost = np.concatenate([cost, np.full(n_rows, penalty, dtype=np.int64)])
    shape = (n_rows, n_columns + n_rows)

    # The solver takes 0 for "no edge"; 1 more on every row changes no comparison.
    graph = coo_array((cost + 1.0, (row, column)), shape=shape).tocsr()
    held = min_weight_full_bipartite_matching(graph)[1].astype(np.intp)
    by_row = np.lexsort((column, row))
    row, column, cost = row[by_row], column[by_row], cost[by_row]
    held_cost = np.empty(n_rows, dtype=np.int64)
    is_held = column == held[row]
    held_cost[row[is_held]] = cost[is_held]

    step = cost - held_cost[row]
    potential = _potentials(held[row], column, step, shape[1])
    tight = (potential[column] == potential[held[row]] + step) & ~is_held
    held = _first_in_order(row[tight], column[tight], held, potential)
    return np.where(held < n_columns, held, -1)


def _potentials(
    start: NDArray, end: NDArray, step: NDArray, n_columns: int
) -> IntArray:
    """Return the dual value (at most 0) of each column, by Bellman-Ford.

    To move the treated who holds column `start` to column `end` costs `step`. An
    optimal assignment leaves no cycle of negative cost, so the rounds end.
    """
    by_end = np.argsort(end, kind="stable")
    start, end, step = start[by_end], end[by_end], step[by_end]
    first = np.flatnonzero(np.concatenate([[True], end[1:] != end[:-1]]))
    ends = end[first]
    potential = np.zeros(n_columns, dtype=np.int64)
    for _ in range(n_columns + 1):
        reached = np.minimum.reduceat(potential[start] + step, first)
        lower = np.minimum(potential[ends], reached)
        if np.array_equal(lower, potential[ends]):
            return potential
        potential[ends] = lower
    raise RuntimeError("the assignment that the solver returned is not optimal")


def _first_in_order(
    row: NDArray, column: NDArray, held: NDArray, potential: NDArray
) -> IntArray:
    """Give each treated in turn the first column that some optimum allows.

    `row` and `column` list the tight pairs beyond those held. A change between two
    optima is a set of cycles in the graph in which a column leads to the columns
    that its holder could take at no cost, a free column to the hub, and the hub to
    every held column of potential 0, which may be given up. Only arcs within a
    strongly connected part lie on a cycle; most assignments have none.
    """
    n_columns = len(potential)
    hub = n_columns
    holder = np.full(n_columns, -1, dtype=np.intp)
    holder[held] = np.arange(len(held))
    free = np.flatnonzero(holder < 0)
    may_leave = held[potential[held] == 0]
    start = np.concatenate([held[row], free, np.full(len(may_leave), hub)])
    end = np.concatenate([column, np.full(len(free), hub), may_leave])
    arcs = coo_array((np.ones(len(start)), (start, end)), shape=(hub + 1, hub + 1))
    part = connected_components(arcs.tocsr(), connection="strong")[1]
    on_cycle = part[held[row]] == part[column]
    if not on_cycle.any():
        return held

    choices: dict[int, list[int]] = {}
    takers: dict[int, list[int]] = {}
    for t, c in zip(row[on_cycle].tolist(), column[on_cycle].tolist(), strict=True):
        choices.setdefault(t, []).append(c)
        takers.setdefault(c, []).append(t)
    for t in choices:
        current = int(held[t])
        choices[t].append(current)
        takers.setdefault(current, []).append(t)
    state = _Exchange(
        hub, held.tolist(), holder.tolist(), takers, (potential == 0).tolist()
    )
    for treated in sorted(choices):
        state.improve(treated, sorted(choices[treated]))
    return np.array(state.held, dtype=np.intp)


class _Exchange:
    """An optimal assignment and the ways to change it at no cost."""

    def __init__(
        self,
        hub: int,
        held: list[int],
        holder: list[int],
        takers: dict[int, list[int]],
        may_be_free: list[bool],
    ) -> None:
        self.hub = hub
        self.held = held
        self.holder = holder
        self.takers = takers
        self.may_be_free = may_be_free
        self.free = {c for c in takers if holder[c] < 0}
        self.fixed: set[int] = set()

    def improve(self, treated: int, choices: list[int]) -> None:
        """Move a treated to the first choice that the rest can make room for."""
        current = self.held[treated]
        wanted = choices[: choices.index(current)]
        if wanted:
            following = self._ways_to(current, treated, wanted[0])
            target = next((c for c in wanted if c in following), None)
            if target is not None:
                self._rotate(treated, target, following)
        self.fixed.add(treated)

    def _ways_to(self, current: int, treated: int, best: int) -> dict[int, int]:
        """Return for each column that leads to `current` the next one on the way.

        Stops early once the best wish has been found to lead there.
        """
        following: dict[int, int] = {current: current}
        waiting = deque([current])
        while waiting and best not in following:
            node = waiting.popleft()
            if node == self.hub:
                before = list(self.free)
            else:
                before = [
                    self.held[t]
                    for t in self.takers.get(node, ())
                    if t != treated and t not in self.fixed
                ]
                if self.may_be_free[node] and self.holder[node] >= 0:
                    before.append(self.hub)
            for column in before:
                if column not in following:
                    following[column] = node
                    waiting.append(column)
        return following

    def _rotate(self, treated: int, target: int, following: dict[int, int]) -> None:
        """Shift holders, or emptiness, along the cycle through `target`."""
        end = self.held[treated]
        moving, node = treated, target
        while True:
            displaced = self.holder[node]
            self.holder[node] = moving
            if moving >= 0:
                self.held[moving] = node
                self.free.discard(node)
            else:
                self.free.add(node)
            if node == end:
                return
            moving = displaced
            node = following[node]
            if node == self.hub:
                node = following[node]
