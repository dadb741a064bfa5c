"""Pooled studies and borrowing on the page, and what is hidden of few people."""

import pandas as pd
import pytest

from counterarm.report.disclosure.cells import suppress
from counterarm.report.reading import Results
from counterarm.report.sections.analysis import sources_table
from counterarm.report.sections.borrowing import borrowing

BELOW = 5
STEPS = ["n_identified", "n_indexed", "n_eligible", "n_matched"]


def studies(*counts):
    names = ["PROACT", "NORWAY", "ITALY"]
    return pd.DataFrame(
        {
            "analysis_id": "a",
            "arm": "control",
            "studyid": name,
            "armcds": "ANY",
            "index_rules": "enrolment",
            **dict(zip(STEPS, of_study, strict=True)),
            "sum_of_weights": float(of_study[-1]),
        }
        for name, of_study in zip(names, counts, strict=False)
    )


def shown(name, frame):
    return suppress(Results({name: frame}), BELOW).of(name)


def test_studies_of_enough_people_are_shown():
    frame = studies((400, 390, 200, 90), (300, 300, 120, 60))
    assert shown("source_flow", frame)[STEPS].to_numpy().tolist() == (
        frame[STEPS].to_numpy().tolist()
    )


@pytest.mark.parametrize(
    "few", [(300, 300, 120, 3), (300, 297, 120, 60), (300, 300, 120, 117)]
)
def test_few_who_remain_or_are_lost_hide_what_follows(few):
    found = shown("source_flow", studies((400, 390, 200, 90), few))
    assert found[STEPS[1:]].isin(["hidden"]).all(axis=None)
    assert found["sum_of_weights"].isna().all()
    assert found["n_identified"].tolist() == [400, 300]


def test_a_study_of_few_is_not_told_by_the_others():
    found = shown(
        "source_flow",
        studies((400, 390, 200, 90), (300, 300, 120, 60), (2, 2, 2, 2)),
    )
    assert found["n_identified"].tolist() == [400, "hidden", "<5"]


def estimates(**changed):
    row = {
        "analysis_id": "a",
        "borrowing_id": "half",
        "method": "power_prior",
        "model": "cox",
        "endpoint": "OS",
        "a0": 0.5,
        "n_treated": 80,
        "n_internal": 40,
        "n_external": 200,
        "events_treated": 30.0,
        "events_internal": 22.0,
        "events_external": 110.0,
        "events_borrowed": 55.0,
        "difference_coef": 0.1,
        "difference_se": 0.2,
        "difference_p": 0.6,
        "coef": -0.2,
        "se": 0.2,
        "hazard_ratio": 0.82,
        "ci_low": 0.55,
        "ci_high": 1.21,
        "p_above_1": 0.16,
        "sources": "PROACT (200)",
        "note": None,
    }
    return pd.DataFrame([row | changed])


@pytest.mark.parametrize(
    "few", [{"n_internal": 4}, {"events_internal": 2.0}, {"events_internal": 38.0}]
)
def test_an_estimate_of_few_is_not_shown(few):
    found = shown("borrowed_estimates", estimates(**few)).iloc[0]
    assert found["n_external"] == found["events_internal"] == "hidden"
    hidden = ["hazard_ratio", "se", "a0", "difference_p", "sources"]
    assert found[hidden].isna().all()
    kept = shown("borrowed_estimates", estimates()).iloc[0]
    assert kept["hazard_ratio"] == 0.82
    assert kept["n_internal"] == 40


def test_a_study_that_gives_few_external_controls_is_not_counted():
    rows = estimates(sources="ITALY (3), NORWAY (60), PROACT (137)")
    found = shown("borrowed_estimates", rows).iloc[0]
    assert found["sources"] == "ITALY (<5), NORWAY (hidden), PROACT (137)"
    assert found["hazard_ratio"] == 0.82
    assert shown("borrowed_estimates", estimates())["sources"][0] == "PROACT (200)"


def test_the_page_names_the_external_studies_and_what_no_test_shows():
    section = borrowing(Results({"borrowed_estimates": estimates()}), "a")
    assert section.lead == "External controls: PROACT (200)."
    assert "does not show that they agree" in section.remarks[0].text
    assert borrowing(Results({"borrowed_estimates": estimates()}), "b") is None


def test_the_flow_names_the_studies_of_a_pooled_arm():
    table = sources_table(studies((400, 390, 200, 90), (300, 300, 120, 60)))
    assert table.headings[:2] == ["Arm", "Study"]
    assert [row[1] for row in table.rows] == ["NORWAY", "PROACT"]
