"""Covariates as numbers: design matrices of scores, models and balance tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import FloatArray, numbers, refuse_missing

NUMERIC, CATEGORICAL = "numeric", "categorical"
Kinds = Sequence[tuple[str, str]]


def kinds_of(columns: pd.DataFrame) -> list[tuple[str, str]]:
    """Return (name, kind) of each column: numbers and booleans are numeric."""
    inferred = {
        str(name): pd.api.types.infer_dtype(columns[name], skipna=True)
        for name in columns
    }
    text = ("string", "mixed", "categorical")
    return [
        (name, CATEGORICAL if kind in text else NUMERIC)
        for name, kind in inferred.items()
    ]


def levels_of(values: pd.Series) -> list[Any]:
    """Return the levels that occur, in byte order, or in that of a categorical type."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        present = set(values.unique())
        return [level for level in values.cat.categories if level in present]
    return sorted(values.astype(str).unique(), key=str.encode)


def design_matrix(
    columns: pd.DataFrame, terms: Kinds, *, every_level: bool = False
) -> tuple[FloatArray, tuple[str, ...]]:
    """Turn covariates into numbers; return the design, shape (n, p), and p names.

    `terms` lists (variable, kind), kind `numeric` or `categorical`. A numeric term
    is one column named like the variable. A categorical term gives a 0/1 column
    `variable=LEVEL` for each level but the first, which is the reference (R's treatment
    contrasts); with one level only it gives none. Levels are in byte order, or in that
    of a pandas categorical. With `every_level` a variable has a column for the first,
    too, unless it has two levels, as balance tables do. No intercept column.

    Raises ValueError, naming the variable, for an unknown variable or kind, a
    variable given twice, missing values, and text in a numeric variable.
    """
    parts: list[FloatArray] = []
    names: list[str] = []
    seen: set[str] = set()
    for variable, kind in terms:
        if variable not in columns.columns:
            raise ValueError(f"{variable}: the data have no such column")
        if variable in seen:
            raise ValueError(f"{variable}: the term is given twice")
        seen.add(variable)
        values = columns[variable]
        if kind == NUMERIC:
            parts.append(numbers(values, variable))
            names.append(variable)
        elif kind == CATEGORICAL:
            refuse_missing(values.isna().to_numpy(), variable)
            levels = levels_of(values)
            shown = levels if every_level and len(levels) != 2 else levels[1:]
            text = values.astype(str)
            for level in shown:
                parts.append((text == str(level)).to_numpy(dtype=float))
                names.append(f"{variable}={level}")
        else:
            raise ValueError(
                f"{variable}: kind {kind!r}, expected {NUMERIC} or {CATEGORICAL}"
            )
    matrix = np.column_stack(parts) if parts else np.empty((len(columns), 0))
    return matrix, tuple(names)


def covariate_matrix(
    covariates: Any, names: Sequence[str] | None, data: pd.DataFrame | None
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return covariates as rows x terms of finite floats, and the terms' names.

    `covariates` is rows x terms, or one term; or a DataFrame or Series, or the name or
    the list of names of columns of `data`, whose text and categories become 0/1 columns
    as in `design_matrix`. Without `names` a term is called like its column, and x1, x2
    and so on in an array.

    ValueError for names that are repeated, none or of another number than the terms, a
    categorical variable of one level, and what `numbers` refuses.
    """
    if names is not None:
        _check_names(names)
    frame = as_frame(covariates, data)
    if frame is not None:
        kinds = kinds_of(frame)
        is_numeric = all(kind == NUMERIC for _, kind in kinds)
        if names is not None and is_numeric and len(names) == len(kinds):
            frame = frame.set_axis(list(names), axis=1)
            kinds = [(name, NUMERIC) for name in names]
        matrix, own = design_matrix(frame, kinds)
        for name, kind in kinds:
            if kind == CATEGORICAL and len(levels_of(frame[name])) < 2:
                raise ValueError(f"constant term: {name}")
        names = own if names is None else names
        if len(names) != len(own):
            raise ValueError(f"names: {len(names)} for the terms {', '.join(own)}")
        return matrix, tuple(names)
    matrix = np.asarray(covariates)
    if matrix.ndim == 1 and (names is None or len(names) == 1):
        matrix = matrix[:, None]
    if names is None and matrix.ndim == 2:
        names = [f"x{j}" for j in range(1, matrix.shape[1] + 1)]
    if matrix.ndim != 2 or names is None or matrix.shape[1] != len(names):
        wanted = "rows x terms expected"
        if names is not None:
            wanted = f"but {len(names)} names"
        raise ValueError(f"covariates: shape {matrix.shape}, {wanted}")
    columns = [numbers(matrix[:, j], name) for j, name in enumerate(names)]
    if not columns:
        return np.empty(matrix.shape), ()
    return np.column_stack(columns), tuple(names)


def codes_of_combinations(
    exact: ArrayLike | Sequence[str], data: pd.DataFrame | None
) -> pd.Series | ArrayLike:
    """Return codes of several columns as one code per row, other codes as they are.

    `exact` is a DataFrame, a list of names of columns of `data`, or codes. ValueError
    for missing values of a column.
    """
    labels: Any = exact
    if isinstance(labels, str):
        labels = as_frame(labels, data)
    # a list of another length than the data can only be names
    if (
        isinstance(labels, list | tuple)
        and data is not None
        and (len(labels) != len(data) or set(labels) <= set(data.columns))
    ):
        labels = as_frame(labels, data)
    if not isinstance(labels, pd.DataFrame):
        return exact
    frame = labels
    for name in frame:
        refuse_missing(frame[name].isna().to_numpy(), f"exact, {name}")
    return frame.groupby(list(frame), sort=True, observed=True).ngroup()


def as_frame(covariates: Any, data: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the columns that are meant, None where arrays are given.

    Columns are called by their names as text. ValueError for a name without `data`, one
    that `data` do not have, and one that is given twice.
    """
    if isinstance(covariates, pd.DataFrame):
        return _with_text_names(covariates)
    if isinstance(covariates, pd.Series):
        name = "x1" if covariates.name is None else covariates.name
        return _with_text_names(covariates.rename(name).to_frame())
    if isinstance(covariates, str):
        covariates = [covariates]
    elif not isinstance(covariates, list | tuple) or not covariates:
        return None
    if not all(isinstance(name, str) for name in covariates):
        return None
    if data is None:
        raise ValueError(f"{covariates[0]!r} names a column, but no data are given")
    for name in covariates:
        if name not in data.columns:
            raise ValueError(f"{name}: the data have no such column")
    return _with_text_names(data[list(covariates)])


def _with_text_names(frame: pd.DataFrame) -> pd.DataFrame:
    names = [str(name) for name in frame]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{name}: the term is given twice")
    return frame.set_axis(names, axis=1)


def _check_names(names: Sequence[str]) -> None:
    if isinstance(names, str):
        raise ValueError(f"names: {names!r} is one text, where a list is needed")
    if len(set(names)) < len(names):
        raise ValueError(f"names: terms are repeated in {list(names)}")
