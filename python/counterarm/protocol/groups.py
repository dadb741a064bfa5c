"""Rows of groups, subgroups and model terms that must agree with each other."""

from collections.abc import Iterator

import pandas as pd

from counterarm.protocol.cells import KEYS
from counterarm.protocol.problem import Problem, at, is_empty, numbered


def duplicate_problems(seeds: dict[str, pd.DataFrame]) -> Iterator[Problem]:
    """Yield a problem for every row that repeats an earlier one of its seed.

    A repeated analysis is reported elsewhere, by its name alone.
    """
    for name, rows in seeds.items():
        if name == "analyses":
            continue
        seen: dict[tuple, int] = {}
        for line, row in numbered(rows):
            values = tuple(None if is_empty(v) else str(v) for v in row.values())
            first = seen.setdefault(values, line)
            if first != line:
                # the first column names what a row is of, an analysis in most seeds
                column = next(iter(row))
                yield at(
                    name,
                    line,
                    column,
                    row[column],
                    f"repeats line {first}; delete one of the two",
                )


def key_problems(
    seeds: dict[str, pd.DataFrame], broken: set[tuple[str, int]]
) -> Iterator[Problem]:
    """Yield a problem for every row whose names or place another has already.

    Rows that are equal altogether are reported elsewhere, and so are those of `broken`,
    which make no sense alone.
    """
    for name, keys in KEYS.items():
        rows = seeds[name]
        of_analysis = [] if "analysis_id" not in rows else ["analysis_id"]
        for columns in keys:
            seen: dict[tuple, tuple[int, dict]] = {}
            for line, row in numbered(rows):
                if (name, line) in broken:
                    continue
                key = tuple(row[column] for column in of_analysis + columns)
                first_line, first = seen.setdefault(key, (line, row))
                if first_line == line or first == row or any(map(is_empty, key)):
                    continue
                column = columns[-1] if columns else "analysis_id"
                yield at(
                    *(name, line, column, row[column]),
                    f"is in line {first_line} already"
                    + (
                        f", with the same {' and '.join(columns[:-1])}"
                        if columns[1:]
                        else ""
                    ),
                    "change it, or delete one of the two rows",
                )


def position_problems(
    seed: str, rows: pd.DataFrame, set_column: str, name_column: str
) -> Iterator[Problem]:
    """Yield a problem for rows of a set whose positions, or arms, disagree.

    Several rows of one name are conditions that must all be met, so they share place
    and arm; two names never share a place.
    """
    places: dict[tuple, tuple] = {}
    names: dict[tuple, object] = {}
    for line, row in numbered(rows):
        own_set = (row["analysis_id"], row[set_column])
        name, position = row[name_column], str(row["position"])
        for column in ("position", "arm"):
            if column not in row:
                continue
            value = str(row[column])
            line_of, first = places.setdefault((*own_set, name, column), (line, value))
            if value != first:
                yield at(
                    seed,
                    line,
                    column,
                    value,
                    f"of {name!r} is {first} in line {line_of}: all rows of one name "
                    "are of one place and arm",
                )
        taken = names.setdefault((*own_set, position), name)
        if taken != name:
            yield at(
                seed, line, "position", position, f"is that of {taken!r} in this set"
            )


def group_name_problems(groups: pd.DataFrame) -> Iterator[Problem]:
    """Yield a problem for a group that is defined otherwise in another set.

    Curves and summaries have one row per name, whatever its set.
    """
    conditions: dict[tuple, dict[object, list[tuple]]] = {}
    lines: dict[tuple, int] = {}
    for line, row in numbered(groups):
        key = (row["analysis_id"], row["group_name"])
        condition = tuple(
            None if is_empty(row[column]) else str(row[column])
            for column in ("arm", "variable", "operator", "value")
        )
        sets = conditions.setdefault(key, {})
        sets.setdefault(row["comparison_set"], []).append(condition)
        lines[*key, row["comparison_set"]] = line
    for (analysis_id, name), sets in conditions.items():
        (first, expected), *others = sets.items()
        for comparison_set, found in others:
            if sorted(found, key=str) != sorted(expected, key=str):
                yield at(
                    "groups",
                    lines[analysis_id, name, comparison_set],
                    "group_name",
                    name,
                    f"is defined otherwise in the set {first!r}; give it another name",
                )


def subgroup_name_problems(
    subgroups: pd.DataFrame, groups: pd.DataFrame
) -> Iterator[Problem]:
    """Yield a problem for a subgroup of two sets, or one whose groups have taken names.

    A subgroup makes the groups `NAME treated` and `NAME control`.
    """
    taken = set(zip(groups["analysis_id"], groups["group_name"], strict=True))
    sets: dict[tuple, object] = {}
    for line, row in numbered(subgroups):
        analysis_id, name = row["analysis_id"], row["subgroup"]
        first = sets.setdefault((analysis_id, name), row["subgroup_set"])
        if first != row["subgroup_set"]:
            yield at(
                "subgroups",
                line,
                "subgroup",
                name,
                f"is in the set {first!r} too; give it another name",
            )
        for arm in ("treated", "control"):
            if (analysis_id, f"{name} {arm}") in taken:
                yield at(
                    "subgroups",
                    line,
                    "subgroup",
                    name,
                    f"makes a group '{name} {arm}', which groups.csv has",
                )
