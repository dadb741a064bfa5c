"""Whether the axes of a specification grid are whole and name levels that exist."""

from collections import Counter
from collections.abc import Container, Iterator

from counterarm.protocol.choices import AXES, BY_SOURCE, CLOCKS, POOLS
from counterarm.protocol.problem import Problem, at, near, number
from counterarm.protocol.resolved import Resolved

AXES_SEED = "specification_axes"
AS_RECORDED = "as_recorded"
# The seeds that the levels of an axis are read from: where a row of theirs is broken,
# that is reported instead.
READ_FROM = {
    "follow_up_rule": "follow_up",
    "pool": "follow_up",
    "index_rule": "arms",
    "variance": "models",
}


def specification_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for levels that are unknown, and for axes that are not whole.

    A level of follow_up_rule is the analysis' own rule, or names an analysis that has
    it: ANALYSIS_LEVEL. Levels of score and matching are the analysis or one based on
    it; an index rule is that of its controls; a variance is that of one of its models.
    The first level of each axis is what the analysis itself does.
    """
    for name, rows in protocol.of[AXES_SEED].items():
        analysis = str(name)
        if analysis not in protocol.based_on:
            continue
        sound = [
            (line, row)
            for line, row in rows
            if (AXES_SEED, line) not in protocol.broken
            and protocol.is_sound(analysis, READ_FROM.get(row["axis"], "arms"))
        ]
        known = {axis: levels_of(protocol, analysis, axis) for axis in AXES}
        for line, row in sound:
            levels = known[row["axis"]]
            if row["level"] not in levels:
                yield at(
                    *(AXES_SEED, line, "level", row["level"]),
                    f"is no {row['axis']} of {analysis}",
                    near(row["level"], levels)
                    or advice(analysis, row["axis"], row["level"], levels),
                )
        yield from axis_problems(protocol, analysis, rows, sound)


def axis_problems(
    protocol: Resolved,
    analysis: str,
    rows: list[tuple[int, dict]],
    sound: list[tuple[int, dict]],
) -> Iterator[Problem]:
    """Yield a problem for an axis that is missing or begins with another level."""
    named = {row["axis"] for _, row in rows}
    last_line = rows[-1][0]
    for axis in AXES:
        if axis not in named:
            yield at(
                *(AXES_SEED, last_line, "axis", None),
                f"{axis} is missing from the grid of {analysis}",
                "add a row for it; one level is enough",
            )
            continue
        own = own_level(protocol, analysis, axis)
        of_axis = [
            (number(row["position"], 0), line, row)
            for line, row in sound
            if row["axis"] == axis
        ]
        for place, line, row in of_axis:
            if place == 1 and own is not None and row["level"] != own:
                yield at(
                    *(AXES_SEED, line, "level", row["level"]),
                    f"is the first of {axis}, and {analysis} itself has {own}",
                    "give the level of the analysis the position 1",
                )


def levels_of(protocol: Resolved, analysis: str, axis: str) -> list[str]:
    """Return the levels that an axis of an analysis may have."""
    if axis == "follow_up_rule":
        before = f"{analysis}_"
        named = [
            name.removeprefix(before)
            for name in protocol.based_on
            if name.startswith(before) and has_rule(protocol, name, before)
        ]
        return [rule_of(protocol, analysis), *named]
    if axis == "pool":
        return sorted(POOLS)
    if axis == "clock":
        return sorted(CLOCKS)
    if axis == "index_rule":
        return [rule for rule in [own_level(protocol, analysis, axis)] if rule]
    if axis == "variance":
        family = family_of(protocol, analysis)
        return sorted(
            {
                value
                for name in family
                for value in protocol.values("models", name, "variance")
                if value is not None and value not in BY_SOURCE
            }
        )
    return family_of(protocol, analysis)


def own_level(protocol: Resolved, analysis: str, axis: str) -> str | None:
    """Return what an analysis itself does on an axis, None where that is open."""
    if axis == "follow_up_rule":
        return rule_of(protocol, analysis)
    if axis in ("score", "matching"):
        return analysis
    if axis == "clock":
        return "index"
    if axis == "pool":
        pools = protocol.values("follow_up", analysis, "pool")
        return next(iter(pools), "all")
    if axis == "index_rule":
        rules = {
            row["index_rule"]
            for _, row in protocol.rows("arms", analysis)
            if row["arm"] == "control"
        }
        # pooled controls may have a rule for each source
        return "|".join(sorted(map(str, rules))) or None
    return None


def family_of(protocol: Resolved, analysis: str) -> list[str]:
    """Return an analysis and those that are based on it."""
    based = [name for name, base in protocol.based_on.items() if base == analysis]
    return [analysis, *based]


def rule_of(protocol: Resolved, analysis: str) -> str:
    """Return the follow-up rule of an analysis with its days, such as window_91."""
    for _, row in protocol.rows("follow_up", analysis):
        days = number(row["days"], 0)
        return f"{row['rule']}_{days:g}" if days else str(row["rule"])
    return AS_RECORDED


def has_rule(protocol: Resolved, name: str, before: str) -> bool:
    """Tell whether an analysis is named after the follow-up rule that it has."""
    return name == before + rule_of(protocol, name)


def advice(analysis: str, axis: str, level: object, levels: list[str]) -> str:
    """Return what to do about a level that is not known."""
    if axis == "follow_up_rule":
        return (
            f"add the analysis {analysis}_{level} to analyses.csv, and its rule to "
            "follow_up.csv"
        )
    return f"write one of {', '.join(levels)}"


def axes_of_copy(
    rows: list[dict[str, str]], new: str, based: Container[str] = ()
) -> list[dict[str, str]]:
    """Return axes for a copy of their analysis, without levels that only it has.

    `based` are the analyses that are based on the copy. Of scores and ways of matching
    the copy's remains, of follow-up rules the copy's and theirs. Positions run from 1.
    """
    order = {axis: place for place, axis in enumerate(AXES)}
    kept: list[dict[str, str]] = []
    n_kept: Counter[str] = Counter()
    for row in sorted(
        rows, key=lambda row: (order.get(row["axis"], 0), number(row["position"], 0))
    ):
        axis, level = row["axis"], row["level"]
        if axis in ("score", "matching"):
            is_kept = level == row["analysis_id"]
            level = new
        else:
            is_own = axis != "follow_up_rule" or row["position"] == "1"
            is_kept = is_own or f"{new}_{level}" in based
        if not is_kept:
            continue
        n_kept[axis] += 1
        kept.append(row | {"level": level, "position": str(n_kept[axis])})
    return kept
