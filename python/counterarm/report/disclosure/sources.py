"""Hide small counts of the studies that feed an arm, and of what borrows from them."""

import re
from itertools import pairwise

import pandas as pd

from counterarm.report.disclosure.values import (
    HIDDEN,
    blank,
    hide_in_sum,
    is_small,
    objects,
)

STEPS = ["n_identified", "n_indexed", "n_eligible", "n_matched"]
ESTIMATES = ["coef", "se", "hazard_ratio", "ci_low", "ci_high", "p_above_1"]
DIFFERENCES = ["difference_coef", "difference_se", "difference_p"]
GROUPS = ("treated", "internal", "external")
# How many subjects a study gives, as in ULM (12).
OF_STUDY = re.compile(r"\((\d+)\)")


def hide_sources(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide the later counts of an arm where a study has few, or loses few, at a step.

    The sum over the studies is that of the participant flow: among the identified the
    next smallest goes with a hidden one.
    """
    out = objects(frame)
    for _, arm in frame.groupby(["analysis_id", "arm"], sort=False):
        lost = [
            before - after
            for row in arm[STEPS].itertuples(index=False)
            for before, after in pairwise(row)
        ]
        left = arm[STEPS].to_numpy().ravel().tolist()
        if any(is_small(count, below) for count in [*lost, *left]):
            out.loc[arm.index, STEPS[1:]] = HIDDEN
            blank(out, frame.index.isin(arm.index), ["sum_of_weights"])
        out.loc[arm.index, STEPS[0]] = hide_in_sum(arm[STEPS[0]].tolist(), below)
    return out


def hide_borrowing(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide counts of few, and with them every estimate that tells them.

    Under constant hazards the standard error is a function of the events alone, and a
    calibrated weight nearly is.
    """
    out = objects(frame)
    counts = [f"{kind}_{group}" for kind in ("n", "events") for group in GROUPS]
    # who had no event is a count as well
    without = [frame[f"n_{group}"] - frame[f"events_{group}"] for group in GROUPS]
    parts = pd.concat([frame[counts], *without], axis=1)
    few = (parts.gt(0) & parts.lt(below)).fillna(False).any(axis=1)
    hidden = few.to_numpy(bool)
    out.loc[hidden, counts] = HIDDEN
    blank(out, hidden, ["a0", "events_borrowed", *DIFFERENCES, *ESTIMATES, "sources"])
    known = out["sources"].notna()
    out.loc[known, "sources"] = [_sources(t, below) for t in out.loc[known, "sources"]]
    return out


def _sources(text: str, below: int) -> str:
    """Hide how many subjects each study gives where one gives few: the sum is known."""
    cells = iter(hide_in_sum([int(n) for n in OF_STUDY.findall(text)], below))
    return OF_STUDY.sub(lambda _: f"({next(cells)})", text)
