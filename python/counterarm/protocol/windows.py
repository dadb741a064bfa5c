"""Windows in which an assessment is sought: what each needs of the others."""

import re
from collections.abc import Iterator

from counterarm.protocol.arms import BOTH, PROACT
from counterarm.protocol.choices import AT_ASSESSMENTS, DRAWN, MATCHED_TIME, ORIGINS
from counterarm.protocol.problem import Problem, at, near
from counterarm.protocol.resolved import Resolved

# Windows that tables look for by name; others are only listed.
READ = {"baseline", "run_in", "response", "early_response"}
READ_BY_NUMBER = re.compile(r"(dose|month)_[1-9][0-9]*")
NUMBERED = {"month_1", "month_12", "dose_1", "dose_12"}
# Variables that come of a window, and the seeds that may ask for them.
NEEDS = {"progression_rate": "run_in", "response": "response"}
USERS: tuple[str, ...] = (
    "eligibility",
    "matching_terms",
    "model_terms",
    "regression_terms",
    "groups",
)
USERS += ("subgroups", "association_tests", "response_predictors", "pair_bounds")
BY_DOSE = re.compile(r"dose_[1-9][0-9]*|last_dose")


def window_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for windows that are missing, double, or find no assessment."""
    yield from index_problems(protocol)
    yield from pair_problems(protocol)
    for line, row in protocol.all["windows"]:
        name = str(row["window_id"])
        if name not in READ and not READ_BY_NUMBER.fullmatch(name):
            yield from name_problems(line, name)
        if name == "baseline" and row["anchor"] == "baseline":
            yield at(
                *("windows", line, "anchor", "baseline"),
                "is the window itself",
                "anchor it at trial_entry or index_day",
            )
    for analysis in protocol.own("windows"):
        if protocol.is_sound(analysis, "windows"):
            yield from arm_problems(protocol, analysis)


def name_problems(line: int, name: str) -> Iterator[Problem]:
    """Yield a problem for a name that is nearly one that tables look for."""
    hint = near(name, READ | NUMBERED)
    if hint or name.lower().startswith(("month", "dose")):
        yield at(
            *("windows", line, "window_id", name),
            f"is not a window that any table reads ({', '.join(sorted(READ))}, dose_N, "
            "month_N), and nearly one",
            hint or "write month_N or dose_N, or name it otherwise",
        )


def arm_problems(protocol: Resolved, analysis: object) -> Iterator[Problem]:
    """Yield a problem for an arm without a baseline, or with one window twice."""
    rows = protocol.rows("windows", analysis)
    controls = protocol.rows("arms", analysis)
    studies = {row["studyid"] for _, row in controls if row["arm"] == "control"}
    for arm in BOTH:
        own = [(line, row) for line, row in rows if row["arm"] in (arm, "both")]
        seen: dict[str, int] = {}
        for line, row in own:
            first = seen.setdefault(row["window_id"], line)
            if first != line:
                yield at(
                    *("windows", line, "window_id", row["window_id"]),
                    f"is a window of the {arm} arm in line {first} already",
                    "delete one of the two, or name it otherwise",
                )
        if "baseline" not in seen:
            yield at(
                *("windows", rows[0][0], "analysis_id", analysis),
                f"has no window baseline of the {arm} arm",
                "add one: everybody's covariates are those of that assessment",
            )
    for variable, window in NEEDS.items():
        users = [
            name
            for name in protocol.based_on
            if protocol.source("windows", name) == analysis
        ]
        used = any(
            row.get("variable") == variable
            for name in users
            for seed in USERS
            for _, row in protocol.rows(seed, name)
        )
        if used and window not in {row["window_id"] for _, row in rows}:
            yield at(
                *("windows", rows[0][0], "analysis_id", analysis),
                f"has no window {window}, from which {variable} comes: it would be "
                "unknown for every subject",
                f"add a window {window}",
            )
    for line, row in rows:
        is_of_controls = row["arm"] in ("control", "both")
        if is_of_controls and studies == {PROACT} and BY_DOSE.fullmatch(row["anchor"]):
            yield at(
                *("windows", line, "anchor", row["anchor"]),
                "finds nothing for controls: PRO-ACT has no days of doses",
                "give the window to the treated arm alone",
            )


def index_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for arms indexed at an assessment that no window can find.

    The window must be anchored at a day that does not rest on the index day: day 0,
    enrolment, diagnosis or onset; for a matched time at one of the last three, which
    both arms have. An arm with another index rule cannot have such a window.
    """
    for line, row in protocol.all["arms"]:
        name, rule = row["analysis_id"], row["index_rule"]
        if name not in protocol.based_on or row["arm"] not in BOTH:
            continue
        anchors = {
            str(window["anchor"])
            for _, window in protocol.rows("windows", name)
            if window["window_id"] == "baseline"
            and window["arm"] in (row["arm"], "both")
        }
        if rule not in AT_ASSESSMENTS and not str(rule).startswith(DRAWN):
            if anchors & ORIGINS:
                yield at(
                    *("arms", line, "index_rule", rule),
                    f"is no assessment, and the baseline window of the {row['arm']} "
                    f"arm in windows.csv is anchored at {min(anchors & ORIGINS)}",
                    "anchor it at index_day, or write assessment",
                )
            continue
        allowed = ORIGINS if rule == MATCHED_TIME else ORIGINS | {"trial_entry"}
        if not anchors & allowed:
            listed = ", ".join(sorted(allowed))
            yield at(
                *("arms", line, "index_rule", rule),
                f"needs a baseline window of the {row['arm']} arm in windows.csv that "
                f"is anchored at one of {listed}",
            )


def pair_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for windows anchored at a pair whose treated has none."""
    targets = {
        (row["analysis_id"], row["window_id"])
        for _, row in protocol.all["windows"]
        if row["arm"] == "treated"
    }
    for line, row in protocol.all["windows"]:
        if row["anchor"] == "pair" and row["arm"] == "control":
            if (row["analysis_id"], row["window_id"]) in targets:
                continue
            yield at(
                "windows",
                line,
                "anchor",
                "pair",
                f"needs a window {row['window_id']} of the arm treated to follow",
            )
