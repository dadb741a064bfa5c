"""A printed table of a logistic curve against its printed slope."""

import re
from fractions import Fraction
from math import log

import numpy as np
from scipy.optimize import linprog

from counterarm.printed_numbers.finding import Finding, Items, change, judged, one
from counterarm.printed_numbers.printed import cut_note, overlap, shown

LAST_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?$")


def logistic_table(items: Items, options: dict[str, str]) -> Finding:
    """Check the slope of a logistic regression against the probabilities it gives.

    Role point: probabilities in percent, each captured with the `_x` that it is at;
    role slope: change of the log odds by unit of x. Every point bounds intercept +
    slope x by the log odds of what prints so; the slopes that all points allow are
    found by linear programming.
    """
    slope = one(items, "slope")
    rows, bounds = [], []
    for point in items["point"]:
        x = float(LAST_NUMBER.search(point.captured["_x"])[0])
        low, high = point.low / 100, point.high / 100
        if low > 0:
            rows.append([-1.0, -x])
            bounds.append(-log_odds(low))
        if high < 1:
            rows.append([1.0, x])
            bounds.append(log_odds(high))
    ends = [
        linprog(
            [0.0, sign], A_ub=np.array(rows), b_ub=np.array(bounds), bounds=(None, None)
        )
        for sign in (1.0, -1.0)
    ]
    if any(end.status == 2 for end in ends):
        return judged(
            False, "none", "no logistic curve passes through the printed probabilities"
        )
    if any(end.status != 0 for end in ends):
        return Finding("cannot tell", "any", "the probabilities leave the slope open")
    low, high = ends[0].x[1], ends[1].x[1]
    middle = Fraction((low + high) / 2)
    near = shown(middle, slope.decimals)
    return judged(
        overlap(low, high, slope),
        f"{low:.4f} to {high:.4f}",
        f"the {len(items['point'])} probabilities lie on logistic curves with slopes "
        f"{low:.4f} to {high:.4f}, printed {slope.text}{cut_note(middle, slope)}",
        (change(slope, near),),
    )


def log_odds(share: float) -> float:
    """Log of share / (1 - share)."""
    return log(share / (1 - share))
