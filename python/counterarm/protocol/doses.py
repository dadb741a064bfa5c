"""Groups of treated subjects by their number of doses."""

from collections.abc import Iterator

from counterarm.protocol.choices import COMPARISONS
from counterarm.protocol.problem import Problem, at, near, number
from counterarm.protocol.resolved import Resolved

INFINITE = float("inf")
CONDITIONS = ("eligibility", "groups", "subgroups", "model_terms", "regression_terms")


def dose_group_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for groups that overlap, hold no number, or are not there."""
    seen: dict[str, list[tuple[float, float, str]]] = {}
    for line, row in protocol.all["dose_groups"]:
        yield from range_problems("dose_groups", line, row)
        if number(row["min_doses"], -1) < 0:
            continue
        low, high = number(row["min_doses"], 0), number(row["max_doses"], INFINITE)
        others = seen.setdefault(row["analysis_id"], [])
        for other_low, other_high, name in others:
            if low <= other_high and other_low <= high:
                yield at(
                    "dose_groups",
                    line,
                    "dose_group",
                    row["dose_group"],
                    f"shares a number of doses with {name!r}",
                )
        others.append((low, high, row["dose_group"]))
    for line, row in protocol.all["dose_contrast_groups"]:
        yield from range_problems("dose_contrast_groups", line, row)
    yield from level_problems(protocol)


def range_problems(seed: str, line: int, row: dict) -> Iterator[Problem]:
    """Yield a problem for a range of doses that ends before it begins."""
    if number(row["min_doses"], 0) > number(row["max_doses"], INFINITE):
        yield at(
            *(seed, line, "max_doses", row["max_doses"]),
            f"is below min_doses {row['min_doses']}: no number of doses is in it",
        )


def level_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for each condition on a dose group that the analysis has not."""
    reported = set()
    for analysis in protocol.based_on:
        if not protocol.is_sound(analysis, "dose_groups"):
            continue
        names = protocol.values("dose_groups", analysis, "dose_group")
        for seed in CONDITIONS:
            for line, row in protocol.rows(seed, analysis):
                if row["variable"] != "dose_group" or (
                    row["operator"] not in COMPARISONS | {"in"}
                ):
                    continue
                for level in str(row["value"]).split("|"):
                    if level in names or (seed, line) in reported:
                        continue
                    reported.add((seed, line))
                    yield at(
                        *(seed, line, "value", row["value"]),
                        f"names no group of dose_groups.csv that {analysis} has",
                        near(level, names) or "add it to dose_groups.csv",
                    )
