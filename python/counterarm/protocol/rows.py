"""What can be wrong with one row of a protocol seed."""

import math
import re
from collections.abc import Callable, Iterator

import pandas as pd

from counterarm.protocol.choices import (
    BOUNDS,
    BY_METHOD,
    CHOICES,
    COMPARISONS,
    FILLED,
    FIXED_ANCHORS,
    OF_NO_ANALYSIS,
    ORDERED,
    PAIR_COLUMNS,
    SPECIAL_VARIABLES,
    STATISTICS,
    VALUE,
    WITH_MEASURES,
    WITH_STATISTICS,
)


def row_checks(
    name: str, known: set[str], kinds: dict[str, str]
) -> list[Callable[[dict], Iterator[tuple[str, str]]]]:
    """Return the checks of one row of a seed; each yields (column, problem)."""
    special = SPECIAL_VARIABLES.get(name)

    def analysis(row: dict) -> Iterator[tuple[str, str]]:
        if row["analysis_id"] not in known:
            yield "analysis_id", "is no analysis of analyses.csv"

    def filled(row: dict) -> Iterator[tuple[str, str]]:
        for column in FILLED[name]:
            if is_empty(row[column]):
                yield column, "must not be empty"

    def choices(row: dict) -> Iterator[tuple[str, str]]:
        for column, allowed in CHOICES.get(name, {}).items():
            if not is_empty(row[column]) and row[column] not in allowed:
                yield column, f"is none of {', '.join(sorted(allowed))}"

    def variable(row: dict) -> Iterator[tuple[str, str]]:
        value = row.get("variable")
        if not is_empty(value) and value not in kinds and value != special:
            yield "variable", "is no variable of variables.csv"

    def condition(row: dict) -> Iterator[tuple[str, str]]:
        operator, value = row.get("operator"), row["value"]
        if is_empty(operator):
            named = row["variable"]
            if is_empty(named):
                if not is_empty(value):
                    yield "value", "must be empty without variable and operator"
            elif name not in WITH_MEASURES and (named in kinds or named == special):
                yield "operator", f"must be given with the variable {named}"
        elif operator not in CHOICES[name]["operator"]:
            return
        elif is_empty(row["variable"]):
            yield "variable", f"must be given with the operator {operator}"
        elif operator in ("known", VALUE):
            if not is_empty(value):
                yield "value", f"must be empty with the operator {operator}"
            if operator == VALUE and kinds.get(row["variable"]) != "numeric":
                yield "variable", "must be numeric with the operator value"
        elif is_empty(value):
            yield "value", f"must be given with the operator {operator}"
        elif kinds.get(row["variable"]) == "numeric" and operator in COMPARISONS:
            yield from bound(operator, row["variable"], value)

    def bound(operator: str, named: str, value: object) -> Iterator[tuple[str, str]]:
        if value in STATISTICS:
            if name not in WITH_STATISTICS:
                yield "value", f"is of no stated population in {name}.csv"
            elif operator not in ORDERED:
                yield "value", f"needs one of {', '.join(sorted(ORDERED))}"
        elif not is_number(value):
            yield "value", f"is no number, and {named} is numeric"

    def window(row: dict) -> Iterator[tuple[str, str]]:
        first, last = row["from_day"], row["to_day"]
        if is_number(first) and is_number(last) and float(first) > float(last):
            yield "from_day", f"is after to_day {last}: the window holds no day"

    def anchor(row: dict) -> Iterator[tuple[str, str]]:
        value = str(row["anchor"])
        is_dose = re.fullmatch(r"dose_[1-9][0-9]*", value)
        if value not in FIXED_ANCHORS and not is_dose and not is_empty(row["anchor"]):
            yield "anchor", f"is none of {', '.join(sorted(FIXED_ANCHORS))}, dose_N"
        if value == "pair" and row["arm"] != "control":
            yield "anchor", "can only be that of a window of the arm control"

    def measure(row: dict) -> Iterator[tuple[str, str]]:
        value = row["variable"]
        if is_empty(row["operator"]) and kinds.get(value, "numeric") != "numeric":
            yield "variable", f"is {kinds[value]} and needs an operator"

    def caliper(row: dict) -> Iterator[tuple[str, str]]:
        if row["variable"] == special and row["role"] != "caliper":
            yield "variable", "can only stand with the role caliper"
        if row["role"] == "caliper":
            for column in ("caliper", "caliper_unit"):
                if is_empty(row[column]):
                    yield column, "must be given with the role caliper"
        if row["role"] == "distance" and is_empty(row["scale"]):
            yield "scale", "must be given with the role distance"

    def method(row: dict) -> Iterator[tuple[str, str]]:
        needed = BY_METHOD.get(row["method"])
        if needed is None:
            return
        for column in needed:
            if is_empty(row[column]):
                yield column, f"must not be empty with the method {row['method']}"
        if needed == PAIR_COLUMNS:
            return
        for column in ("score_scale", "match_order", *PAIR_COLUMNS):
            if column not in needed and not is_empty(row[column]):
                yield column, f"says nothing with the method {row['method']}"

    def pair_bound(row: dict) -> Iterator[tuple[str, str]]:
        if row["variable"] in kinds and kinds[row["variable"]] != "numeric":
            yield "variable", "is not numeric"
        if row["kind"] == "within" and is_empty(row["high"]):
            yield "high", "must be given with the kind within"
        if row["kind"] == "within" and not is_empty(row["low"]):
            yield "low", "must be empty with the kind within"

    def column_variable(row: dict) -> Iterator[tuple[str, str]]:
        value = row["column_variable"]
        if not is_empty(value) and value not in kinds:
            yield "column_variable", "is no variable of variables.csv"

    def percent(row: dict) -> Iterator[tuple[str, str]]:
        value = row["more_than_pct"]
        if not is_empty(value) and not (
            is_number(value) and 0 <= float(str(value)) <= 100
        ):
            yield "more_than_pct", "is no percentage from 0 to 100"

    def bounds(row: dict) -> Iterator[tuple[str, str]]:
        for column, (low, high) in BOUNDS.get(name, {}).items():
            value = row[column]
            if not is_empty(value) and not (
                is_number(value) and low <= float(value) <= high
            ):
                yield column, f"is no number from {low} to {high}"

    checks = [filled, choices, bounds]
    if name not in OF_NO_ANALYSIS:
        checks.insert(0, analysis)
    if name == "matching":
        checks.append(method)
    if "operator" in CHOICES.get(name, {}):
        checks += [variable, condition]
    if name == "matching_terms":
        checks += [variable, caliper]
    if name == "windows":
        checks += [anchor, window]
    if name == "pair_bounds":
        checks += [variable, pair_bound]
    if name == "association_tests":
        checks.append(column_variable)
    if name == "safety_tables":
        checks.append(percent)
    if name in WITH_MEASURES:
        checks.append(measure)
    return checks


def at(seed: str, line: int, column: str, value: object, text: str) -> str:
    """Return one problem with the place where it stands."""
    shown = "" if is_empty(value) else f" {value!r}"
    return f"seeds/protocol/{seed}.csv line {line}: {column}{shown} {text}"


def is_empty(value: object) -> bool:
    """Tell whether a seed's cell is empty."""
    return value is None or value is pd.NA or value != value or value == ""


def is_number(value: object) -> bool:
    """Tell whether a seed's cell can be compared with a number."""
    try:
        return math.isfinite(float(str(value)))
    except ValueError:
        return False
