"""What every matching on a score is given: checked, in one place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
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

    `score` is None where pairs are made without one. `width` is the caliper on it,
    infinite without one; `calipers` are those on variables, as (values, width).
    `discarded` are those who are not matched, and have no part in SDs.
    """

    score: FloatArray | None
    arms: BoolArray
    strata: IntArray
    width: float
    calipers: list[tuple[FloatArray, float]]
    discarded: BoolArray


def scored_subjects(
    score: ArrayLike | None,
    treated: ArrayLike,
    *,
    data: pd.DataFrame | None,
    exact: ArrayLike | Sequence[str] | None,
    caliper: Caliper,
    std_caliper: StdCaliper,
    score_caliper: float | None,
    variable_calipers: VariableCalipers,
    discard: ArrayLike | None = None,
) -> ScoredSubjects:
    """Check the arguments that `match_nearest` describes; ValueErrors as there."""
    score, treated, discard = columns_of(
        data, score=score, treated=treated, discard=discard
    )
    x = None if score is None else numbers(score, "score")
    arms = flags(treated, "treated", None if x is None else len(x))
    n = len(arms)
    out = np.zeros(n, bool) if discard is None else flags(discard, "discard", n)
    strata = as_strata(exact, n, data)
    width, calipers = widths_of(
        x,
        n,
        caliper=caliper,
        std_caliper=std_caliper,
        score_caliper=score_caliper,
        variable_calipers=variable_calipers,
        data=data,
        kept=~out,
    )
    return ScoredSubjects(x, arms, strata, width, calipers, out)
