"""Which study of an arm records an event of an endpoint, and what follows if not."""

import pandas as pd

from counterarm.protocol.check import ProtocolError, plain
from counterarm.protocol.choices import RECORDED_EVENTS
from counterarm.protocol.endpoints import arms_of, studies_of
from counterarm.protocol.problem import Problem, at, is_empty
from counterarm.protocol.recording import Recording
from counterarm.protocol.resolved import Resolved
from counterarm.tables.frames import FLAG, TEXT, typed_frame

TYPES = {
    "analysis_id": TEXT,
    "endpoint": TEXT,
    "arm": TEXT,
    "event": TEXT,
    "studyid": TEXT,
    "is_recorded": FLAG,
    "treatment": TEXT,
    "why": TEXT,
}
TREATMENTS = {"ignore": "ignored", "leave_out": "left_out"}


def endpoint_sources(
    seeds: dict[str, pd.DataFrame],
    delivered: pd.DataFrame,
    studies: pd.DataFrame,
) -> pd.DataFrame:
    """Return a row per analysis, endpoint, arm, recorded event and delivered study.

    `seeds` are the protocol's analyses, arms, endpoints and recorded_events;
    `delivered` (studyid, event) has a row for every kind of event of which a study
    delivered at least one; `studies` (studyid) are those with subjects. `treatment` is
    counted, ignored or left_out. An event seen at assessments has no row.

    `ProtocolError`, naming file, line and event, where a delivered study does not
    record an event and not_recorded is empty: its subjects would seem free of it.
    """
    protocol = Resolved({name: plain(rows) for name, rows in seeds.items()})
    recording = Recording(row for _, row in protocol.all["recorded_events"])
    seen = set(zip(delivered["studyid"], delivered["event"], strict=True))
    present = set(studies["studyid"])
    rows: list[dict] = []
    problems: dict[tuple, Problem] = {}
    for analysis in protocol.based_on:
        for line, row in protocol.rows("endpoints", analysis):
            if row["event"] not in RECORDED_EVENTS:
                continue
            for arm in arms_of(row):
                for study in studies_of(protocol, analysis, arm):
                    if study not in present:
                        continue
                    event = row["event"]
                    is_recorded = recording.is_recorded(study, event, seen)
                    chosen = row.get("not_recorded")
                    if not is_recorded and is_empty(chosen):
                        problems.setdefault((line, study), unseen(line, event, study))
                        continue
                    rows.append(
                        {
                            "analysis_id": analysis,
                            "endpoint": row["endpoint"],
                            "arm": arm,
                            "event": event,
                            "studyid": study,
                            "is_recorded": is_recorded,
                            "treatment": "counted"
                            if is_recorded
                            else TREATMENTS[str(chosen)],
                            "why": recording.row(study, event).get("why")
                            if is_recorded
                            else row["why"],
                        }
                    )
    if problems:
        raise ProtocolError([problems[key] for key in sorted(problems)])
    return typed_frame(rows, TYPES)


def unseen(line: int, event: object, study: object) -> Problem:
    """Return the problem of an event that a delivered study does not record."""
    return at(
        *("endpoints", line, "event", event),
        f"is not recorded by {study}: it delivered no such event, and its subjects "
        "would seem to be free of it",
        "fill not_recorded and why; or, where the study does record it and nobody had "
        "it, add a row with yes to recorded_events.csv",
    )
