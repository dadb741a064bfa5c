"""What every matching on a score is given: checked, in one place."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    columns_of,
    flags,
    numbers,
)
from counterarm.matching._calipers import (
    Caliper,
    StdCaliper,
    VariableCalipers,
    widths_of,
)
from counterarm.matching._checks import as_strata


@dataclass(frozen=True)
class ScoredSubjects:
    """Scores, arms, strata and calipers of n subjects, in data order.

    `width` is the caliper on the score, infinite without one; `calipers` are those on
    variables, as (values, width).
    """

    score: FloatArray
    arms: BoolArray
    strata: IntArray
    width: float
    calipers: list[tuple[FloatArray, float]]


def scored_subjects(
    score: ArrayLike,
    treated: ArrayLike,
    *,
    data: pd.DataFrame | None,
    exact: ArrayLike | Sequence[str] | None,
    caliper: Caliper,
    std_caliper: StdCaliper,
    score_caliper: float | None,
    variable_calipers: VariableCalipers,
) -> ScoredSubjects:
    """Check the arguments that `match_nearest` describes; ValueErrors as there."""
    score, treated = columns_of(data, score=score, treated=treated)
    x = numbers(score, "score")
    arms = flags(treated, "treated", len(x))
    strata = as_strata(exact, len(x), data)
    width, calipers = widths_of(
        x,
        len(x),
        caliper=caliper,
        std_caliper=std_caliper,
        score_caliper=score_caliper,
        variable_calipers=variable_calipers,
        data=data,
    )
    return ScoredSubjects(x, arms, strata, width, calipers)
