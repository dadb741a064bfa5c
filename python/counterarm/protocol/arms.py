"""What the arms of an analysis need: studies, and follow-up above 0."""

from collections.abc import Iterator

from counterarm.protocol.choices import ALL_VISITS, MATCHED_TIME
from counterarm.protocol.problem import (
    Problem,
    at,
    is_number,
    near,
)
from counterarm.protocol.resolved import Resolved

PROACT = "PROACT"
PROACT_ARMS = {"ANY", "ACTIVE", "PLACEBO"}
# NONE: a subject in no arm of its study, as in a registry that has dosed patients too
SITE_ARMS = {"ANY", "TREATED", "ACTIVE", "PLACEBO", "NONE"}
BOTH = ("treated", "control")
# The endpoint that follow_up_days and deaths before an assessment are of.
OVERALL = "OS"
NEVER_DOSED = {"PLACEBO", "NONE"}
PROCEDURES = {"TRACHEOSTOMY", "MECHANICAL VENTILATION"}


def arm_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for each row of arms.csv that takes no subject, or one twice."""
    for line, row in protocol.all["arms"]:
        study, code = row["studyid"], row["armcd"]
        if str(study) != str(study).upper() and study is not None:
            yield at(
                *("arms", line, "studyid", study),
                "is not in capitals",
                f"write {str(study).upper()}",
            )
        if row["index_rule"] == MATCHED_TIME and row["arm"] == "treated":
            yield at(
                *("arms", line, "index_rule", MATCHED_TIME),
                "can only be that of the control arm: the time is that of the treated",
                "write first_dose",
            )
        if row["index_rule"] == ALL_VISITS and row["arm"] == "treated":
            yield at(
                *("arms", line, "index_rule", ALL_VISITS),
                "can only be that of the control arm: treatment begins once",
                "write first_dose",
            )
        if study != PROACT:
            if str(code) in NEVER_DOSED and row["index_rule"] == "first_dose":
                yield at(
                    *("arms", line, "index_rule", "first_dose"),
                    f"selects no day: nobody in the arm {code} had a dose, and a "
                    "placebo is none",
                    "write trial_entry, which is the day of the first placebo"
                    if code == "PLACEBO"
                    else "write enrolment, diagnosis, assessment or visit_N",
                )
            # a site may have any arms; a slip of the pen must not find nobody
            if str(code) not in SITE_ARMS and near(code, SITE_ARMS):
                yield at(
                    *("arms", line, "armcd", code),
                    f"is nearly one of {', '.join(sorted(SITE_ARMS))}",
                    near(code, SITE_ARMS),
                )
            continue
        if str(code) not in PROACT_ARMS:
            yield at(
                *("arms", line, "armcd", code),
                f"is not an arm of PRO-ACT; it has {', '.join(sorted(PROACT_ARMS))}",
                near(code, PROACT_ARMS),
            )
        if row["index_rule"] == "first_dose":
            yield at(
                *("arms", line, "index_rule", "first_dose"),
                "selects no subjects: PRO-ACT has no days of doses",
                "write trial_entry or assessment",
            )
    for analysis in protocol.own("arms"):
        if protocol.is_sound(analysis, "arms"):
            yield from pair_of_arms(protocol, analysis)


def pair_of_arms(protocol: Resolved, analysis: object) -> Iterator[Problem]:
    """Yield a problem for an analysis without an arm, or with subjects in it twice."""
    rows = protocol.rows("arms", analysis)
    line, first = rows[0]
    for arm in BOTH:
        if arm not in {row["arm"] for _, row in rows}:
            yield at(
                *("arms", line, "arm", first["arm"]),
                f"is the one arm of {analysis}",
                f"add a row of the arm {arm}",
            )
    for place, (line, row) in enumerate(rows):
        for other_line, other in rows[:place]:
            codes = {str(row["armcd"]), str(other["armcd"])}
            if row["studyid"] == other["studyid"] and (
                len(codes) == 1 or "ANY" in codes
            ):
                yield at(
                    *("arms", line, "armcd", row["armcd"]),
                    f"takes subjects of {row['studyid']} that line {other_line} takes",
                    "name other arms, or delete one of the two",
                )


def follow_up_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for each analysis whose subjects may have no day of follow-up.

    Time to an endpoint must be above 0: eligibility asks that follow_up_days is, and
    for an endpoint that ends with ventilation, that nobody is ventilated at index.
    """
    reported: set[tuple] = set()
    for analysis in protocol.based_on:
        if not protocol.is_sound(analysis, "endpoints", "eligibility"):
            continue
        endpoints = protocol.rows("endpoints", analysis)
        eligibility = protocol.rows("eligibility", analysis)
        source = protocol.source("eligibility", analysis)
        if not endpoints or not eligibility:
            continue
        deaths = {
            arm
            for _, row in endpoints
            if (row["endpoint"], row["event"]) == (OVERALL, "DEATH")
            for arm in (BOTH if row["arm"] == "both" else (row["arm"],))
        }
        key = (OVERALL, protocol.source("endpoints", analysis))
        if deaths != set(BOTH) and key not in reported:
            reported.add(key)
            line, row = endpoints[0]
            yield at(
                *("endpoints", line, "endpoint", row["endpoint"]),
                f"stands in {analysis} without the endpoint {OVERALL}, of which "
                "follow_up_days is",
                f"add {key[1]},{OVERALL},both,DEATH,Overall survival",
            )
        first_line = eligibility[0][0]
        for arm in BOTH:
            if (
                not any(
                    is_above_zero(row)
                    for _, row in eligibility
                    if row["arm"] in (arm, "both")
                    and row["variable"] == "follow_up_days"
                )
                and (source, arm) not in reported
            ):
                reported.add((source, arm))
                yield at(
                    *("eligibility", first_line, "analysis_id", source),
                    f"lets {arm} subjects in who were followed for 0 days",
                    f"add {source},STEP,follow_up_after_index,{arm},follow_up_days,>,0,"
                    "Followed after index",
                )
        for line, row in endpoints:
            if row["event"] not in PROCEDURES:
                continue
            for arm in BOTH if row["arm"] == "both" else (row["arm"],):
                is_asked = any(
                    asked["arm"] in (arm, "both")
                    and asked["variable"] == "is_ventilated_at_index"
                    and asked["operator"] == "="
                    and str(asked["value"]).lower() == "false"
                    for _, asked in eligibility
                )
                if not is_asked and (source, line, arm) not in reported:
                    reported.add((source, line, arm))
                    yield at(
                        *("endpoints", line, "event", row["event"]),
                        f"may be before index in {analysis}: no criterion requires "
                        f"that the {arm} are not ventilated then",
                        f"add {source},STEP,not_ventilated_at_index,{arm},"
                        "is_ventilated_at_index,=,false,LABEL to eligibility.csv",
                    )


def is_above_zero(row: dict) -> bool:
    """Tell whether a condition on days is met by numbers above 0 only."""
    operator, value = row["operator"], row["value"]
    if operator == "in":
        levels = str(value).split("|")
        return all(is_number(level) and float(level) > 0 for level in levels)
    if not is_number(value):
        return False
    bound = float(str(value))
    return (operator == ">" and bound >= 0) or (operator in (">=", "=") and bound > 0)
