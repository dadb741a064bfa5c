"""Results of the library drawn with the figures of the report."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from counterarm.report.figures.cohort import love_plot
from counterarm.report.figures.figure import Figure
from counterarm.report.figures.forest import forest
from counterarm.report.figures.survival import kaplan_meier
from counterarm.survival.kaplan_meier import SurvivalCurve, median
from counterarm.svg import Svg
from counterarm.units import MONTH, YEAR

DAYS_PER = {"days": 1.0, "months": MONTH, "years": YEAR}


def survival_plot(curves: Mapping[Any, SurvivalCurve], unit: str, outcome: str) -> Svg:
    """Draw Kaplan-Meier curves, times being in `unit`, and name the `outcome`.

    ValueError for a unit that is not days, months or years.
    """
    if unit not in DAYS_PER:
        raise ValueError(f"unit: {unit!r} is not one of {', '.join(DAYS_PER)}")
    steps, summaries = [], []
    for label, curve in curves.items():
        is_weighted = not np.allclose(curve.n_risk_weighted, curve.n_risk)
        steps.append(
            curve.to_frame().assign(
                group_name=str(label),
                day=curve.time * DAYS_PER[unit],
                n_risk_weighted=curve.n_risk_weighted,
                weighting="case weights" if is_weighted else "none",
            )
        )
        summaries.append(
            {
                "group_name": str(label),
                "n": curve.n,
                "n_events": int(curve.n_event.sum()),
                "median_days": median(curve).estimate * DAYS_PER[unit],
            }
        )
    rows = pd.concat(steps).assign(endpoint=outcome, endpoint_label=outcome)
    groups = [str(label) for label in curves]
    return drawn(kaplan_meier(rows, pd.DataFrame(summaries), groups))


def balance_plot(balance: pd.DataFrame) -> Svg:
    """Draw absolute standardised differences; rows as `BalanceTable.to_frame`."""
    return drawn(love_plot(balance.assign(label=balance["variable"], level=None)))


def hazard_ratio_plot(terms: pd.DataFrame, conf_level: float) -> Svg:
    """Draw hazard ratios with their intervals; rows as `CoxFit.to_frame`."""
    rows = terms.assign(label=terms["term"], kind=f"{conf_level:.0%} interval")
    return drawn(
        forest("hazard-ratios", "Hazard ratios.", rows, list(rows["label"]), by="kind")
    )


def drawn(figure: Figure) -> Svg:
    """Return a figure of the report as an SVG with its description."""
    return Svg(figure.svg, figure.alt)
