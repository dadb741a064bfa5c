"""What can be wrong with one row of a protocol seed."""

import math
import re
from collections.abc import Callable, Iterator

import pandas as pd

COMPARISONS = {"<", "<=", ">", ">=", "=", "!="}
OPERATORS = COMPARISONS | {"in", "known"}
ARMS = {"treated", "control"}
ARMS_OR_BOTH = ARMS | {"both"}

# The values that a column may hold. A column that is not named here is free.
CHOICES: dict[str, dict[str, set[str]]] = {
    "arms": {"arm": ARMS, "index_rule": {"first_dose", "trial_entry", "assessment"}},
    "windows": {"arm": ARMS_OR_BOTH, "requires": {"any", "total", "complete"}},
    "eligibility": {"arm": ARMS_OR_BOTH, "operator": OPERATORS},
    "endpoints": {"arm": ARMS_OR_BOTH},
    "matching": {
        "method": {"nearest", "optimal"},
        "score_scale": {"probability", "linear"},
        "match_order": {"largest", "smallest", "data", "closest"},
        "tie_policy": {"first"},
    },
    "matching_terms": {
        "role": {"exact", "score", "distance", "caliper", "balance"},
        "caliper_unit": {"sd", "raw"},
    },
    "groups": {"arm": ARMS_OR_BOTH, "operator": OPERATORS},
    "models": {
        "variance": {"naive", "cluster", "strata"},
        "ties": {"efron", "breslow"},
    },
    "model_terms": {"arm": ARMS_OR_BOTH, "operator": OPERATORS},
    "subgroups": {"operator": OPERATORS},
    "response_predictors": {"operator": OPERATORS},
    "regression_terms": {"arm": ARMS_OR_BOTH, "operator": OPERATORS},
}
# Columns that must be filled, beyond analysis_id.
FILLED = {
    "arms": ["arm", "studyid", "armcd", "index_rule"],
    "windows": [
        "arm",
        "window_id",
        "anchor",
        "offset_days",
        "from_day",
        "to_day",
        "requires",
    ],
    "eligibility": ["step", "criterion", "arm", "variable", "operator", "label"],
    "endpoints": ["endpoint", "arm", "event", "label"],
    "dose_groups": ["dose_group", "min_doses"],
    "matching": ["method", "ratio", "replacement", "tie_policy"],
    "matching_terms": ["variable", "role"],
    "groups": ["comparison_set", "position", "group_name", "arm"],
    "models": ["model_id", "endpoint", "variance", "ties"],
    "model_terms": ["model_id", "position", "term", "arm"],
    "subgroups": ["subgroup_set", "position", "subgroup"],
    "response_predictors": ["position", "predictor", "variable"],
    "regression_terms": ["model_id", "position", "term", "arm"],
}
FIXED_ANCHORS = {"trial_entry", "index_day", "baseline", "last_dose", "pair"}


def row_checks(
    name: str, known: set[str], kinds: dict[str, str]
) -> list[Callable[[dict], Iterator[tuple[str, str]]]]:
    """Return the checks of one row of a seed; each yields (column, problem)."""

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
        is_score = name == "matching_terms" and value == "score"
        if not is_empty(value) and value not in kinds and not is_score:
            yield "variable", "is no variable of variables.csv"

    def condition(row: dict) -> Iterator[tuple[str, str]]:
        operator = row.get("operator")
        if is_empty(operator) or operator not in OPERATORS:
            return
        value = row["value"]
        if is_empty(row["variable"]):
            yield "variable", f"must be given with the operator {operator}"
        elif operator == "known":
            if not is_empty(value):
                yield "value", "must be empty with the operator known"
        elif is_empty(value):
            yield "value", f"must be given with the operator {operator}"
        elif (
            operator in COMPARISONS
            and kinds.get(row["variable"]) == "numeric"
            and not is_number(value)
        ):
            yield "value", f"is no number, and {row['variable']} is numeric"

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
        if row["role"] == "caliper":
            for column in ("caliper", "caliper_unit"):
                if is_empty(row[column]):
                    yield column, "must be given with the role caliper"
        if row["role"] == "distance" and is_empty(row["scale"]):
            yield "scale", "must be given with the role distance"

    checks = [analysis, filled, choices]
    if "operator" in CHOICES.get(name, {}):
        checks += [variable, condition]
    if name == "matching_terms":
        checks += [variable, caliper]
    if name == "windows":
        checks.append(anchor)
    if name in {"response_predictors", "regression_terms"}:
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
