"""Analyses of sites that were not delivered: one line instead of empty results."""

from collections import Counter
from collections.abc import Iterable

WHY = "no subjects of their sites were delivered"


def left_out_line(not_delivered: Iterable[str]) -> str:
    """Say how many analyses are left out, by the studies that are missing.

    `not_delivered` holds the studies of each such analysis, as
    `results.analysis_summary` names them. Returns "" where there is none.
    """
    counts = sorted(Counter(not_delivered).items())
    if not counts:
        return ""
    named = "; ".join(
        f"{n} {'analysis' if n == 1 else 'analyses'} of {studies}"
        for studies, n in counts
    )
    return f"left out, because {WHY}: {named}"
