"""Rows that make a sequence: steps of eligibility, bins from end to end."""

import math
from collections.abc import Iterator

import pandas as pd

from counterarm.protocol.problem import (
    Problem,
    at,
    is_empty,
    is_number,
    number,
    numbered,
)


def step_problems(eligibility: pd.DataFrame) -> Iterator[Problem]:
    """Yield a problem for rows of a step that name another criterion than its first."""
    first: dict[tuple, object] = {}
    for line, row in numbered(eligibility):
        named = first.setdefault((row["analysis_id"], row["step"]), row["criterion"])
        if row["criterion"] != named:
            yield at(
                "eligibility",
                line,
                "criterion",
                row["criterion"],
                f"is in step {row['step']}, which is {named!r}; give it another number",
            )


def bin_problems(bounds: pd.DataFrame) -> Iterator[Problem]:
    """Yield a problem for bins that do not lie side by side from end to end."""
    bins: dict[tuple, list[dict]] = {}
    for line, row in numbered(bounds):
        if row["kind"] == "bin":
            key = (row["analysis_id"], row["variable"])
            bins.setdefault(key, []).append(row | {"line": line})
    for own in bins.values():
        rows = sorted(own, key=lambda row: number(row["position"], 0))
        for place, row in enumerate(rows):
            if place == 0:
                follows = is_empty(row["low"])
            else:
                before = rows[place - 1]["high"]
                follows = is_number(before) and number(row["low"], math.nan) == float(
                    str(before)
                )
            if not follows:
                yield at(
                    "pair_bounds",
                    row["line"],
                    "low",
                    row["low"],
                    "is not where the bin before it ends (the first begins empty)",
                )
        if not is_empty(rows[-1]["high"]):
            yield at(
                "pair_bounds",
                rows[-1]["line"],
                "high",
                rows[-1]["high"],
                "must be empty in the last bin, so that every pair is in one",
            )
