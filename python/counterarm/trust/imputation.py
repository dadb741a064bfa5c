"""Multiple imputation of covariates: chained equations, predictive mean matching."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.spatial import KDTree

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    survival_times,
)
from counterarm.trust.random_streams import random_stream

DONORS = 5
RIDGE = 1e-5
ROUNDS = 10
FEWEST_IMPUTATIONS = 20
SPARE = 3


@dataclass(frozen=True)
class ImputationPlan:
    """What is to be imputed, and of whom.

    `m` is the number of imputations, 0 where nothing is missing: then the plain result
    is the answer. `is_left_out` marks subjects with a covariate that is missing in
    their whole group; they stay incomplete, and `notes` names covariate and group.
    """

    m: int
    is_left_out: BoolArray
    notes: tuple[str, ...]


def nelson_aalen(time: ArrayLike, event: ArrayLike) -> FloatArray:
    """Return the cumulative hazard of all subjects at each one's own time.

    With the event it stands for the outcome in the imputation model.
    Source: White and Royston 2009; R mice `nelsonaalen`.
    """
    times, events = survival_times(time, event)
    at, deaths = np.unique(times[events], return_counts=True)
    at_risk = len(times) - np.searchsorted(np.sort(times), at, side="left")
    hazard = np.concatenate([[0.0], np.cumsum(deaths / at_risk)])
    return hazard[np.searchsorted(at, times, side="right")]


def plan_imputation(
    covariates: pd.DataFrame, groups: dict[str, ArrayLike] | None = None
) -> ImputationPlan:
    """Decide on the number of imputations and on who takes part.

    `covariates` has one row per subject. m is the percentage of incomplete subjects
    among those who take part, at least 20, or 0 if all are complete. `groups` are
    labels by subject, such as arm or pseudo-trial: a covariate that nobody of a group
    has is not imputed there. Null labels are no group.
    """
    missing = covariates.isna()
    left_out = np.zeros(len(covariates), bool)
    notes = []
    for kind, labels in (groups or {}).items():
        label = pd.Series(np.asarray(labels, dtype=object), index=covariates.index)
        known = label.notna()
        whole = missing[known].groupby(label[known].astype(str)).all()
        for name in covariates.columns:
            for group in whole.index[whole[name]]:
                left_out |= (known & (label.astype(str) == group)).to_numpy()
                notes.append(f"{name} is missing in the whole {kind} {group}")
    incomplete = missing.any(axis=1).to_numpy()[~left_out]
    m = 0
    if incomplete.any():
        m = max(FEWEST_IMPUTATIONS, math.ceil(100 * incomplete.mean()))
    return ImputationPlan(m, left_out, tuple(notes))


def imputations(
    covariates: pd.DataFrame,
    outcome: pd.DataFrame,
    m: int,
    *,
    seed: int,
    analysis_id: str,
    rounds: int = ROUNDS,
) -> Iterator[pd.DataFrame]:
    """Yield m completed copies of `covariates`.

    `covariates` has one row per subject that takes part, ordered by `usubjid`: numbers,
    yes/no (booleans or 0 and 1) and text, null where missing. `outcome` has complete
    numbers that predict them: treatment, event and the Nelson-Aalen hazard under the
    follow-up rule. Text of k levels stands as k - 1 columns of 0 and 1, and its donor
    gives all of them, so that each subject has one level. Generator of imputation j:
    `random_stream(seed, analysis_id, j)`.

    ValueError for a missing value in `outcome` and for a covariate without any value.
    Source: van Buuren 2018, chapters 3 and 4.
    """
    if outcome.isna().any(axis=None):
        raise ValueError("outcome: missing values")
    for name in covariates.columns:
        if len(covariates) and covariates[name].isna().all():
            raise ValueError(f"{name}: nobody has a value")
    blocks = [_as_numbers(covariates[name]) for name in covariates.columns]
    sizes = [block.shape[1] for block in blocks]
    fixed = outcome.to_numpy(dtype=float)
    matrix = np.column_stack([fixed, *blocks])
    ends = np.cumsum([fixed.shape[1], *sizes])
    columns = [list(range(a, b)) for a, b in pairwise(ends)]
    for j in range(m):
        stream = random_stream(seed, analysis_id, j)
        source = chained(matrix, columns, stream, rounds=rounds)[1]
        completed = covariates.copy()
        for name, block in zip(covariates.columns, columns, strict=True):
            if not (missing := covariates[name].isna().to_numpy()).any():
                continue
            values = covariates[name].to_numpy(copy=True)
            values[missing] = values[source[missing, block[0]]]
            completed[name] = pd.Series(values, index=covariates.index)
        yield completed.infer_objects()


def chained(
    matrix: FloatArray,
    blocks: Sequence[Sequence[int]],
    rng: np.random.Generator,
    *,
    rounds: int = ROUNDS,
    donors: int = DONORS,
) -> tuple[FloatArray, IntArray]:
    """Impute the columns of a matrix in turn, given all others, `rounds` times.

    `matrix` is subjects x columns, NaN where missing; `blocks` lists the columns that
    are imputed together, such as the levels of one variable. They begin with values
    drawn from those observed. Returns the completed matrix and, in its shape, the row
    from which each value comes.
    """
    filled = matrix.copy()
    source = np.tile(np.arange(len(matrix))[:, None], matrix.shape[1])
    todo = []
    for block in blocks:
        missing = np.asarray(np.isnan(matrix[:, list(block)]).any(axis=1))
        if missing.any():
            todo.append((list(block), missing))
            rows = rng.choice(np.flatnonzero(~missing), missing.sum())
            _take(filled, source, matrix, block, missing, rows)
    for _ in range(rounds):
        for block, missing in todo:
            others = np.delete(filled, block, axis=1)
            rows = donor_rows(rng, filled[:, block], others, missing, donors=donors)
            _take(filled, source, matrix, block, missing, rows)
    return filled, source


def donor_rows(
    rng: np.random.Generator,
    y: FloatArray,
    predictors: FloatArray,
    missing: BoolArray,
    *,
    donors: int = DONORS,
    ridge: float = RIDGE,
) -> IntArray:
    """Return the row that each subject with a missing value takes it from.

    `y` is subjects x columns, one but for levels. Least squares of the observed on an
    intercept and the predictors, with a ridge on the diagonal; sigma is drawn from its
    posterior, then the coefficients. A donor is drawn from the `donors` observed
    subjects whose fitted value is nearest to the one predicted with the drawn
    coefficients; equally near ones in the order of rows. Predictors that do not vary
    among the observed are not used.

    Source: Rubin 1987; R mice `pmm`, type 1.
    """
    observed = np.flatnonzero(~missing)
    seen = predictors[observed]
    varying = (seen != seen[0]).any(axis=0)
    design = np.column_stack([np.ones(len(predictors)), predictors[:, varying]])
    x = design[observed]
    square = x.T @ x
    ridged = square.copy()
    np.fill_diagonal(ridged, np.diag(square) + np.diag(square) * ridge)
    inverse = np.linalg.inv(ridged)
    factor = np.linalg.cholesky((inverse + inverse.T) / 2)
    fitted, predicted = [], []
    for column in y.T:
        known = column[observed]
        coef = inverse @ (x.T @ known)
        fit = x @ coef
        left = known - fit
        df = max(len(observed) - design.shape[1], 1)
        sigma = math.sqrt(left @ left / rng.chisquare(df))
        drawn = coef + sigma * factor @ rng.standard_normal(design.shape[1])
        fitted.append(fit)
        predicted.append(design[missing] @ drawn)
    n_donors = min(donors, len(observed))
    near = nearest_rows(np.column_stack(fitted), np.column_stack(predicted), n_donors)
    chosen = near[np.arange(len(near)), rng.integers(0, n_donors, len(near))]
    return observed[chosen]


def nearest_rows(points: FloatArray, targets: FloatArray, count: int) -> IntArray:
    """Return the rows of the `count` points nearest to each target, nearest first.

    `points` and `targets` are rows x columns; distance is Euclidean, and equally near
    points are in the order of rows.
    """
    if points.shape[1] == 1:
        return _nearest_on_a_line(points[:, 0], targets[:, 0], count)
    # a few more than asked for, so that it shows where equally near points stop
    found = min(count + SPARE, len(points))
    near = np.sort(KDTree(points).query(targets, list(range(1, found + 1)))[1], axis=1)
    distance = ((targets[:, None, :] - points[near]) ** 2).sum(axis=2)
    in_order = np.argsort(distance, axis=1, kind="stable")
    rows = np.take_along_axis(near, in_order, axis=1)[:, :count]
    by_distance = np.take_along_axis(distance, in_order, axis=1)
    is_open = by_distance[:, count - 1] >= by_distance[:, -1]
    if found < len(points) and is_open.any():
        others = ((targets[is_open][:, None, :] - points[None]) ** 2).sum(axis=2)
        rows[is_open] = np.argsort(others, axis=1, kind="stable")[:, :count]
    return rows


def _nearest_on_a_line(points: FloatArray, targets: FloatArray, count: int) -> IntArray:
    """Look at `count` neighbours on either side of each target only."""
    n = len(points)
    upwards = np.argsort(points, kind="stable")
    in_order = points[upwards]
    downwards = upwards[::-1]
    if (in_order[1:] == in_order[:-1]).any():
        downwards = np.argsort(-points, kind="stable")
    below = np.searchsorted(in_order, targets, side="left")
    steps = np.arange(count)
    places = np.column_stack(
        [below[:, None] + steps, (n - below)[:, None] + steps],
    )
    is_there = places < n
    places = np.minimum(places, n - 1)
    rows = np.where(np.arange(2 * count) < count, upwards[places], downwards[places])
    distance = np.where(is_there, (targets[:, None] - points[rows]) ** 2, np.inf)
    nearest = np.lexsort((rows, distance), axis=-1)[:, :count]
    return np.take_along_axis(rows, nearest, axis=1)


def _take(
    filled: FloatArray,
    source: IntArray,
    matrix: FloatArray,
    block: Sequence[int],
    missing: BoolArray,
    rows: IntArray,
) -> None:
    for j in block:
        filled[missing, j] = matrix[rows, j]
        source[missing, j] = rows


def _as_numbers(values: pd.Series) -> FloatArray:
    """Return one column of numbers or yes/no, or one per level but the first."""
    known = values.dropna()
    if all(isinstance(value, str) for value in known):
        levels = sorted(known.unique(), key=str.encode)
        block = np.column_stack(
            [(values == level).to_numpy(dtype=float) for level in levels[1:]]
            or [np.zeros(len(values))]
        )
        block[values.isna().to_numpy()] = np.nan
        return block
    try:
        return pd.to_numeric(values).to_numpy(dtype=float, na_value=np.nan)[:, None]
    except (TypeError, ValueError) as error:
        raise ValueError(f"{values.name}: not numeric ({error})") from None
