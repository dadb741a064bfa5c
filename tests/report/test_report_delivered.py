"""The page speaks of analyses whose patients came, the reader's own one first."""

import pandas as pd

from counterarm.report.delivered import in_order, of_delivered
from counterarm.report.reading import Results
from counterarm.warehouse.undelivered import left_out_line


def summary(*rows: dict) -> pd.DataFrame:
    known = {
        "based_on": None,
        "is_delivered": True,
        "not_delivered": None,
        "paper": None,
        "n_treated_eligible": 50,
        "n_control_eligible": 80,
    }
    return pd.DataFrame([{**known, **row} for row in rows])


PAPER = {"analysis_id": "a_2020", "paper": "a_2020"}
VARIANT = {"analysis_id": "a_2020_b", "based_on": "a_2020", "paper": "a_2020"}
OWN = {"analysis_id": "ulm_2024"}
OWN_VARIANT = {"analysis_id": "ulm_2024_old", "based_on": "ulm_2024"}


def order(*rows: dict) -> list[str]:
    return in_order(summary(*rows))["analysis_id"].tolist()


def test_the_own_main_analysis_comes_before_those_of_papers():
    assert order(VARIANT, PAPER, OWN_VARIANT, OWN) == [
        "ulm_2024",
        "ulm_2024_old",
        "a_2020",
        "a_2020_b",
    ]


def test_an_own_analysis_without_patients_comes_last():
    empty = {**OWN, "n_treated_eligible": 0}
    unknown = {"analysis_id": "wien_2024", "n_control_eligible": None}
    assert order(unknown, empty, PAPER) == ["a_2020", "ulm_2024", "wien_2024"]


def results() -> Results:
    gone = {"is_delivered": False, "not_delivered": "HANYANG"}
    other = {**gone, "not_delivered": "GRAZ, WIEN"}
    rows = summary(
        {**PAPER, **gone},
        {**VARIANT, **gone},
        {"analysis_id": "b_2021", "paper": "b_2021"},
        {"analysis_id": "b_2021_c", "based_on": "b_2021", "paper": "b_2021", **other},
        OWN,
    )
    ledger = [
        ("a_2020", "a_2020"),
        ("a_2020", None),
        ("b_2021", "b_2021"),
        ("b_2021", "b_2021_c"),
        ("b_2021", None),
    ]
    return Results(
        {
            "analysis_summary": rows,
            "ledger": pd.DataFrame(ledger, columns=["paper", "analysis_id"]),
            "print_checks": pd.DataFrame({"paper": ["a_2020", "b_2021"]}),
            "cox": pd.DataFrame({"analysis_id": ["ulm_2024", "a_2020"]}),
            "file_quality": pd.DataFrame({"source": ["proact", "ulm"]}),
        }
    )


def test_what_is_of_analyses_that_nobody_came_for_is_left_out():
    left, _ = of_delivered(results())
    assert left.of("analysis_summary")["analysis_id"].tolist() == [
        "ulm_2024",
        "b_2021",
    ]
    assert left.of("cox")["analysis_id"].tolist() == ["ulm_2024"]
    assert len(left.of("file_quality")) == 2


def test_a_paper_stays_with_its_numbers_while_an_analysis_of_it_is_there():
    left, _ = of_delivered(results())
    assert left.of("print_checks")["paper"].tolist() == ["b_2021"]
    ledger = left.of("ledger")
    assert ledger["paper"].tolist() == ["b_2021", "b_2021"]
    assert ledger["analysis_id"].isna().tolist() == [False, True]


def test_one_line_counts_what_is_left_out_by_the_missing_sites():
    _, line = of_delivered(results())
    assert line == (
        "left out, because no subjects of their sites were delivered: "
        "1 analysis of GRAZ, WIEN; 2 analyses of HANYANG"
    )


def test_nothing_is_said_where_nothing_is_left_out():
    whole = Results({"analysis_summary": summary(PAPER, OWN)})
    left, line = of_delivered(whole)
    assert line == "" == left_out_line([])
    assert len(left.of("analysis_summary")) == 2
