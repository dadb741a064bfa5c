"""Function and survival together: every subject against every other, win ratios."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest, norm

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    check_level,
    codes,
    flags,
    survival_times,
)
from counterarm.ratios import exp
from counterarm.ties import tied

Comparisons = NDArray[np.int8]


@dataclass(frozen=True)
class WinRatio:
    """Pairs won, lost and tied by the treated; without a loss or a win no ratio.

    Numbers that do not exist are NaN. `net_benefit` is the share won less the share
    lost, `win_odds` counts half of the ties on either side: (1 + net
    benefit) / (1 - net benefit). `net_benefit_se` is the root of the variance of row
    means over n1 plus that of column means over n0, each with n - 1; in matched pairs
    of (share decided - net_benefit^2) / pairs. The limits of the net benefit are
    normal, those of the odds are of their log, 2 se / (1 - net_benefit^2).
    """

    wins: int
    losses: int
    ties: int
    win_ratio: float
    log_se: float
    ci_low: float
    ci_high: float
    win_odds: float
    win_odds_ci_low: float
    win_odds_ci_high: float
    net_benefit: float
    net_benefit_se: float
    net_benefit_ci_low: float
    net_benefit_ci_high: float
    p_value: float
    note: str


def compare(
    time: ArrayLike, event: ArrayLike, change: ArrayLike, *, margin: float = 0.0
) -> Comparisons:
    """Compare every subject with every other: 1 better, -1 worse, 0 tied.

    `time` and `event` under the follow-up rule; `change` from baseline is subjects x
    planned visits in their order, NaN where not measured. i is better than j if j dies
    while i is alive later or censored that day, or both die and i later; where that
    is undetermined, if its change is larger, by more than `margin`, at the last planned
    visit at which both have one. Element (i, j) of the result is that of i against j.

    Under `as_recorded`, wins by death are an artefact of whose deaths are recorded.
    ValueError for infinite changes or a margin below 0.
    Source: Finkelstein and Schoenfeld 1999; Pocock 2012.
    """
    times, died = survival_times(time, event)
    if not margin >= 0:
        raise ValueError(f"margin: {margin} is below 0")
    changes = np.asarray(change, dtype=float)
    if changes.ndim != 2 or len(changes) != len(times) or np.isinf(changes).any():
        raise ValueError(f"change: shape {changes.shape} or infinite values")
    changes = tied(changes.ravel()).reshape(changes.shape)
    mine, theirs = times[:, None], times[None, :]
    outlives = died[None, :] & ((mine > theirs) | ((mine == theirs) & ~died[:, None]))
    result = outlives.astype(np.int8) - outlives.T.astype(np.int8)
    is_open = result == 0
    for values in changes.T[::-1]:
        difference = values[:, None] - values[None, :]
        known = is_open & ~np.isnan(difference)
        larger = np.where(np.abs(difference) > margin, np.sign(difference), 0)
        result[known] = larger[known].astype(np.int8)
        is_open &= ~known
    return result


def win_ratio(
    comparisons: Comparisons, treated: ArrayLike, *, conf_level: float = 0.95
) -> WinRatio:
    """Compare every treated with every control.

    The variance of the log is that of two-sample U statistics: with w and l the shares
    won and lost, v_WW / w^2 + v_LL / l^2 - 2 v_WL / (w l), each v the covariance of
    row means over n1 plus that of column means over n0.
    Limits are exp(log ratio -+ z se), p two-sided normal. ValueError for an empty arm
    and conf_level outside (0, 1).
    Source: Bebu and Lachin 2016.
    """
    check_level(conf_level)
    arm = arms(comparisons, treated)
    between = comparisons[np.ix_(arm, ~arm)]
    won, lost = (between == 1).astype(float), (between == -1).astype(float)
    n1, n0 = between.shape
    w, l = won.mean(), lost.mean()  # noqa: E741
    wins, losses = int(won.sum()), int(lost.sum())
    log_se = math.nan
    if min(wins, losses) > 0 and min(n1, n0) > 1:

        def covariance(a: FloatArray, b: FloatArray) -> float:
            rows = np.cov(a.mean(axis=1), b.mean(axis=1))[0, 1] / n1
            return float(rows + np.cov(a.mean(axis=0), b.mean(axis=0))[0, 1] / n0)

        log_se = math.sqrt(
            covariance(won, won) / w**2
            + covariance(lost, lost) / l**2
            - 2 * covariance(won, lost) / (w * l)
        )
    ratio = wins / losses if losses else math.nan
    log_ratio = math.log(ratio) if wins and losses else math.nan
    half = norm.ppf(0.5 + conf_level / 2) * log_se
    return WinRatio(
        wins=wins,
        losses=losses,
        ties=between.size - wins - losses,
        win_ratio=ratio,
        log_se=log_se,
        ci_low=exp(log_ratio - half),
        ci_high=exp(log_ratio + half),
        **_benefit(w, l, _spread(won - lost), conf_level),
        p_value=float(2 * norm.sf(abs(log_ratio) / log_se)) if log_se > 0 else math.nan,
        note=_note(wins, losses),
    )


def matched_win_ratio(
    comparisons: Comparisons,
    treated: ArrayLike,
    set_id: ArrayLike,
    *,
    conf_level: float = 0.95,
) -> WinRatio:
    """Compare each treated with the control of its pair.

    With p the share won of the pairs decided, the limits are p -+ z sqrt(p (1 - p) / n)
    as odds, NaN where a limit of p leaves (0, 1); p value exact binomial, two-sided.
    `log_se` is sqrt(1 / wins + 1 / losses); the limits do not use it.
    ValueError for sets that are not one treated and one control, and conf_level outside
    (0, 1). Source: Pocock 2012.
    """
    check_level(conf_level)
    arm = arms(comparisons, treated)
    sets = codes(set_id, "set_id", len(arm))[1]
    n_sets = int(sets.max()) + 1
    ones = [np.bincount(sets[who], minlength=n_sets) == 1 for who in (arm, ~arm)]
    if not (ones[0] & ones[1]).all():
        raise ValueError("set_id: a set is not one treated and one control")
    order = np.argsort(sets, kind="stable")
    found = comparisons[order[arm[order]], order[~arm[order]]]
    wins, losses = int((found == 1).sum()), int((found == -1).sum())
    decided = wins + losses
    low = high = log_se = p_value = math.nan
    if decided:
        p_value = float(binomtest(wins, decided).pvalue)
    if wins and losses:
        p = wins / decided
        half = norm.ppf(0.5 + conf_level / 2) * math.sqrt(p * (1 - p) / decided)
        low = (p - half) / (1 - p + half) if p > half else math.nan
        high = (p + half) / (1 - p - half) if p + half < 1 else math.nan
        log_se = math.sqrt(1 / wins + 1 / losses)  # of the log odds of p
    return WinRatio(
        wins=wins,
        losses=losses,
        ties=len(found) - decided,
        win_ratio=wins / losses if losses else math.nan,
        log_se=log_se,
        ci_low=float(low),
        ci_high=float(high),
        **_benefit(
            wins / len(found),
            losses / len(found),
            math.sqrt(decided - (wins - losses) ** 2 / len(found)) / len(found),
            conf_level,
        ),
        p_value=p_value,
        note=_note(wins, losses),
    )


def arms(comparisons: Comparisons, treated: ArrayLike) -> BoolArray:
    """Return who is treated, or raise a ValueError for an empty arm and other codes."""
    arm = flags(treated, "treated", len(comparisons))
    if arm.all() or not arm.any():
        raise ValueError("treated: an arm is empty")
    return arm


def _spread(difference: FloatArray) -> float:
    """Return the standard error of the mean of a two-sample U statistic."""
    n1, n0 = difference.shape
    if min(n1, n0) < 2:
        return math.nan
    rows, columns = difference.mean(axis=1), difference.mean(axis=0)
    return math.sqrt(rows.var(ddof=1) / n1 + columns.var(ddof=1) / n0)


def _benefit(won: float, lost: float, se: float, conf_level: float) -> dict[str, float]:
    """Return win odds and net benefit with their limits.

    Source: Buyse 2010 (net benefit); Dong 2020 (win odds, by the delta method).
    """
    benefit, odds = float(won - lost), _odds(won, lost)
    z = float(norm.ppf(0.5 + conf_level / 2))
    has_log = 0 < odds < math.inf and abs(benefit) < 1
    log_half = z * 2 * se / (1 - benefit**2) if has_log else math.nan
    return {
        "win_odds": odds,
        "win_odds_ci_low": odds * exp(-log_half),
        "win_odds_ci_high": odds * exp(log_half),
        "net_benefit": benefit,
        "net_benefit_se": se,
        "net_benefit_ci_low": benefit - z * se,
        "net_benefit_ci_high": benefit + z * se,
    }


def _odds(won: float, lost: float) -> float:
    tied = 1 - won - lost
    below = lost + tied / 2
    return float((won + tied / 2) / below) if below > 0 else math.nan


def _note(wins: int, losses: int) -> str:
    if not losses:
        return "no losses: no ratio"
    return "" if wins else "no wins: no interval"
