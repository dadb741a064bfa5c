"""Hide small counts of a table whose sums are known: rows, columns and whole."""

import numpy as np


def hide_in_table(counts: np.ndarray, sums: np.ndarray, below: int) -> np.ndarray:
    """Return which cells of a table of counts are to be hidden.

    `sums` are the equations that hold between its cells (equations x cells, each 0).
    A small cell is disclosed where every change of the hidden cells that keeps all sums
    leaves it as it is; then the smallest cell near it is hidden too, until none is.
    """
    small = (counts > 0) & (counts < below)
    hidden = small.copy()
    while not hidden.all():
        told = _told(sums, hidden.ravel()).reshape(counts.shape) & small
        if not told.any():
            break
        i, j = np.argwhere(told)[0]
        near = np.add.outer(np.arange(len(counts)) != i, np.zeros(counts.shape[1]))
        near += np.arange(counts.shape[1]) != j
        # Cells of the same row or column first, people before nobody, few before many.
        order = np.lexsort((counts.ravel(), (counts == 0).ravel(), near.ravel()))
        hidden.flat[next(k for k in order if not hidden.flat[k])] = True
    return hidden


def _told(sums: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    told = np.zeros(len(hidden), dtype=bool)
    if hidden.any():
        _, sizes, directions = np.linalg.svd(sums[:, hidden])
        free = directions[int((sizes > 1e-9).sum()) :]
        told[hidden] = ~(np.abs(free) > 1e-9).any(axis=0)
    return told
