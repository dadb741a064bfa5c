"""Robust variance: outer products of influence, summed over clusters."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from counterarm.survival._inputs import FloatArray, IntArray, codes


def cluster_codes(clusters: Sequence[ArrayLike] | None, n: int) -> list[IntArray]:
    """Return the codes of one or two ways of clustering `n` rows.

    None: each row is its own cluster. ValueError for more than two ways, labels of
    another length, or missing labels.
    """
    if clusters is None:
        return [np.arange(n)]
    if not 1 <= len(clusters) <= 2:
        raise ValueError(f"clusters: {len(clusters)} ways, where one or two are known")
    return [codes(labels, "clusters", n)[1] for labels in clusters]


def outer_products(influence: FloatArray, clusters: Sequence[IntArray]) -> FloatArray:
    """Sum over clusters of outer products of the clusters' summed influence.

    `influence` is rows x terms, case weights included. With two ways of clustering the
    variance of their intersection is taken off the sum of both (Cameron, Gelbach &
    Miller 2011): a subject that stands in several matched sets.
    """
    if len(clusters) == 1:
        return _one_way(influence, clusters[0])
    first, second = clusters
    both = np.unique(np.column_stack([first, second]), axis=0, return_inverse=True)[1]
    ways = [_one_way(influence, way) for way in (first, second, both.ravel())]
    return ways[0] + ways[1] - ways[2]


def _one_way(influence: FloatArray, cluster: IntArray) -> FloatArray:
    sums = np.column_stack([np.bincount(cluster, column) for column in influence.T])
    return sums.T @ sums
