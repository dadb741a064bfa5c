"""Where a variable comes from: what a row of variables.csv may say.

The macros of macros/covariate_sources.sql and macros/named_covariates.sql compute it;
the names of rules and formulas here are those of the macros.
"""

import re
from collections.abc import Iterator

import pandas as pd

from counterarm.protocol.levels import COVARIATES, LEVELS, STAGES
from counterarm.protocol.problem import Problem, at, is_empty, is_number, near, numbered

Found = Iterator[tuple[str, ...]]

# Columns of adam.adsl that describe the subject before or at index, with kind.
ADSL: dict[str, str] = {
    "aage": "numeric",
    "age": "numeric",
    "country": "categorical",
    "elescor": "categorical",
    "ethnic": "categorical",
    "famhxfl": "categorical",
    "ftdfl": "categorical",
    "ndoses": "numeric",
    "onsetsit": "categorical",
    "race": "categorical",
    "riluzfl": "categorical",
    "sex": "categorical",
    "studyid": "categorical",
    "vitalst": "categorical",
}
# Columns of adam.adsl that are study days.
ADSL_DAYS = {"diagady", "enrlady", "onsetady"}
SCALES = {"ft9_stage", "kings_stage", "mitos_stage", "total"}
SCALE_WINDOWS = {"baseline", "run_in"}
PROCEDURES = {
    "GASTROSTOMY",
    "MECHANICAL VENTILATION",
    "NON-INVASIVE MECHANICAL VENTILATION",
    "NON-INVASIVE VENTILATION OVER 22 HOURS",
    "TRACHEOSTOMY",
}
# Rules in SQL, with the kind of the variable that they give.
RULES: dict[str, str] = {
    "booster_interval_months": "numeric",
    "deaths_recorded": "categorical",
    "dose_group": "categorical",
    "follow_up_days": "numeric",
    "gastrostomy": "categorical",
    "index_year": "numeric",
    "is_ventilated_at_index": "boolean",
    "n_assessments_after_index": "numeric",
    "n_dose_windows_assessed": "numeric",
    "niv": "categorical",
    "riluzole": "categorical",
}
# Of those, the ones that are computed only for an analysis that names them.
RULES_NAMED = {"gastrostomy", "index_year", "niv"}
OF_TRICALS = (
    *("age", "alsfrs_r_total", "disease_days", "el_escorial", "ftd", "fvc_pct"),
    *("onset_site", "svc_pct", "symptom_days"),
)
# Formulas with the variables that each needs.
FORMULAS: dict[str, tuple[str, ...]] = {
    "bmi": ("body_weight", "height"),
    "bmi_change": ("body_weight_change", "height"),
    "diagnostic_delay_months": ("disease_days", "symptom_days"),
    "initial_progression_speed": ("alsfrs_r_total", "disease_months"),
    "onset_progression_speed": ("alsfrs_r_total", "symptom_months"),
    "tricals": OF_TRICALS,
    "tricals_missing": OF_TRICALS,
}
# Sources that hold measurements over time, and those that hold records with a start.
MEASURED = {"adlb", "adqs", "adre", "advs"}
RECORDED = {"adae", "cm", "pr"}
SOURCES = MEASURED | RECORDED | {"adsl", "formula", "rule", "scales"}
VALUE_FIELDS = {"change", "value"}
LINE_FIELDS = {"n_days", "slope", "slope_se"}
FIELDS: dict[str, set[str]] = {
    **{source: VALUE_FIELDS | LINE_FIELDS for source in MEASURED},
    "adre": VALUE_FIELDS | LINE_FIELDS | {"pct_predicted"},
    **{source: {"any", "n"} for source in RECORDED},
    "adsl": {"days", "months", "value"},
    "scales": {"slope", "value"},
}
RECORDS = {"first", "last", "max", "mean", "min", "nearest"}
# A baseline assessment may be so many days after index (windows.csv); what lies later
# is follow-up.
LATEST_AT_INDEX = 14
PERCENT_OF = {"FVC", "SVC"}
YES_NO = {"Y", "N"}
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
# Columns of cohort.subjects, matching.matched_subjects and the tables of trust that are
# no variables.
TAKEN = {
    *("analysis_id", "usubjid", "subject_usubjid", "arm", "index_day"),
    *("index_assessment_day", "assumed"),
    *("excluded_at_step", "excluded_by", "is_eligible", "set_id", "weight"),
    *(
        "days",
        "entry_days",
        "is_event",
        "follow_up_rule",
        "rule_analysis_id",
        "horizon_days",
    ),
    *("pseudo_trial_id", "is_recording", "is_in_pool", "lacks_covariates", "score"),
}


def variable_checks(parameters: pd.DataFrame | None = None):
    """Return the check of a row of variables.csv: it yields (column, reason, remedy).

    `parameters` are rows of seeds/adam/analysis_parameters.csv, without which the codes
    of a measurement and their units are not checked.
    """
    units = units_of(parameters)

    def check(row: dict) -> Found:
        name, source = row["variable"], row["source"]
        if is_empty(name):
            return
        if not NAME.fullmatch(str(name)) or name in TAKEN:
            yield (
                "variable",
                "is not a valid name of a variable",
                "write lower-case letters, digits and _, and no column of "
                "cohort.subjects",
            )
        yield from computed_problems(row)
        if source in SOURCES:
            yield from field_problems(row)
            yield from parameter_problems(row, units)
            yield from window_problems(row)
            yield from kind_problems(row)

    return check


def units_of(parameters: pd.DataFrame | None) -> dict[str, dict[str, str]] | None:
    """Return source -> code -> unit, '' where a parameter has none."""
    if parameters is None:
        return None
    units: dict[str, dict[str, str]] = {source: {} for source in MEASURED}
    for row in parameters.to_dict("records"):
        source = str(row["dataset"]).lower()
        found = re.search(r"\(([^()]*)\)$", str(row["param"]))
        unit = found[1] if found else ""
        if source == "adqs" and row["parcat1"] != "DISEASE STAGE":
            unit = "points"
        if source in units:
            units[source][row["paramcd"]] = unit
    return units


def computed_problems(row: dict) -> Found:
    """Yield what is wrong with `computed`: always is for what is always there."""
    name, computed = row["variable"], row["computed"]
    if computed == "always" and name not in COVARIATES:
        yield (
            "variable",
            "is not a column of cohort.covariates that is always there",
            near(name, COVARIATES) or "write named in computed",
        )
    if computed == "named" and name in COVARIATES:
        yield "computed", f"is not what {name} is", "write always"
    source, parameter = row["source"], row["parameter"]
    if computed == "always" and source in MEASURED | RECORDED:
        yield "source", "is not allowed where computed is always", "write named"
    if source == "rule" and parameter in RULES:
        rules = RULES_NAMED if computed == "named" else set(RULES) - RULES_NAMED
        if parameter not in rules:
            yield (
                "parameter",
                f"is no rule of a variable whose computed is {computed}",
                f"write one of {', '.join(sorted(rules))}",
            )


def field_problems(row: dict) -> Found:
    """Yield what is wrong with field and record."""
    source, field, record = row["source"], row["field"], row["record"]
    allowed = FIELDS.get(source, set())
    if not allowed and not is_empty(field):
        yield "field", f"must be empty with the source {source}", "empty the cell"
    if allowed and field not in allowed:
        yield (
            "field",
            f"is none of {', '.join(sorted(allowed))}, which {source} has",
            near(field, allowed),
        )
        return
    if source == "scales":
        if record not in SCALE_WINDOWS:
            yield "record", f"is none of {', '.join(sorted(SCALE_WINDOWS))}"
        elif field == "slope" and (record, row["parameter"]) != ("run_in", "total"):
            yield "record", "a slope is of the total from run_in to baseline"
    elif source in MEASURED and field not in LINE_FIELDS:
        if record not in RECORDS:
            yield (
                "record",
                f"is none of {', '.join(sorted(RECORDS))}",
                near(record, RECORDS),
            )
    elif not is_empty(record):
        yield "record", f"must be empty with {field or source}", "empty the cell"


def parameter_problems(row: dict, units: dict[str, dict[str, str]] | None) -> Found:
    """Yield what is wrong with the parameter, and the unit that follows from it."""
    source, parameter, field = row["source"], row["parameter"], row["field"]
    if is_empty(parameter):
        yield "parameter", "must not be empty"
        return
    codes = str(parameter).split("|")
    known = known_parameters(row, units)
    if known is not None:
        wrong = [code for code in codes if code not in known]
        for code in wrong:
            yield (
                "parameter",
                f"{code!r} is not of {source}",
                near(code, known) or f"write one of {', '.join(sorted(known)[:12])}",
            )
        if wrong:
            return
    elif source in RECORDED and any(code != code.upper() for code in codes):
        yield "parameter", "is compared in capitals", f"write {str(parameter).upper()}"
    if len(codes) > 1 and source not in MEASURED | RECORDED:
        yield "parameter", f"must be one name with the source {source}"
        return
    if source in MEASURED and units is not None:
        own = {units[source][code] for code in codes}
        if len(own) > 1:
            yield "parameter", f"has several units: {', '.join(sorted(own))}"
        wanted = unit_of(field, own.pop())
        if (row["unit"] or "") != wanted:
            yield (
                "unit",
                f"is not that of {source.upper()} {parameter}, {field}",
                f"write {wanted}" if wanted else "empty the cell",
            )


def known_parameters(
    row: dict, units: dict[str, dict[str, str]] | None
) -> set[str] | None:
    """Return what a source has, None where it is not a closed list."""
    source, field = row["source"], row["field"]
    if source == "adsl":
        return set(ADSL) if field == "value" else ADSL_DAYS
    if field == "pct_predicted":
        return PERCENT_OF
    if source in MEASURED:
        return None if units is None else set(units[source])
    closed = {"scales": SCALES, "pr": PROCEDURES, "rule": set(RULES)}
    return set(FORMULAS) if source == "formula" else closed.get(source)


def unit_of(field: str, unit: str) -> str:
    """Return the unit of a field of a measurement whose unit is known."""
    if field == "pct_predicted":
        return "%"
    if field == "n_days":
        return ""
    return f"{unit} per month" if field in ("slope", "slope_se") else unit


def window_problems(row: dict) -> Found:
    """Yield what is wrong with the window before index."""
    source, first, last = row["source"], row["from_day"], row["to_day"]
    if source not in MEASURED | RECORDED:
        for column in ("from_day", "to_day"):
            if not is_empty(row[column]):
                yield (
                    column,
                    f"must be empty with the source {source}",
                    "empty the cell",
                )
        return
    for column in ("from_day", "to_day"):
        if is_empty(row[column]):
            yield column, f"must be given with the source {source}", "write days"
    if not (is_number(first) and is_number(last)):
        return
    if float(str(first)) > float(str(last)):
        yield "from_day", f"is after to_day {last}: the window holds no day", ""
    if float(str(last)) > LATEST_AT_INDEX and row["known_at"] == "index":
        yield (
            "to_day",
            f"is more than {LATEST_AT_INDEX} days after index, and known_at is index",
            "write later in known_at, or an earlier day",
        )


def kind_problems(row: dict) -> Found:
    """Yield a kind that is not what the source gives."""
    wanted = kind_of(row)
    if wanted and not is_empty(row["kind"]) and row["kind"] != wanted:
        yield "kind", f"is not what {row['variable']} is", f"write {wanted}"


def kind_of(row: dict) -> str | None:
    """Return the kind that a row's variable has, None where it is undetermined."""
    source, parameter, field = row["source"], row["parameter"], row["field"]
    if row["variable"] in COVARIATES:
        return COVARIATES[row["variable"]]
    if source in MEASURED or field in ("days", "months", "n", "slope"):
        return "numeric"
    if field == "any" or parameter == "tricals_missing":
        return "categorical"
    if source == "scales":
        return "categorical" if parameter in STAGES else "numeric"
    if source == "formula":
        return "numeric" if parameter in FORMULAS else None
    return (ADSL if source == "adsl" else RULES).get(str(parameter))


def levels_of(variables: pd.DataFrame) -> dict[str, set[str]]:
    """Return the values of each category of variables.csv beyond those always there."""
    of_adsl = {
        **dict.fromkeys(("famhxfl", "ftdfl", "riluzfl"), YES_NO),
        "elescor": LEVELS["el_escorial"],
        "onsetsit": LEVELS["onset_site"],
        "sex": LEVELS["sex"],
    }
    found = {}
    for row in variables.to_dict("records"):
        if row["variable"] in COVARIATES:
            continue
        if row["field"] == "any" or row["parameter"] in ("gastrostomy", "niv"):
            found[row["variable"]] = YES_NO
        elif row["source"] == "adsl" and row["parameter"] in of_adsl:
            found[row["variable"]] = of_adsl[row["parameter"]]
    return found


def missing_variables(variables: pd.DataFrame) -> Iterator[Problem]:
    """Yield a problem for what is always there, or what a formula needs, and is not."""
    names = set(variables["variable"])
    for name in sorted(set(COVARIATES) - names):
        yield at(
            *("variables", None, "variable", name),
            "has no row, and is a column of cohort.subjects",
            "restore the row",
        )
    for line, row in numbered(variables):
        if row["source"] != "formula":
            continue
        for needed in FORMULAS.get(row["parameter"], ()):
            if needed not in names and needed not in COVARIATES:
                yield at(
                    *("variables", line, "parameter", row["parameter"]),
                    f"needs the variable {needed}, which has no row",
                    "restore its row",
                )


def assumed_check(kinds: dict[str, str], levels: dict[str, set[str]], formulas: set):
    """Return the check of a row of assumed_values.csv: (column, reason, remedy)."""

    def check(row: dict) -> Found:
        name, value = row["variable"], row["value"]
        if is_empty(name):
            return
        if name not in kinds:
            yield "variable", "is not a variable in variables.csv", near(name, kinds)
        elif kinds[name] != "categorical" or name in STAGES or name in formulas:
            yield (
                "variable",
                "cannot be assumed",
                "only a category that is recorded can, such as ftd",
            )
        elif name in levels and not is_empty(value) and value not in levels[name]:
            yield (
                "value",
                f"is not a level of {name}",
                f"write one of {', '.join(sorted(levels[name]))}",
            )

    return check
