"""The first few by distance, equal ones in the order of C++'s `std::partial_sort`.

That sort is not stable: it keeps the first `k` seen in a heap, lets each further one
that is smaller replace the largest, then takes the heap apart. Which of several at
the same distance come out, and in which order, follows from the moves of the heap, as
libstdc++ (GCC) makes them and textbooks describe them (Knuth, volume 3, 5.2.3; the hole
is moved to the bottom before the last element is moved up).
"""

from itertools import pairwise

Item = tuple[int, float]


def first_sorted(items: list[Item], k: int) -> list[Item]:
    """Return the `k` items (node, distance) of smallest distance, ascending.

    No more than `k` items are sorted stably, as C++ sorts few.
    """
    if len(items) <= k:
        return sorted(items, key=_distance)
    distances = sorted(map(_distance, items))
    if all(a < b for a, b in pairwise(distances[: k + 1])):
        return sorted(items, key=_distance)[:k]
    heap = items[:k]
    for hole in range(k // 2 - 1, -1, -1):
        _settle(heap, hole, k, heap[hole])
    for item in items[k:]:
        if item[1] < heap[0][1]:
            _settle(heap, 0, k, item)
    for size in range(k - 1, 0, -1):
        last = heap[size]
        heap[size] = heap[0]
        _settle(heap, 0, size, last)
    return heap


def _distance(item: Item) -> float:
    return item[1]


def _settle(heap: list[Item], hole: int, size: int, item: Item) -> None:
    """Put an item into the heap of the first `size`, from a hole downwards."""
    top = hole
    child = hole
    while child < (size - 1) // 2:
        child = 2 * (child + 1)
        if heap[child][1] < heap[child - 1][1]:
            child -= 1
        heap[hole] = heap[child]
        hole = child
    if size % 2 == 0 and child == (size - 2) // 2:
        child = 2 * child + 1
        heap[hole] = heap[child]
        hole = child
    parent = (hole - 1) // 2
    while hole > top and heap[parent][1] < item[1]:
        heap[hole] = heap[parent]
        hole = parent
        parent = (hole - 1) // 2
    heap[hole] = item
