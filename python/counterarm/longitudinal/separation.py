"""Whether predictors separate classes, so that a logistic fit has no maximum."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog

from counterarm.arrays import codes

# A sum of margins below this is rounding of the linear program.
TOLERANCE = 1e-7


def is_separated(design: ArrayLike, labels: ArrayLike) -> bool:
    """Return whether a multinomial logistic regression has infinite coefficients.

    `design` is n x p with the column of ones, `labels` the class of each row. Classes
    are separated, completely or but for ties, where coefficients exist that give every
    row at least the score of any other class, and one row more (Albert and Anderson
    1984); a linear program looks for them. ValueError for a design that is not n x p
    and missing labels.
    """
    values = np.asarray(design, float)
    if values.ndim != 2:
        raise ValueError(f"design: shape {values.shape}, rows x terms expected")
    spread = np.abs(values).max(axis=0)
    scaled = values / np.where(spread > 0, spread, 1.0)
    labelled, own = codes(labels, "labels", len(scaled))
    classes = labelled.tolist()
    n, p = scaled.shape
    margins = []
    for other in range(len(classes)):
        rows = np.flatnonzero(own != other)
        margin = np.zeros((len(rows), len(classes), p))
        margin[np.arange(len(rows)), own[rows]] = scaled[rows]
        margin[:, other] -= scaled[rows]
        margins.append(margin.reshape(len(rows), -1))
    stacked = np.vstack(margins)
    found = linprog(
        -stacked.sum(axis=0),
        A_ub=-stacked,
        b_ub=np.zeros(len(stacked)),
        bounds=(-1, 1),
        method="highs",
    )
    return bool(-found.fun > TOLERANCE * n)
