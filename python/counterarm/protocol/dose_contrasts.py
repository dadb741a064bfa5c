"""What must fit together in the contrasts of groups by number of doses."""

from collections.abc import Iterator

import pandas as pd

from counterarm.protocol.choices import METHODS
from counterarm.protocol.problem import (
    Problem,
    at,
    is_empty,
    is_number,
    number,
    numbered,
)

LISTS = {
    "horizons": {"full", "common"},
    "variances": {"naive", "cluster", "strata"},
}
NAIVE_OF = {"time_dependent_doses": "naive_doses", "naive_doses": "naive_doses"}
LAST_DAY = 3650
SEED, GROUPS = "dose_contrasts", "dose_contrast_groups"


def dose_contrast_problems(seeds: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield a problem for every contrast row that makes no sense beside the others.

    A landmark is given where the method needs it and only there; lists hold what is
    allowed, once; models are named in model_terms.csv and endpoints in endpoints.csv,
    for the analysis or the one it is based on; a contrast has two groups or more, and
    the naive variant that the others are compared with; groups of a contrast are told
    apart by their doses.
    """
    rows = seeds[SEED]
    based_on = dict(
        zip(
            seeds["analyses"]["analysis_id"], seeds["analyses"]["based_on"], strict=True
        )
    )

    def own(name: str, analysis: object) -> pd.DataFrame:
        found = seeds[name][seeds[name]["analysis_id"] == analysis]
        if found.empty:
            base = based_on.get(analysis)
            found = seeds[name][seeds[name]["analysis_id"] == base]
        return found

    seen: dict[tuple, int] = {}
    for line, row in numbered(rows):
        yield from landmark_problems(line, row)
        yield from list_problems(line, row)
        key = tuple(
            row[c] for c in ("analysis_id", "contrast_id", "endpoint", "variant")
        )
        if seen.setdefault(key, line) != line:
            yield at(SEED, line, "variant", row["variant"], "occurs more than once")
        analysis = row["analysis_id"]
        if analysis not in based_on:
            continue
        models = set(own("model_terms", analysis)["model_id"])
        for model in str(row["models"]).split("|"):
            if not is_empty(row["models"]) and model not in models:
                yield at(SEED, line, "models", model, "has no row in model_terms.csv")
        if row["endpoint"] not in set(own("endpoints", analysis)["endpoint"]):
            yield at(
                SEED, line, "endpoint", row["endpoint"], "has no row in endpoints.csv"
            )
        groups = own(GROUPS, analysis)
        if (groups["contrast_id"] == row["contrast_id"]).sum() < 2:
            yield at(
                SEED,
                line,
                "contrast_id",
                row["contrast_id"],
                f"has fewer than two groups in {GROUPS}.csv",
            )
        beside = NAIVE_OF.get(row["method"], "naive")
        same = rows[
            (rows["analysis_id"] == analysis)
            & (rows["contrast_id"] == row["contrast_id"])
            & (rows["endpoint"] == row["endpoint"])
        ]
        if row["method"] in METHODS and (same["method"] == beside).sum() != 1:
            yield at(
                SEED,
                line,
                "method",
                row["method"],
                f"needs one row of the method {beside} beside it",
            )
    yield from group_problems(seeds[GROUPS])


def landmark_problems(line: int, row: dict) -> Iterator[Problem]:
    """Yield a problem for a landmark that is missing, too much or no whole number."""
    needed = row["method"] in ("landmark_day", "landmark_dose")
    value = row["landmark"]
    if is_empty(value):
        if needed:
            text = f"must be given with the method {row['method']}"
            yield at(SEED, line, "landmark", value, text)
    elif not needed:
        text = f"must be empty with the method {row['method']}"
        yield at(SEED, line, "landmark", value, text)
    elif not is_number(value) or not is_day(float(value)):
        yield at(SEED, line, "landmark", value, "is not a whole number of at least 1")


def is_day(value: float) -> bool:
    """Tell whether a number is a day, or the number of a dose, from 1 to ten years."""
    return value.is_integer() and 1 <= value <= LAST_DAY


def list_problems(line: int, row: dict) -> Iterator[Problem]:
    """Yield a problem for a list that holds what is not known, or the same twice."""
    for column, allowed in LISTS.items():
        if is_empty(row[column]):
            continue
        values = str(row[column]).split("|")
        for value in values:
            if value not in allowed:
                text = f"is none of {', '.join(sorted(allowed))}"
                yield at(SEED, line, column, value, text)
        if len(set(values)) < len(values):
            yield at(SEED, line, column, row[column], "names the same twice")


def group_problems(groups: pd.DataFrame) -> Iterator[Problem]:
    """Yield a problem for groups of a contrast and arm that share a number of doses."""
    seen: dict[tuple, list[tuple[float, float, str]]] = {}
    for line, row in numbered(groups):
        low = number(row["min_doses"], 0.0)
        high = number(row["max_doses"], float("inf"))
        key = (row["analysis_id"], row["contrast_id"], row["arm"])
        others = seen.setdefault(key, [])
        for other_low, other_high, name in others:
            if low <= other_high and other_low <= high:
                text = f"shares a number of doses with {name!r}"
                yield at(GROUPS, line, "group_name", row["group_name"], text)
        others.append((low, high, row["group_name"]))
