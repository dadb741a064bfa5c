"""What can be wrong with one row of a protocol seed."""

import re
from collections.abc import Callable, Iterator

from counterarm.matching.coarsening import CUTPOINTS_IN_WORDS, read_cutpoints
from counterarm.protocol.cells import FLAGS, LONGEST_NAME, NAME, NAMES, NUMBERS
from counterarm.protocol.choices import (
    BY_METHOD,
    CHOICES,
    COMPARISONS,
    FILLED,
    FIXED_ANCHORS,
    NUMBERED_CHOICES,
    OF_NO_ANALYSIS,
    ORDERED,
    ORIGINS,
    PAIR_COLUMNS,
    RULES_OF_DAYS,
    RULES_OF_TRIALS,
    SPECIAL_VARIABLES,
    STATISTICS,
    VALUE,
    WITH_MEASURES,
    WITH_STATISTICS,
)
from counterarm.protocol.clocks import clock_row
from counterarm.protocol.endpoints import endpoint_row
from counterarm.protocol.levels import (
    RANGES,
    STAGES,
    level_problems,
)
from counterarm.protocol.problem import is_empty, is_number, near

# What a check of one row yields: column, reason, and, where there is one, the remedy.
Found = Iterator[tuple[str, ...]]


def row_checks(
    name: str, known: set[str], kinds: dict[str, str], levels: dict[str, set[str]]
) -> list[Callable[[dict], Found]]:
    """Return the checks of one row of a seed; each yields (column, reason[, remedy]).

    `known` are the analyses, `kinds` the kind of each variable, `levels` the values
    that a category can have.
    """
    special = SPECIAL_VARIABLES.get(name)

    def analysis(row: dict) -> Found:
        if row["analysis_id"] not in known:
            yield (
                "analysis_id",
                "is not an analysis in analyses.csv",
                near(row["analysis_id"], known) or "add it there, or delete the row",
            )

    def filled(row: dict) -> Found:
        for column in FILLED.get(name, ()):
            if is_empty(row[column]):
                yield column, "must not be empty"

    def names(row: dict) -> Found:
        for column in NAMES.get(name, ()):
            value = row[column]
            if is_empty(value):
                continue
            if not NAME.fullmatch(str(value)):
                yield (
                    column,
                    "is not a valid name",
                    "write letters, digits, _ and - only, a letter or digit first",
                )
            elif len(str(value)) > LONGEST_NAME:
                yield column, f"is longer than {LONGEST_NAME} letters", "shorten it"

    def one_line(row: dict) -> Found:
        for column, value in row.items():
            if isinstance(value, str) and not value.isprintable():
                yield column, "holds a line end, a tab or the like", "write one line"

    def choices(row: dict) -> Found:
        for column, allowed in CHOICES.get(name, {}).items():
            pattern, form = NUMBERED_CHOICES.get((name, column), ("", ""))
            value = row[column]
            if is_empty(value) or value in allowed:
                continue
            if pattern and re.fullmatch(pattern, str(value)):
                continue
            listed = [*sorted(allowed), *([form] if form else [])]
            yield column, f"is none of {', '.join(listed)}", near(value, allowed)

    def variable(row: dict) -> Found:
        value = row.get("variable")
        if not is_empty(value) and value not in kinds and value != special:
            yield "variable", "is not a variable in variables.csv", near(value, kinds)

    def condition(row: dict) -> Found:
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
        elif kinds.get(row["variable"]) == "numeric":
            for level in str(value).split("|"):
                if not is_number(level):
                    yield "value", f"holds {level!r}, which is not a number"
        elif operator in ORDERED and row["variable"] in set(levels) - set(STAGES):
            yield (
                "operator",
                f"compares in order, and {row['variable']} has no order",
                "write =, != or in",
            )
        else:
            for reason, remedy in level_problems(row["variable"], value, levels):
                yield "value", reason, remedy

    def bound(operator: str, named: str, value: object) -> Found:
        if value in STATISTICS:
            if name not in WITH_STATISTICS:
                yield "value", f"is of no stated population in {name}.csv"
            elif operator not in ORDERED:
                yield "value", f"needs one of {', '.join(sorted(ORDERED))}"
        elif not is_number(value):
            yield "value", f"is not a number, but {named} is numeric"
        elif named in RANGES:
            low, high = RANGES[named]
            if not low <= float(str(value)) <= high:
                yield "value", f"is outside the range of {named}: {low} to {high}"

    def window(row: dict) -> Found:
        first, last = row["from_day"], row["to_day"]
        if is_number(first) and is_number(last) and float(first) > float(last):
            yield "from_day", f"is after to_day {last}: the window holds no day"

    def anchor(row: dict) -> Found:
        value = str(row["anchor"])
        is_dose = re.fullmatch(r"dose_[1-9][0-9]*", value)
        if value not in FIXED_ANCHORS and not is_dose and not is_empty(row["anchor"]):
            yield "anchor", f"is none of {', '.join(sorted(FIXED_ANCHORS))}, dose_N"
        if value == "pair" and row["arm"] != "control":
            yield "anchor", "can only be that of a window of the arm control"
        if value in ORIGINS and row["window_id"] != "baseline":
            yield (
                "anchor",
                "can only be that of the window baseline",
                "anchor it at trial_entry, index_day or baseline",
            )

    def measure(row: dict) -> Found:
        value = row["variable"]
        if is_empty(row["operator"]) and kinds.get(value, "numeric") != "numeric":
            yield "variable", f"is {kinds[value]} and needs an operator"

    def caliper(row: dict) -> Found:
        if row["variable"] == special and row["role"] != "caliper":
            yield "variable", "can only stand with the role caliper"
        if row["role"] == "caliper":
            for column in ("caliper", "caliper_unit"):
                if is_empty(row[column]):
                    yield column, "must be given with the role caliper"
        if row["role"] == "distance" and is_empty(row["scale"]):
            yield "scale", "must be given with the role distance"
        kind = kinds.get(row["variable"], "numeric")
        is_number_too = kind == "numeric" or row["variable"] in STAGES
        if row["role"] in ("distance", "caliper") and not is_number_too:
            yield "variable", f"is {kind}: a {row['role']} is between numbers"
        needed = {
            "caliper": ("caliper", "caliper_unit"),
            "distance": ("scale",),
            "covariate": ("cutpoints", "moments"),
        }
        if row["role"] not in CHOICES[name]["role"]:
            return
        for column in ("scale", "caliper", "caliper_unit", "cutpoints", "moments"):
            if is_empty(row[column]):
                continue
            if column not in needed.get(row["role"], ()):
                yield column, f"must be empty with the role {row['role']}"
            elif column in ("cutpoints", "moments") and kind != "numeric":
                yield column, f"must be empty, as {row['variable']} is {kind}"
        if not is_empty(row["cutpoints"]):
            try:
                read_cutpoints(str(row["cutpoints"]))
            except ValueError as error:
                yield "cutpoints", str(error), CUTPOINTS_IN_WORDS

    def method(row: dict) -> Found:
        needed = BY_METHOD.get(row["method"])
        if needed is None:
            return
        for column in needed:
            if is_empty(row[column]):
                yield column, f"must not be empty with the method {row['method']}"
        allowed = {*needed}
        if needed == PAIR_COLUMNS:
            allowed |= {"score_scale", "match_order", "subject_use"}
        if row["method"] == "nearest":
            allowed.add("distance")
        columns = ("score_scale", "match_order", *PAIR_COLUMNS)
        for column in (*columns, "distance", "subclasses", "subject_use"):
            if column not in allowed and not is_empty(row[column]):
                yield column, f"must be empty with the method {row['method']}"

    def pair_bound(row: dict) -> Found:
        if row["variable"] in kinds and kinds[row["variable"]] != "numeric":
            yield "variable", "is not numeric"
        if row["kind"] == "within" and is_empty(row["high"]):
            yield "high", "must be given with the kind within"
        if row["kind"] == "within" and not is_empty(row["low"]):
            yield "low", "must be empty with the kind within"

    def follow_up(row: dict) -> Found:
        rule, days = row["rule"], row["days"]
        if rule in RULES_OF_DAYS and is_empty(days):
            yield "days", f"must be given with the rule {rule}"
        elif rule not in RULES_OF_DAYS and not is_empty(days):
            yield "days", f"must be empty with the rule {rule}"
        if rule in RULES_OF_TRIALS and row["pool"] == "all":
            yield (
                "pool",
                f"has subjects of no pseudo-trial, whose end {rule} needs",
                "write recording",
            )

    def column_variable(row: dict) -> Found:
        value = row["column_variable"]
        if not is_empty(value) and value not in kinds:
            yield "column_variable", "is not a variable in variables.csv"

    def percent(row: dict) -> Found:
        value = row["more_than_pct"]
        if not is_empty(value) and not (
            is_number(value) and 0 <= float(str(value)) <= 100
        ):
            yield "more_than_pct", "is not a percentage from 0 to 100"

    def in_bounds(row: dict) -> Found:
        for column, (low, high, is_whole) in NUMBERS.get(name, {}).items():
            value = row[column]
            if is_empty(value):
                continue
            fits = is_number(value) and low <= float(str(value)) <= high
            if not fits or (is_whole and not float(str(value)).is_integer()):
                number = "whole number" if is_whole else "number"
                yield column, f"is not a {number} from {low:.15g} to {high:.15g}"

    def flags(row: dict) -> Found:
        for column in FLAGS.get(name, ()):
            value = row[column]
            is_flag = str(value).lower() in ("true", "false")
            if not is_empty(value) and not is_flag:
                yield column, "is neither true nor false"

    checks: list[Callable[[dict], Found]] = [
        filled,
        names,
        one_line,
        choices,
        in_bounds,
        flags,
    ]
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
    if name == "follow_up":
        checks.append(follow_up)
    if name == "endpoints":
        checks.append(endpoint_row)
    if name == "clocks":
        checks.append(clock_row)
    if name == "pair_bounds":
        checks += [variable, pair_bound]
    if name == "association_tests":
        checks.append(column_variable)
    if name == "safety_tables":
        checks.append(percent)
    if name in WITH_MEASURES:
        checks.append(measure)
    return checks
