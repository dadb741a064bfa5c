"""Which study records which event, and what an endpoint makes of one that does not."""

import pandas as pd
import pytest

from counterarm.protocol import ProtocolError
from counterarm.tables.endpoint_sources import endpoint_sources

ENDPOINTS = [
    # analysis, endpoint, arm, event, threshold, not_recorded, why
    ("a", "X", "both", "DEATH", None, None, None),
    ("a", "X", "both", "GASTROSTOMY", None, "ignore", "Rare"),
    ("a", "X", "treated", "DECLINE", 6.0, None, None),
]
RECORDED = [
    ("PROACT", "DEATH", "yes", "DEATHDATA"),
    ("PROACT", "GASTROSTOMY", "no", "No table"),
    ("SITE", "DEATH", "yes", "events.csv"),
    ("SITE", "GASTROSTOMY", "if_delivered", "events.csv"),
]


def sources(
    endpoints: list = ENDPOINTS,
    delivered: tuple = (("ULM", "GASTROSTOMY"),),
    studies: tuple = ("PROACT", "ULM"),
) -> pd.DataFrame:
    columns = ["analysis_id", "endpoint", "arm", "event", "threshold"]
    seeds = {
        "analyses": pd.DataFrame(
            {"analysis_id": ["a", "b"], "based_on": [None, "a"], "label": "", "why": ""}
        ),
        "arms": pd.DataFrame(
            {
                "analysis_id": "a",
                "arm": ["control", "treated", "treated"],
                "studyid": ["PROACT", "ULM", "ABSENT"],
            }
        ),
        "endpoints": pd.DataFrame(
            endpoints, columns=[*columns, "not_recorded", "why"]
        ).assign(role=None),
        "recorded_events": pd.DataFrame(
            RECORDED, columns=["studyid", "event", "recorded", "why"]
        ),
    }
    return endpoint_sources(
        seeds,
        delivered=pd.DataFrame(list(delivered), columns=["studyid", "event"]),
        studies=pd.DataFrame({"studyid": studies}),
    )


def test_each_study_of_an_arm_has_its_answer():
    found = sources()
    own = found[found["analysis_id"] == "a"].set_index(["event", "studyid"])
    assert own.index.tolist() == [
        ("DEATH", "ULM"),
        ("DEATH", "PROACT"),
        ("GASTROSTOMY", "ULM"),
        ("GASTROSTOMY", "PROACT"),
    ]
    assert own.loc[("GASTROSTOMY", "ULM"), "treatment"] == "counted"
    ignored = own.loc[("GASTROSTOMY", "PROACT")]
    assert (ignored["arm"], ignored["treatment"]) == ("control", "ignored")
    assert not ignored["is_recorded"]
    assert ignored["why"] == "Rare"
    # inherited rows are those of the base
    inherited = found[found["analysis_id"] == "b"].drop(columns="analysis_id")
    pd.testing.assert_frame_equal(
        inherited.reset_index(drop=True), own.reset_index()[inherited.columns]
    )


def test_a_site_without_such_an_event_does_not_record_it():
    found = sources(delivered=())
    of_site = found[(found["studyid"] == "ULM") & (found["event"] == "GASTROSTOMY")]
    assert set(of_site["treatment"]) == {"ignored"}


def test_without_a_decision_the_build_stops_with_file_and_line():
    rows = [*ENDPOINTS[:1], ("a", "X", "treated", "GASTROSTOMY", None, None, None)]
    assert len(sources(rows)) == 6
    with pytest.raises(ProtocolError) as error:
        sources(rows, delivered=())
    (problem,) = error.value.problems
    assert str(problem).startswith(
        "seeds/protocol/endpoints.csv line 3: event 'GASTROSTOMY' is not recorded by "
        "ULM"
    )
    assert "add a row with yes to recorded_events.csv" in problem.remedy


def test_a_study_that_was_not_delivered_is_passed_over():
    rows = [*ENDPOINTS[:1], ("a", "X", "treated", "GASTROSTOMY", None, None, None)]
    found = sources(rows, delivered=(), studies=("PROACT",))
    assert set(found["studyid"]) == {"PROACT"}
