"""Wilcoxon's signed-rank test, in the variants that software prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm, rankdata, wilcoxon

from counterarm.arrays import columns_of, numbers
from counterarm.display import Printed, p_values, significant, table
from counterarm.ties import tied

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


# what SciPy's test is asked for, for the variants that it has
IN_SCIPY = {
    "wilcoxon_normal": {"zero_method": "wilcox", "correction": False},
    "wilcoxon_continuity": {"zero_method": "wilcox", "correction": True},
    "wilcoxon_pratt": {"zero_method": "pratt", "correction": False},
}


@dataclass(frozen=True)
class SignedRank:
    """One variant: sum of the positive ranks, z (null for the exact one) and p."""

    test: str
    rank_sum: float
    z: float
    p_value: float
    definition: str


class SignedRanks(Printed, Sequence[SignedRank]):
    """The variants of one test, in the order of `VARIANTS`."""

    def __init__(self, variants: Sequence[SignedRank]) -> None:
        self.variants = tuple(variants)

    def __len__(self) -> int:
        return len(self.variants)

    @overload
    def __getitem__(self, index: int) -> SignedRank: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[SignedRank]: ...
    def __getitem__(self, index: int | slice) -> SignedRank | Sequence[SignedRank]:
        """Return one variant, or several."""
        return self.variants[index]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per variant."""
        return pd.DataFrame([vars(variant) for variant in self.variants])

    def __str__(self) -> str:
        """Return a table of the variants and what each of them is."""
        columns = {
            "V": significant([variant.rank_sum for variant in self.variants], 4),
            "z": significant([variant.z for variant in self.variants], 3),
            "p": p_values([variant.p_value for variant in self.variants], 3),
        }
        words = [f"{variant.test}: {variant.definition}" for variant in self.variants]
        return "\n".join(
            [table([variant.test for variant in self.variants], columns), "", *words]
        )


def signed_rank_tests(
    differences: ArrayLike, *, data: pd.DataFrame | None = None
) -> SignedRanks:
    """Test that differences are symmetric around zero, one result per variant.

    `differences` is an array or the name of a column of `data`, NaN where not known;
    those are left out, as by R.
    Sizes that differ only by rounding are tied, and a difference that is only rounding
    is zero (`counterarm.ties`).

    Raises ValueError for text, for infinite differences, and where no difference is
    known and other than zero. Source: Wilcoxon 1945; Pratt 1959; R `wilcox.test`.
    """
    (differences,) = columns_of(data, differences=differences)
    values = numbers(differences, "differences", may_be_missing=True)
    values = values[~np.isnan(values)]
    sizes = tied(np.append(np.abs(values), 0.0))[:-1]
    values = np.sign(values) * sizes
    nonzero = values[values != 0]
    if not len(nonzero):
        raise ValueError("no difference is other than zero")
    ranks = rankdata(np.abs(nonzero))
    with_zeros = rankdata(np.abs(values))[values != 0]
    results = []
    for test, definition in VARIANTS.items():
        own = with_zeros if test == "wilcoxon_pratt" else ranks
        rank_sum = float(own[nonzero > 0].sum())
        if test in IN_SCIPY:
            found = wilcoxon(values, method="asymptotic", **IN_SCIPY[test])
            # SciPy's z is that of the smaller sum of ranks
            z = float(np.copysign(found.zstatistic, rank_sum - own.sum() / 2))
            p_value = float(found.pvalue)
        elif test == "wilcoxon_exact":
            z, p_value = np.nan, exact_p(ranks, nonzero > 0)
        else:
            n = len(nonzero)
            variance = n * (n + 1) * (2 * n + 1) / 24
            z = float((rank_sum - ranks.sum() / 2) / np.sqrt(variance))
            p_value = float(2 * norm.sf(abs(z)))
        results.append(SignedRank(test, rank_sum, z, p_value, definition))
    return SignedRanks(results)


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
