"""Robust variance: outer products of influence, summed over clusters."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from counterarm.arrays import FloatArray, IntArray, codes

# labels of clusters, or a tuple of two: rows may hang together in two ways
Cluster = ArrayLike | tuple[ArrayLike, ArrayLike] | None


def cluster_codes(cluster: Cluster, n: int) -> list[IntArray]:
    """Return the codes of one or two ways of clustering `n` rows.

    `cluster` is n labels, or a tuple of two such; None: each row is its own cluster.
    ValueError for a tuple of other than two, labels of another length, or missing ones.
    """
    if cluster is None:
        return [np.arange(n)]
    if not isinstance(cluster, tuple):
        return [codes(cluster, "cluster", n)[1]]
    if len(cluster) != 2:
        raise ValueError(f"cluster: {len(cluster)} ways, where one or two are possible")
    return [codes(labels, "cluster", n)[1] for labels in cluster]


def outer_products(influence: FloatArray, clusters: Sequence[IntArray]) -> FloatArray:
    """Sum over clusters of outer products of the clusters' summed influence.

    `influence` is rows x terms, case weights included. With two ways of clustering the
    variance of their intersection is taken off the sum of both (Cameron, Gelbach &
    Miller 2011): a subject in several matched sets.
    """
    if len(clusters) == 1:
        return _one_way(influence, clusters[0])
    first, second = clusters
    both = np.unique(np.column_stack([first, second]), axis=0, return_inverse=True)[1]
    ways = [_one_way(influence, way) for way in (first, second, both.ravel())]
    return ways[0] + ways[1] - ways[2]


def _one_way(influence: FloatArray, cluster: IntArray) -> FloatArray:
    columns = [np.bincount(cluster, column).astype(float) for column in influence.T]
    sums = np.column_stack(columns)
    return sums.T @ sums
