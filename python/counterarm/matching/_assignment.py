"""The one optimal assignment: most pairs, least total, first in order.

Costs are made integers, so that sums are exact and "equally good" has a meaning that
no solver can change. The solver's answer serves only to find dual potentials; the
pairs are then chosen among all optimal ones by a rule on the order of subjects.
"""

from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
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
# Candidate pairs of small components that one call of the solver takes.
_BATCH = 20_000


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
    starts = np.flatnonzero(np.concatenate([[True], np.diff(label[order]) > 0]))
    sizes = np.diff(np.append(starts, len(order)))
    chosen = [order[starts[sizes == 1]]]
    for parts in _batches(starts, sizes):
        places = np.concatenate([order[first : first + n] for first, n in parts])
        part = np.repeat(np.arange(len(parts)), [n for _, n in parts])
        r = np.unique(row[places], return_inverse=True)[1]
        c = np.unique(column[places], return_inverse=True)[1]
        held = _assign(r, c, cost[places], part, alone)
        chosen.append(places[held[r] == c])
    return np.sort(np.concatenate(chosen))


def _batches(starts: IntArray, sizes: IntArray) -> Iterator[list[tuple[int, int]]]:
    """Yield start and size of the components that are solved in one go.

    A call costs more than a small component, and the solver looks at every column for
    each row: components go together until their pairs number `_BATCH`.
    """
    batch: list[tuple[int, int]] = []
    pairs = 0
    for first, size in zip(starts.tolist(), sizes.tolist(), strict=True):
        if size == 1:
            continue
        if batch and pairs + size > _BATCH:
            yield batch
            batch, pairs = [], 0
        batch.append((first, size))
        pairs += size
    if batch:
        yield batch


def _assign(
    row: IntArray,
    column: IntArray,
    cost: IntArray,
    part: IntArray,
    alone: int | None,
) -> IntArray:
    """Return for each treated (row) its control (column), -1 for none.

    `row`, `column`, `cost` list the candidate pairs of components, numbered from 0 in
    `part`, one after the other; columns must be numbered in the order that breaks
    ties. Each treated has one more column of its own, standing for no control, at a
    cost above any real total of its component, or `alone`.
    """
    n_rows, n_columns = int(row.max()) + 1, int(column.max()) + 1
    part_of_row = np.empty(n_rows, dtype=np.intp)
    part_of_row[row] = part
    part_of_column = np.empty(n_columns, dtype=np.intp)
    part_of_column[column] = part
    if alone is None:
        cost, penalty = _with_penalties(cost, part, part_of_row, part_of_column)
    else:
        penalty = np.full(n_rows, alone, dtype=np.int64)
    own = np.arange(n_rows)
    row = np.concatenate([row, own])
    column = np.concatenate([column, n_columns + own])
    cost = np.concatenate([cost, penalty])
    part_of_column = np.concatenate([part_of_column, part_of_row])
    n_all = n_columns + n_rows

    by_row = np.lexsort((column, row))
    row, column, cost = row[by_row], column[by_row], cost[by_row]
    starts = np.searchsorted(row, np.arange(n_rows + 1))
    # The solver takes 0 for "no edge"; 1 more on every row changes no comparison.
    graph = csr_array((cost + 1.0, column, starts), shape=(n_rows, n_all))
    held = min_weight_full_bipartite_matching(graph)[1].astype(np.intp)
    held_cost = np.empty(n_rows, dtype=np.int64)
    is_held = column == held[row]
    held_cost[row[is_held]] = cost[is_held]

    step = cost - held_cost[row]
    potential = _potentials(held[row], column, step, n_all)
    tight = (potential[column] == potential[held[row]] + step) & ~is_held
    held = _first_in_order(row[tight], column[tight], held, potential, part_of_column)
    return np.where(held < n_columns, held, -1)


def _with_penalties(
    cost: IntArray, part: IntArray, part_of_row: IntArray, part_of_column: IntArray
) -> tuple[IntArray, IntArray]:
    """Return the costs and each row's penalty, `with_penalty` by component."""
    most = np.minimum(np.bincount(part_of_row), np.bincount(part_of_column))
    starts = np.flatnonzero(np.concatenate([[True], np.diff(part) > 0]))
    largest = np.maximum.reduceat(cost, starts)
    cost, penalty = cost.copy(), np.empty(len(most), dtype=np.int64)
    stops = np.append(starts[1:], len(cost))
    is_rounded = most * largest.astype(float) >= _LARGEST_PENALTY / 2
    penalty[~is_rounded] = most[~is_rounded] * largest[~is_rounded] + 1
    for i in np.flatnonzero(is_rounded).tolist():
        own = slice(starts[i], stops[i])
        cost[own], penalty[i] = with_penalty(cost[own], int(most[i]))
    return cost, penalty[part_of_row]


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
    row: NDArray,
    column: NDArray,
    held: NDArray,
    potential: NDArray,
    part: NDArray,
) -> IntArray:
    """Give each treated in turn the first column that some optimum allows.

    `row` and `column` list the tight pairs beyond those held; `part` is the component
    of each column. A change between two optima is a set of cycles in the graph in
    which a column leads to the columns that its holder could take at no cost, a free
    column to the hub of its component, and the hub to every held column of potential
    0, which may be given up. Only arcs within a strongly connected part lie on a cycle;
    most assignments have none.
    """
    if not len(row):
        return held
    n_columns = len(potential)
    hub = n_columns + part
    holder = np.full(n_columns, -1, dtype=np.intp)
    holder[held] = np.arange(len(held))
    free = np.flatnonzero(holder < 0)
    may_leave = held[potential[held] == 0]
    start = np.concatenate([held[row], free, hub[may_leave]])
    end = np.concatenate([column, hub[free], may_leave])
    n_nodes = int(hub.max()) + 1
    arcs = coo_array((np.ones(len(start)), (start, end)), shape=(n_nodes, n_nodes))
    strong = connected_components(arcs.tocsr(), connection="strong")[1]
    on_cycle = strong[held[row]] == strong[column]
    if not on_cycle.any():
        return held

    held_by, holder_of = held.tolist(), holder.tolist()
    may_be_free = (potential == 0).tolist()
    row, column = row[on_cycle], column[on_cycle]
    of_component = part[column]
    for component in np.unique(of_component).tolist():
        own = of_component == component
        choices: dict[int, list[int]] = {}
        takers: dict[int, list[int]] = {}
        for t, c in zip(row[own].tolist(), column[own].tolist(), strict=True):
            choices.setdefault(t, []).append(c)
            takers.setdefault(c, []).append(t)
        for t in choices:
            current = int(held[t])
            choices[t].append(current)
            takers.setdefault(current, []).append(t)
        state = _Exchange(n_columns, held_by, holder_of, takers, may_be_free)
        for treated in sorted(choices):
            state.improve(treated, sorted(choices[treated]))
    return np.array(held_by, dtype=np.intp)


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
