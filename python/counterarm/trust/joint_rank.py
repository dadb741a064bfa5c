"""Function and survival together: Finkelstein-Schoenfeld test and joint ranks."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm, rankdata
from scipy.stats import t as student

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    numbers,
)
from counterarm.trust.win_ratio import Comparisons, arms


@dataclass(frozen=True)
class JointRank:
    """Finkelstein-Schoenfeld test and joint ranks; arrays have one element per subject.

    `score` is times better less times worse against everybody, `rank` its mid-rank,
    high is good; `ancova_coef` is the treated less the controls at equal baseline.
    """

    score: IntArray
    rank: FloatArray
    mean_rank_treated: float
    mean_rank_control: float
    fs_t: int
    fs_variance: float
    fs_z: float
    fs_p_value: float
    ancova_coef: float
    ancova_se: float
    ancova_p_value: float


def joint_rank(
    comparisons: Comparisons, treated: ArrayLike, baseline: ArrayLike
) -> JointRank:
    """Rank all subjects together by function and survival, and test the arms.

    T is the sum of scores of the treated, with variance
    n1 n0 / (N (N - 1)) sum U^2. The ranks are compared by least squares on arm and
    `baseline`, the total score at the index. p values are two-sided: normal of T,
    Student's t with N - 3 df of the arm; NaN where they do not exist. ValueError for an
    empty arm.
    Source: Finkelstein and Schoenfeld 1999; Berry 2013 (combined assessment of
    function and survival).
    """
    arm = arms(comparisons, treated)
    start = numbers(baseline, "baseline", len(arm))
    score = comparisons.sum(axis=1, dtype=np.int64)
    rank = rankdata(score)
    n, n1 = len(arm), int(arm.sum())
    total = int(score[arm].sum())
    variance = float(n1 * (n - n1) / (n * (n - 1)) * (score**2).sum())
    z = total / math.sqrt(variance) if variance > 0 else math.nan
    coef, se, df = _ancova(rank, arm, start)
    p_value = float(2 * student.sf(abs(coef) / se, df)) if se > 0 else math.nan
    return JointRank(
        score=score,
        rank=rank,
        mean_rank_treated=float(rank[arm].mean()),
        mean_rank_control=float(rank[~arm].mean()),
        fs_t=total,
        fs_variance=variance,
        fs_z=z,
        fs_p_value=float(2 * norm.sf(abs(z))),
        ancova_coef=coef,
        ancova_se=se,
        ancova_p_value=p_value,
    )


def _ancova(
    rank: FloatArray, arm: BoolArray, baseline: FloatArray
) -> tuple[float, float, int]:
    """Return the coefficient of the arm, its standard error and degrees of freedom."""
    design = np.column_stack([np.ones(len(arm)), arm, baseline])
    df = len(arm) - 3
    if df < 1 or np.linalg.matrix_rank(design) < 3:
        return math.nan, math.nan, df
    coef = np.linalg.lstsq(design, rank, rcond=None)[0]
    left = rank - design @ coef
    error = left @ left / df * np.linalg.inv(design.T @ design)[1, 1]
    return float(coef[1]), math.sqrt(error), df
