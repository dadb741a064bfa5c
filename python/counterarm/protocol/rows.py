"""What can be wrong with one row of a protocol seed."""

import math
import re
from collections.abc import Callable, Iterator

import pandas as pd

COMPARISONS = {"<", "<=", ">", ">=", "=", "!="}
OPERATORS = COMPARISONS | {"in", "known"}
ORDERED = {"<", "<=", ">", ">="}
# Order statistics that stand for a number: of whom is said in _protocol.yml.
STATISTICS = {"q1", "median", "q3"}
WITH_STATISTICS = {"eligibility", "groups", "subgroups"}
# The variable itself as a term of a model.
VALUE = "value"
# Terms in PR and DS that event_days keeps, so that an endpoint may end with them.
EVENTS = {"DEATH", "TRACHEOSTOMY", "INVASIVE MECHANICAL VENTILATION", "GASTROSTOMY"}
ARMS = {"treated", "control"}
ARMS_OR_BOTH = ARMS | {"both"}
# how a contrast of groups by number of doses counts time
METHODS = {
    "naive",
    "naive_doses",
    "landmark_day",
    "landmark_dose",
    "delayed_entry",
    "time_dependent",
    "time_dependent_doses",
}

# The values that a column may hold. A column that is not named here is free.
CHOICES: dict[str, dict[str, set[str]]] = {
    "arms": {"arm": ARMS, "index_rule": {"first_dose", "trial_entry", "assessment"}},
    "windows": {"arm": ARMS_OR_BOTH, "requires": {"any", "total", "complete"}},
    "eligibility": {"arm": ARMS_OR_BOTH, "operator": OPERATORS},
    "endpoints": {"arm": ARMS_OR_BOTH, "event": EVENTS},
    "matching": {
        "method": {"nearest", "optimal", "full", "exact", "none", "ipw", "overlap"},
        "score_scale": {"probability", "linear"},
        "match_order": {"largest", "smallest", "data", "closest"},
        "tie_policy": {"first"},
        "discard": {"treated", "control", "both"},
    },
    "matching_terms": {
        "role": {"exact", "score", "distance", "caliper", "balance"},
        "caliper_unit": {"sd", "raw"},
    },
    "groups": {"arm": ARMS_OR_BOTH, "operator": OPERATORS},
    "models": {
        "variance": {"naive", "cluster", "strata", "two_way"},
        "ties": {"efron", "breslow"},
    },
    "model_terms": {"arm": ARMS_OR_BOTH, "operator": OPERATORS | {VALUE}},
    "subgroups": {"operator": OPERATORS},
    "dose_contrasts": {"method": METHODS, "left_out": {"subject", "set"}},
    "dose_contrast_groups": {"arm": ARMS},
    "pair_bounds": {"kind": {"within", "bin"}},
    "association_tests": {
        "population": ARMS | {"matched", "eligible"},
        "operator": OPERATORS - {"known"},
    },
    "safety_tables": {
        "population": {"dosed", "PLACEBO", "ACTIVE"},
        "window_name": {"one_year", "entire_follow_up"},
    },
    "power_questions": {"shape": {"exponential", "linear"}},
}
# Numbers that a column may hold, ends included.
BOUNDS: dict[str, dict[str, tuple[float, float]]] = {
    "power_questions": {
        "s_treated": (0, 1),
        "s_control": (0, 1),
        "n_treated": (1, math.inf),
        "n_control": (1, math.inf),
        "alpha": (0.0001, 0.5),
        "target_power": (0.01, 0.9999),
        "runs": (100, 1_000_000),
    },
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
    "matching": ["method"],
    "matching_terms": ["variable", "role"],
    "groups": ["comparison_set", "position", "group_name", "arm"],
    "models": ["model_id", "endpoint", "variance", "ties"],
    "model_terms": ["model_id", "position", "term", "arm"],
    "subgroups": ["subgroup_set", "position", "subgroup"],
    "dose_contrasts": [
        "contrast_id",
        "endpoint",
        "variant",
        "method",
        "left_out",
        "models",
        "horizons",
        "variances",
        "label",
        "why",
    ],
    "dose_contrast_groups": ["contrast_id", "position", "group_name", "arm"],
    "pair_bounds": ["variable", "position", "kind", "label"],
    "association_tests": [
        "association",
        "position",
        "population",
        "variable",
        "operator",
        "label_met",
        "label_not_met",
        "column_variable",
    ],
    "safety_tables": [
        "table_id",
        "position",
        "population",
        "window_name",
        "kind",
        "more_than_pct",
        "label",
    ],
    "power_questions": [
        "question",
        "s_treated",
        "s_control",
        "n_treated",
        "n_control",
        "alpha",
        "target_power",
        "shape",
        "runs",
        "seed",
    ],
}
# What a row of matching.csv must say with each method; it says nothing else but
# discard, and with the pair methods score_scale and match_order.
PAIR_COLUMNS = ["ratio", "replacement", "tie_policy"]
BY_METHOD = {
    "nearest": PAIR_COLUMNS,
    "optimal": PAIR_COLUMNS,
    "full": ["score_scale"],
    "exact": [],
    "none": [],
    "ipw": [],
    "overlap": [],
}
# Seeds whose rows are of no single analysis.
OF_NO_ANALYSIS = {"safety_tables"}
# What a seed may name as a variable beyond variables.csv.
SPECIAL_VARIABLES = {"matching_terms": "score", "subgroups": "response"}
FIXED_ANCHORS = {"trial_entry", "index_day", "baseline"}


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
            elif named in kinds or named == special:
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

    def caliper(row: dict) -> Iterator[tuple[str, str]]:
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
