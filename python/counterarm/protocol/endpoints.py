"""What an endpoint needs: an event that ends it in each arm, and is recorded there."""

from collections.abc import Iterator

from counterarm.protocol.choices import ASSESSED_EVENTS, RECORDED_EVENTS
from counterarm.protocol.problem import Problem, at, is_empty, is_number
from counterarm.protocol.recording import NO, Recording
from counterarm.protocol.resolved import Resolved

BOTH = ("treated", "control")
COMMON = "_COMMON"


def endpoint_row(row: dict) -> Iterator[tuple[str, ...]]:
    """Yield what is wrong with one row of endpoints.csv: column, reason, remedy."""
    event, threshold = row["event"], row.get("threshold")
    if event in ASSESSED_EVENTS:
        low, high = ASSESSED_EVENTS[event]
        if is_empty(threshold):
            yield (
                "threshold",
                f"must be given with the event {event}",
                f"{low} to {high}",
            )
        elif is_number(threshold) and not low <= float(str(threshold)) <= high:
            yield "threshold", f"of {event} is not from {low} to {high}"
        if not is_empty(row.get("not_recorded")):
            yield "not_recorded", f"must be empty with {event}, seen at assessments"
    elif event in RECORDED_EVENTS and not is_empty(threshold):
        yield "threshold", f"must be empty with the event {event}"
    if is_empty(row.get("not_recorded")) != is_empty(row.get("why")):
        yield "why", "must be given with not_recorded, and only then"


def endpoint_problems(protocol: Resolved) -> Iterator[Problem]:
    """Yield a problem for each endpoint that an arm has not, or its source never sees.

    That an event is not recorded in a study is stated: by giving its row to the other
    arm alone, or by not_recorded with a reason. A study of which recorded_events.csv
    says if_delivered is judged by what is delivered (`endpoint_sources`).
    """
    recording = Recording(row for _, row in protocol.all["recorded_events"])
    for line, row in protocol.all["endpoints"]:
        if str(row["endpoint"]).endswith(COMMON):
            yield at(
                *("endpoints", line, "endpoint", row["endpoint"]),
                f"ends in {COMMON}, which names the endpoint up to a common day",
                "name it otherwise",
            )
    reported: set[tuple] = set()
    for analysis in protocol.based_on:
        if not protocol.is_sound(analysis, "endpoints", "arms"):
            continue
        for problem, key in unseen(protocol, analysis, recording):
            if key not in reported:
                reported.add(key)
                yield problem
        for problem, key in without_event(protocol, analysis, recording):
            if key not in reported:
                reported.add(key)
                yield problem


def unseen(
    protocol: Resolved, analysis: object, recording: Recording
) -> Iterator[tuple[Problem, tuple]]:
    """Yield a problem and its key for each event that a study of an arm never sees."""
    for line, row in protocol.rows("endpoints", analysis):
        if not is_empty(row.get("not_recorded")):
            continue
        for arm in arms_of(row):
            for study in studies_of(protocol, analysis, arm):
                if not is_unseen(recording, study, row):
                    continue
                yield (
                    at(
                        *("endpoints", line, "event", row["event"]),
                        f"is not recorded in {study_words(study)}, which feeds the "
                        f"{arm} arm of {analysis}: its subjects would seem to be free "
                        "of it",
                        "state it: give the event to the other arm alone and say so in "
                        "the label, or fill not_recorded and why; where the study does "
                        "record it, add a row to recorded_events.csv",
                    ),
                    (line, arm, study),
                )


def without_event(
    protocol: Resolved, analysis: object, recording: Recording
) -> Iterator[tuple[Problem, tuple]]:
    """Yield a problem and its key for each endpoint that nothing ends in an arm."""
    rows = protocol.rows("endpoints", analysis)
    for endpoint in dict.fromkeys(row["endpoint"] for _, row in rows):
        own = [(line, row) for line, row in rows if row["endpoint"] == endpoint]
        for arm in BOTH:
            studies = studies_of(protocol, analysis, arm)
            has_event = any(
                arm in arms_of(row)
                and (is_empty(row.get("role")) or row["role"] == "event")
                and (
                    is_empty(row.get("not_recorded"))
                    or not all(is_unseen(recording, study, row) for study in studies)
                )
                for _, row in own
            )
            if not has_event:
                line, row = own[0]
                yield (
                    at(
                        *("endpoints", line, "arm", row["arm"]),
                        f"leaves the {arm} arm without an event that ends {endpoint}",
                        f"add a row of {endpoint} for {arm}, or write both",
                    ),
                    (line, arm, "missing"),
                )


def is_unseen(recording: Recording, study: object, row: dict) -> bool:
    """Tell whether a study is stated not to record the event of a row."""
    event = row["event"]
    return event in RECORDED_EVENTS and recording.says(study, event) == NO


def arms_of(row: dict) -> tuple[object, ...]:
    """Return the arms that a row is of."""
    return BOTH if row["arm"] == "both" else (row["arm"],)


def studies_of(protocol: Resolved, analysis: object, arm: object) -> list[object]:
    """Return the studies that feed an arm, in their order."""
    rows = protocol.rows("arms", analysis)
    return list(dict.fromkeys(row["studyid"] for _, row in rows if row["arm"] == arm))


def study_words(study: object) -> str:
    """Return a study as it is written in a sentence."""
    return "PRO-ACT" if study == "PROACT" else str(study)
