"""The bootstrap of an estimate: which rows are drawn, and summaries of the draws."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from counterarm.arrays import (
    BoolArray,
    IntArray,
    check_level,
    codes,
    flags,
    numbers,
)


@dataclass(frozen=True)
class Bootstrap:
    """Summary of the draws of an estimate; NaN where fewer than two gave one.

    `se` is their standard deviation (n - 1), `bias` their mean less the estimate;
    `ci_low` and `ci_high` are percentiles (type 7), `normal_low` and `normal_high` the
    estimate -+ z se.
    """

    n_draws: int
    n_failed: int
    se: float
    bias: float
    ci_low: float
    ci_high: float
    normal_low: float
    normal_high: float


def summarise_draws(
    estimate: float, draws: ArrayLike, *, conf_level: float = 0.95
) -> Bootstrap:
    """Summarise the draws of an estimate; those that failed are NaN, and counted.

    Source: Efron and Tibshirani 1993.
    """
    check_level(conf_level)
    found = numbers(draws, "draws", may_be_missing=True)
    known = found[~np.isnan(found)]
    n_failed = len(found) - len(known)
    if len(known) < 2 or math.isnan(estimate):
        return Bootstrap(len(found), n_failed, *(math.nan,) * 6)
    se = float(known.std(ddof=1))
    tail = (1 - conf_level) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    half = float(norm.ppf(1 - tail)) * se
    return Bootstrap(
        len(found),
        n_failed,
        se,
        float(known.mean()) - estimate,
        float(low),
        float(high),
        estimate - half,
        estimate + half,
    )


def draw_sets(
    set_id: ArrayLike, stream: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Draw as many matched sets as there are, with replacement, whole.

    Returns the rows of the draw, and the number of the drawn set of each; a set drawn
    twice is two sets. Source: Austin and Small 2014 (10.1002/sim.6276).
    """
    labels = np.asarray(set_id)
    distinct, of_row = codes(labels, "set_id", len(labels))
    order = np.argsort(of_row, kind="stable")
    starts = np.searchsorted(of_row[order], np.arange(len(distinct) + 1))
    drawn = stream.integers(0, len(distinct), len(distinct))
    sizes = (starts[1:] - starts[:-1])[drawn]
    rows = [order[starts[one] : starts[one + 1]] for one in drawn]
    return np.concatenate(rows), np.repeat(np.arange(len(drawn)), sizes)


def draw_within_arms(treated: ArrayLike, stream: np.random.Generator) -> IntArray:
    """Draw as many subjects of each arm as it has, with replacement, in row order.

    ValueError for an empty arm.
    """
    arm: BoolArray = flags(treated, "treated")
    if arm.all() or not arm.any():
        raise ValueError("treated: an arm is empty")
    chosen = [
        stream.choice(np.flatnonzero(who), size=int(who.sum())) for who in (arm, ~arm)
    ]
    return np.sort(np.concatenate(chosen))
