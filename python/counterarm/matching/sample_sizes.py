"""How many subjects of each arm a matched or weighted sample keeps."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import flags, numbers
from counterarm.display import Printed, significant, table
from counterarm.matching.weights import effective_sample_size


@dataclass(frozen=True, repr=False)
class SampleSizes(Printed):
    """Numbers of controls and treated, in this order: all, matched and unmatched.

    `effective` is the effective sample size of the weighted arm; where all matched
    subjects of the arm have one weight it is their number.
    """

    all: tuple[int, int]
    matched: tuple[int, int]
    unmatched: tuple[int, int]
    effective: tuple[float, float]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per kind of number, columns `control` and `treated`."""
        kinds = {
            "all": self.all,
            "matched_effective": self.effective,
            "matched": self.matched,
            "unmatched": self.unmatched,
        }
        return pd.DataFrame.from_dict(
            kinds, orient="index", columns=["control", "treated"]
        )

    def __str__(self) -> str:
        """Return the table of MatchIt's summary, effective sizes where they differ."""
        rows: list[tuple[str, tuple[float, float]]] = [("All", self.all)]
        if np.allclose(self.effective, self.matched):
            rows.append(("Matched", self.matched))
        else:
            rows += [
                ("Matched (ESS)", self.effective),
                ("Matched (Unweighted)", self.matched),
            ]
        rows.append(("Unmatched", self.unmatched))
        return table(
            [name for name, _ in rows],
            {
                arm: significant([round(values[i], 2) for _, values in rows], 7)
                for i, arm in enumerate(("Control", "Treated"))
            },
        )


def sample_sizes(treated: ArrayLike, weights: ArrayLike) -> SampleSizes:
    """Count the subjects of each arm, those with a weight above 0 being matched.

    `treated` (0/1) and `weights` have shape (n,). Source: MatchIt `summary(m)$nn`.
    """
    arms = flags(treated, "treated")
    w = numbers(weights, "weights", len(arms))
    kept = w > 0
    return SampleSizes(
        all=(int((~arms).sum()), int(arms.sum())),
        matched=(int((~arms & kept).sum()), int((arms & kept).sum())),
        unmatched=(int((~arms & ~kept).sum()), int((arms & ~kept).sum())),
        effective=(effective_sample_size(w[~arms]), effective_sample_size(w[arms])),
    )
