"""Balance of several covariates before and after matching, as MatchIt's summary."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import columns_of, flags, numbers
from counterarm.design import NUMERIC, as_frame, design_matrix, kinds_of
from counterarm.display import Printed, table
from counterarm.matching._calipers import DISTANCE
from counterarm.matching.balance import Balance, balance
from counterarm.matching.sample_sizes import SampleSizes, sample_sizes
from counterarm.svg import Svg


@dataclass(frozen=True, eq=False, repr=False)
class BalanceTable(Printed):
    """Balance of each of `names` in the unmatched and in the matched sample.

    `matched` and `sizes` are None where no weights were given.
    """

    names: tuple[str, ...]
    unmatched: tuple[Balance, ...]
    matched: tuple[Balance, ...] | None
    sizes: SampleSizes | None

    def to_frame(self) -> pd.DataFrame:
        """Return one row per sample and variable; SMDs in SDs named `denominator`."""
        samples = {"unmatched": self.unmatched, "matched": self.matched or ()}
        return pd.DataFrame(
            [
                {"variable": name, "sample": sample, **vars(found)}
                for sample, rows in samples.items()
                for name, found in zip(self.names, rows, strict=False)
            ]
        )

    def plot(self) -> Svg:
        """Draw the absolute standardised differences: the love plot of the report."""
        from counterarm.plots import balance_plot

        return balance_plot(self.to_frame())

    def __str__(self) -> str:
        """Return the tables of `summary(matchit)`: four decimals, as MatchIt prints."""
        parts = ["Summary of balance for all data:", self._table(self.unmatched)]
        if self.matched is not None:
            parts += ["", "Summary of balance for matched data:"]
            parts += [self._table(self.matched)]
        in_sd = dict.fromkeys(row.denominator for row in self.unmatched)
        parts.append(f"(differences in: {'; '.join(in_sd)})")
        if self.sizes is not None:
            parts += ["", "Sample sizes:", str(self.sizes)]
        return "\n".join(parts)

    def _table(self, rows: Sequence[Balance]) -> str:
        columns = {
            "Means Treated": [row.mean_treated for row in rows],
            "Means Control": [row.mean_control for row in rows],
            "Std. Mean Diff.": [row.smd for row in rows],
            "Var. Ratio": [row.variance_ratio for row in rows],
        }
        return table(
            self.names,
            {
                name: [_four(value) for value in values]
                for name, values in columns.items()
            },
        )


def _four(value: float) -> str:
    return "." if np.isnan(value) else f"{value:.4f}"


def balance_table(
    covariates: Any,
    treated: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    data: pd.DataFrame | None = None,
    distance: ArrayLike | None = None,
) -> BalanceTable:
    """Compare the arms on several covariates, before and after matching.

    `covariates` is a DataFrame, or a list of names of columns of `data`. A text or
    categorical variable has a row per level, one of two levels a row for the second.
    `distance` is the score, which comes first. `treated` (0/1), `weights` (0 for the
    unmatched, `Matches.weights`) and `distance` have shape (n,), or name columns.

    Raises ValueError for what `balance` refuses, naming the variable, and for
    covariates that are no columns. Source: MatchIt 4.5.0, `summary(matchit)`.
    """
    treated, weights, distance = columns_of(
        data, treated=treated, weights=weights, distance=distance
    )
    frame = as_frame(covariates, data)
    if frame is None:
        raise ValueError("covariates: a DataFrame, or names of columns, expected")
    kinds = kinds_of(frame)
    matrix, names = design_matrix(frame, kinds, every_level=True)
    columns = dict(zip(names, matrix.T, strict=True))
    numeric = {name for name, kind in kinds if kind == NUMERIC}
    if distance is not None:
        columns = {DISTANCE: numbers(distance, DISTANCE, len(frame))} | columns
    arms = flags(treated, "treated", len(frame))

    def compared(weight: ArrayLike | None) -> tuple[Balance, ...]:
        return tuple(
            balance(
                values,
                arms,
                weight,
                binary=None if name in numeric or name == DISTANCE else True,
            )
            for name, values in columns.items()
        )

    return BalanceTable(
        names=tuple(columns),
        unmatched=compared(None),
        matched=None if weights is None else compared(weights),
        sizes=None if weights is None else sample_sizes(arms, weights),
    )
