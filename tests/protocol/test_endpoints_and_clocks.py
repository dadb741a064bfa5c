"""Rows of endpoints, of what studies record and of clocks: what is refused, and why.

Most call the two checks alone, which is quicker than the whole one.
"""

import pandas as pd
import pytest
from changed_protocol import append, check, delivered, problems

from counterarm.protocol.check import plain
from counterarm.protocol.clocks import clock_problems, clock_row
from counterarm.protocol.endpoints import endpoint_problems, endpoint_row
from counterarm.protocol.recording import Recording
from counterarm.protocol.resolved import Resolved

VENTILATED = {"analysis_id": "nam_2023", "endpoint": "NIVFREE", "label": "Free of NIV"}
NIV = "NON-INVASIVE MECHANICAL VENTILATION"
NONE = {"threshold": None, "role": None, "not_recorded": None, "why": None}


@pytest.fixture
def protocol() -> dict[str, pd.DataFrame]:
    return delivered()


def found_in(protocol: dict[str, pd.DataFrame]) -> list[str]:
    resolved = Resolved({name: plain(rows) for name, rows in protocol.items()})
    found = [*endpoint_problems(resolved), *clock_problems(resolved)]
    return [str(problem).removeprefix("seeds/protocol/") for problem in found]


def add(protocol: dict[str, pd.DataFrame], **values: object) -> int:
    return append(protocol, "endpoints", **(VENTILATED | NONE | values))


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ({"event": "DECLINE"}, "threshold", "must be given with the event DECLINE"),
        (
            {"event": "KINGS STAGE", "threshold": 5},
            "threshold",
            "of KINGS STAGE is not from 1 to 4",
        ),
        (
            {"event": "DEATH", "threshold": 6},
            "threshold",
            "must be empty with the event DEATH",
        ),
        (
            {"event": "GASTROSTOMY", "not_recorded": "ignore"},
            "why",
            "must be given with not_recorded, and only then",
        ),
        (
            {"event": "DECLINE", "threshold": 6, "not_recorded": "ignore", "why": "w"},
            "not_recorded",
            "must be empty with DECLINE, seen at assessments",
        ),
    ],
)
def test_an_invalid_endpoint_is_named_by_its_column(values, column, reason):
    (found,) = endpoint_row(VENTILATED | NONE | values)
    assert found[:2] == (column, reason)


def test_a_row_of_the_protocol_is_refused_with_its_line(protocol):
    line = add(protocol, event="DECLINE", role="main")
    clock(protocol, ("nam_2023_unmatched", "both", "birth"))
    assert sorted(problems(protocol)) == [
        "clocks.csv line 2: time_zero 'birth' is none of diagnosis, enrolment, entry, "
        "first_dose, index, onset, dose_N",
        f"endpoints.csv line {line}: role 'main' is none of censor, competing, event",
        f"endpoints.csv line {line}: threshold must be given with the event DECLINE",
    ]


def test_an_event_that_a_study_does_not_record_needs_a_decision(protocol):
    add(protocol, event="DEATH")
    line = add(protocol, event=NIV)
    (found,) = found_in(protocol)
    assert found.startswith(
        f"endpoints.csv line {line}: event '{NIV}' is not recorded in PRO-ACT, which "
        "feeds the control arm of nam_2023"
    )
    protocol["endpoints"].loc[line - 2, ["not_recorded", "why"]] = ["ignore", "Few"]
    assert found_in(protocol) == []


def test_a_row_of_the_site_says_what_it_does_not_record(protocol):
    add(protocol, event="DEATH")
    line = add(protocol, event="GASTROSTOMY", arm="treated")
    assert found_in(protocol) == []
    append(
        *(protocol, "recorded_events"),
        studyid="HANYANG",
        event="GASTROSTOMY",
        recorded="no",
    )
    assert any(
        f"endpoints.csv line {line}: event 'GASTROSTOMY' is not recorded in HANYANG"
        in one
        for one in found_in(protocol)
    )


def test_an_arm_needs_an_event_that_can_end_the_endpoint(protocol):
    add(protocol, event="DEATH", arm="treated")
    add(protocol, event="DEATH", arm="control", role="competing")
    add(protocol, event=NIV, arm="control", not_recorded="ignore", why="Not recorded")
    (found,) = found_in(protocol)
    assert "leaves the control arm without an event that ends NIVFREE" in found


def test_a_study_has_one_known_answer_for_an_event(protocol):
    line = append(protocol, "recorded_events", recorded="perhaps")
    found = problems(protocol)
    assert found[0] == (
        f"recorded_events.csv line {line}: recorded 'perhaps' is none of if_delivered, "
        "no, yes"
    )
    append(protocol, "recorded_events", studyid="ULM")
    protocol["recorded_events"] = protocol["recorded_events"].drop(index=line - 2)
    append(protocol, "recorded_events", recorded="no")
    assert any(
        "event 'DEATH' is in line 2 already" in one for one in problems(protocol)
    )


def clock(protocol: dict[str, pd.DataFrame], *rows: tuple[str, str]) -> None:
    protocol["clocks"] = pd.DataFrame(
        [
            {"analysis_id": analysis, "arm": arm, "time_zero": zero, "why": "w"}
            for analysis, arm, zero in rows
        ],
        dtype=object,
    )


def test_survival_from_diagnosis_is_one_row(protocol):
    clock(protocol, ("nam_2023_unmatched", "both", "diagnosis"))
    check(protocol)


@pytest.mark.parametrize(
    ("arm", "zero", "reason"),
    [
        (
            "control",
            "dose_2",
            "starts no clock of the control arm: PRO-ACT has no days of doses",
        ),
        (
            "control",
            "onset",
            "counts the arms from different events: treated from index, controls from "
            "onset",
        ),
    ],
)
def test_a_clock_that_cannot_start_is_named_by_its_line(protocol, arm, zero, reason):
    clock(protocol, ("nam_2023_unmatched", arm, zero))
    (found,) = found_in(protocol)
    assert found.startswith(f"clocks.csv line 2: time_zero '{zero}' {reason}")


def test_a_time_zero_is_a_known_day_or_the_day_of_a_dose():
    assert list(clock_row({"time_zero": "dose_12"})) == []
    for zero in ("dose_0", "dose", "Onset"):
        ((column, _, _),) = clock_row({"time_zero": zero})
        assert column == "time_zero"


def test_an_arm_has_one_clock(protocol):
    name = "nam_2023_unmatched"
    clock(protocol, (name, "both", "onset"), (name, "treated", "onset"))
    assert any(
        "covers an arm that another row covers" in one for one in problems(protocol)
    )


def test_tables_that_count_from_the_index_day_are_refused(protocol):
    clock(protocol, ("nam_2023", "both", "diagnosis"))
    found = found_in(protocol)
    for seed in (
        "bootstraps",
        "dose_contrasts",
        "doubly_robust",
        "rematched_subgroups",
    ):
        assert any(
            one.startswith(f"{seed}.csv") and "counts from the index day" in one
            for one in found
        ), seed


def test_a_study_without_a_row_has_that_of_sites_and_proact_none():
    rows = [
        {"studyid": "SITE", "event": "DEATH", "recorded": "yes"},
        {"studyid": "SITE", "event": "GASTROSTOMY", "recorded": "if_delivered"},
        {"studyid": "ULM", "event": "GASTROSTOMY", "recorded": "no"},
    ]
    recording = Recording(rows)
    seen = {("BERN", "GASTROSTOMY"), ("ULM", "GASTROSTOMY")}
    assert recording.is_recorded("BERN", "GASTROSTOMY", seen)
    assert not recording.is_recorded("BONN", "GASTROSTOMY", seen)
    assert not recording.is_recorded("ULM", "GASTROSTOMY", seen)
    assert recording.is_recorded("BONN", "DEATH", seen)
    assert not recording.is_recorded("PROACT", "DEATH", seen)
    assert not recording.is_recorded("BONN", NIV, seen)
