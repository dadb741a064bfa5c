"""Wilcoxon's signed-rank test, in the variants that software prints."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, rankdata

VARIANTS = {
    "wilcoxon_normal": (
        "zeros dropped; normal approximation, variance corrected for ties, no "
        "continuity correction (as Statistica approximates)"
    ),
    "wilcoxon_normal_plain": (
        "zeros dropped; normal approximation with the variance n(n+1)(2n+1)/24 "
        "whatever the ties, no continuity correction"
    ),
    "wilcoxon_continuity": (
        "zeros dropped; normal approximation, variance corrected for ties, continuity "
        "correction of 1/2 (R's wilcox.test with exact = FALSE)"
    ),
    "wilcoxon_exact": (
        "zeros dropped; exact distribution of the sum of the midranks over all signs "
        "(R's wilcox.test where there are no ties)"
    ),
    "wilcoxon_pratt": (
        "zeros ranked and then dropped (Pratt 1959); normal approximation, variance "
        "corrected for ties, no continuity correction"
    ),
}


@dataclass(frozen=True)
class SignedRank:
    """One variant: sum of the positive ranks, z (null for the exact one) and p."""

    test: str
    rank_sum: float
    z: float
    p_value: float
    definition: str


def signed_rank_tests(differences: np.ndarray) -> list[SignedRank]:
    """Test that differences are symmetric around zero, one result per variant.

    Raises ValueError where no difference is known and other than zero.
    """
    values = np.asarray(differences, float)
    values = values[~np.isnan(values)]
    moved = values[values != 0]
    if not len(moved):
        raise ValueError("no difference is other than zero")
    ranks = rankdata(np.abs(moved))
    with_zeros = rankdata(np.abs(values))[values != 0]
    n = len(moved)
    plain_variance = n * (n + 1) * (2 * n + 1) / 24
    results = []
    for test, definition in VARIANTS.items():
        own = with_zeros if test == "wilcoxon_pratt" else ranks
        rank_sum = float(own[moved > 0].sum())
        if test == "wilcoxon_exact":
            z, p_value = np.nan, exact_p(ranks, moved > 0)
        else:
            # The variance of midranks under the null: the tie-corrected one.
            variance = (own**2).sum() / 4
            if test == "wilcoxon_normal_plain":
                variance = plain_variance
            excess = rank_sum - own.sum() / 2
            if test == "wilcoxon_continuity":
                excess -= np.sign(excess) / 2
            z = float(excess / np.sqrt(variance))
            p_value = float(2 * norm.sf(abs(z)))
        results.append(SignedRank(test, rank_sum, z, p_value, definition))
    return results


def exact_p(ranks: np.ndarray, is_positive: np.ndarray) -> float:
    """Return the two-sided p of a sum of midranks over all 2^n equally likely signs."""
    doubled = np.rint(2 * ranks).astype(int)
    share = np.zeros(doubled.sum() + 1)
    share[0] = 1.0
    for rank in doubled:
        moved = np.zeros_like(share)
        moved[rank:] = share[: len(share) - rank]
        share = (share + moved) / 2
    observed = doubled[is_positive].sum()
    lower, upper = share[: observed + 1].sum(), share[observed:].sum()
    return float(min(1.0, 2 * min(lower, upper)))
