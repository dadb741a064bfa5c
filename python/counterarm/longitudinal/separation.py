"""Whether predictors separate classes, so that a logistic fit has no maximum."""

import numpy as np
from scipy.optimize import linprog

# A sum of margins below this is rounding of the linear program.
TOLERANCE = 1e-7


def is_separated(design: np.ndarray, labels: np.ndarray) -> bool:
    """Tell whether a multinomial logistic regression has infinite coefficients.

    `design` is n x p with the column of ones, `labels` the class of each row. Classes
    are separated, completely or but for ties, where coefficients exist that give every
    row at least the score of any other class, and one row more (Albert and Anderson
    1984); a linear program looks for them.
    """
    design = np.asarray(design, float)
    spread = np.abs(design).max(axis=0)
    design = design / np.where(spread > 0, spread, 1.0)
    classes, own = np.unique(np.asarray(labels), return_inverse=True)
    n, p = design.shape
    margins = []
    for other in range(len(classes)):
        rows = np.flatnonzero(own != other)
        margin = np.zeros((len(rows), len(classes), p))
        margin[np.arange(len(rows)), own[rows]] = design[rows]
        margin[:, other] -= design[rows]
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
