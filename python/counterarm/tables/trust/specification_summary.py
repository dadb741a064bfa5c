"""What the specifications say together, and which choice moves them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from counterarm.protocol.choices import AXES
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame

TYPES = {
    "analysis_id": TEXT,
    "population": TEXT,
    "axis": TEXT,
    "n": COUNT,
    "n_without_estimate": COUNT,
    "n_levels": COUNT,
    "share_below_1": NUMBER,
    "share_interval_below_1": NUMBER,
    "share_interval_above_1": NUMBER,
    "min_hazard_ratio": NUMBER,
    "median_hazard_ratio": NUMBER,
    "max_hazard_ratio": NUMBER,
    "variance_share": NUMBER,
}
OVERALL = "overall"


def specification_summary(specifications: pd.DataFrame) -> pd.DataFrame:
    """Summarise rows of `analysis.specifications`, over all and over valid ones.

    One row per analysis, population (all, valid) and axis; the axis `overall` has the
    shares and the range of hazard ratios, the others the share of Var(log HR) that lies
    between their levels: the sum of squares between levels over the total one. Rows
    without an estimate are in no share, and counted. Nothing here is a p value or a
    vote.
    """
    rows = []
    for analysis_id, own in specifications.groupby("analysis_id", sort=True):
        for population in ("all", "valid"):
            counted = own if population == "all" else own[own["is_valid"].astype(bool)]
            rows += [
                {"analysis_id": analysis_id, "population": population} | row
                for row in summaries(counted)
            ]
    return typed_frame(rows, TYPES)


def summaries(rows: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Yield the overall row, then that of each axis."""
    estimated = rows[rows["coef"].notna()]
    coef = numbers(estimated, "coef")
    counts = {"n": len(estimated), "n_without_estimate": len(rows) - len(estimated)}
    overall: dict[str, object] = counts | {"axis": OVERALL}
    if len(coef):
        ratio = np.exp(coef)
        overall |= {
            "share_below_1": float((ratio < 1).mean()),
            "share_interval_below_1": float((numbers(estimated, "ci_high") < 1).mean()),
            "share_interval_above_1": float((numbers(estimated, "ci_low") > 1).mean()),
            "min_hazard_ratio": float(ratio.min()),
            "median_hazard_ratio": float(np.median(ratio)),
            "max_hazard_ratio": float(ratio.max()),
        }
    yield overall
    for axis in AXES:
        levels = estimated[axis].astype(str).to_numpy()
        yield counts | {
            "axis": axis,
            "n_levels": len(set(levels)),
            "variance_share": variance_share(coef, levels),
        }


def variance_share(coef: np.ndarray, levels: np.ndarray) -> float:
    """Return the share of the variance that lies between levels, NaN without any."""
    if len(coef) == 0:
        return float("nan")
    total = float(((coef - coef.mean()) ** 2).sum())
    if not total > 0:
        return float("nan")
    names, code = np.unique(levels, return_inverse=True)
    if len(names) == 1:
        return 0.0
    sizes = np.bincount(code)
    means = np.bincount(code, coef) / sizes
    return float((sizes * (means - coef.mean()) ** 2).sum() / total)
