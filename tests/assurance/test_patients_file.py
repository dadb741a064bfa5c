"""Files of invented patients: what is read, what is refused, what is delivered."""

import csv
from pathlib import Path

import pytest

from counterarm.assurance import PatientsFileError, read_patients, write_patients

MAPPINGS = Path(__file__).parents[2] / "seeds" / "mappings"
CONTROL = """\
patients:
  control:
    source: PROACT
    facts: {arm: PLACEBO, age: 60, sex: F, onset_day: -400, visits: {0: 26}}
    expect:
      nam_2023: {eligible: true, age: 60}
"""


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> Path:
        file = tmp_path / "patients.yml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as given:
        return list(csv.DictReader(given))


def test_a_patient_like_another_takes_its_facts_and_may_take_one_back(written):
    text = CONTROL + "  other:\n    like: control\n    facts: {age: , sex: M}\n"
    control, other = read_patients(written(text))
    assert control.facts["age"].value == "60"
    assert "age" not in other.facts
    assert other.facts["sex"].value == "M"
    assert (other.source, other.expectations) == ("PROACT", ())


def test_one_expectation_may_be_that_of_several_analyses(written):
    text = CONTROL.replace("nam_2023:", "nam_2023, nam_2023_caliper:")
    (control,) = read_patients(written(text))
    assert [each.analysis for each in control.expectations] == [
        "nam_2023",
        "nam_2023_caliper",
    ]


def test_excluded_by_says_that_the_patient_is_not_eligible(written):
    text = CONTROL.replace("{eligible: true, age: 60}", "{excluded_by: too_old}")
    (expectation,) = read_patients(written(text))[0].expectations
    assert expectation.values["is_eligible"].value == "false"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("age: 60, sex", "agee: 60, sex", 4, "did you mean 'age'"),
        ("sex: F", "sex: female", 4, "known: F, M"),
        ("age: 60, sex", "age: sixty, sex", 4, "must be a number, not 'sixty'"),
        ("onset_day: -400", "onset_day: 1.5", 4, "whole number, not '1.5'"),
        ("{0: 26}", "{0: 49}", 4, "a total is 0 to 48, not 49"),
        ("{0: 26}", "{0: [4, 4]}", 4, "12 items, not 2"),
        ("{0: 26}", "{0: [4,4,4,4,4,4,4,4,4,4,4,5]}", 4, "an item is 0 to 4, not 5"),
        ("arm: PLACEBO", "doses: [0]", 4, "no fact that PRO-ACT delivers"),
        ("source: PROACT", "sourc: PROACT", 3, "did you mean 'source'"),
        ("    source: PROACT\n", "", 2, "'control' has no source"),
        ("source: PROACT", "like: nobody", 3, "'nobody' is no earlier patient"),
        ("{eligible: true, age: 60}", "no candidat", 6, "did you mean 'no candidate'"),
        ("{eligible: true, age: 60}", "", 6, "nothing is expected of nam_2023"),
        ("eligible: true", "eligible: maybe", 6, "true or false, not 'maybe'"),
        ("eligible: true", "endpoints: {OS: }", 6, "nothing is expected of OS"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(written, old, new, line, words):
    assert old in CONTROL
    file = written(CONTROL.replace(old, new))
    with pytest.raises(PatientsFileError) as refused:
        read_patients(file)
    assert str(refused.value).startswith(f"{file} line {line}: ")
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("patients: [", "not YAML"),
        ("patients:\n", "there is no patient"),
        ("about: nobody\n", "the file has no patients"),
        (CONTROL + "  control: {source: PROACT}\n", "'control' is given twice"),
    ],
)
def test_a_file_without_patients_is_refused(written, text, words):
    with pytest.raises(PatientsFileError, match=words):
        read_patients(written(text))


def test_facts_become_the_rows_that_the_source_would_deliver(written, tmp_path):
    text = CONTROL + (
        "  treated:\n"
        "    source: ulm\n"
        "    facts: {doses: [0, 28], onset_day: -10, enrolment_day: -3,\n"
        "      events: {TRACHEOSTOMY: }, last_contact_day: 366}\n"
    )
    folder = tmp_path / "delivery"
    subjects = write_patients(read_patients(written(text)), folder, MAPPINGS)
    assert list(subjects) == ["PROACT-100001", "ULM-P-100002"]
    (visit,) = rows(folder / "proact" / "PROACT_ALSFRS.csv")
    # 26 = 12 * 2 + 2: the first two items have a point more
    assert (visit["q1_speech"], visit["q3_swallowing"]) == ("3", "2")
    assert (visit["alsfrs_delta"], visit["alsfrs_r_total"]) == ("0", "26")
    assert rows(folder / "proact" / "PROACT_RILUZOLE.csv") == []
    site = folder / "sites" / "ulm"
    assert [row["dose_date"] for row in rows(site / "doses.csv")] == [
        "2015-01-01",
        "2015-01-29",
    ]
    (subject,) = rows(site / "subjects.csv")
    assert subject["onset_date"] == "2014-12-22"
    assert subject["enrolment_date"] == "2014-12-29"
    assert rows(site / "events.csv") == [
        {"subject_id": "P-100002", "event": "TRACHEOSTOMY", "event_date": ""},
        {"subject_id": "P-100002", "event": "LAST_CONTACT", "event_date": "2016-01-02"},
    ]


def test_copies_are_delivered_and_nothing_is_expected_of_them(written, tmp_path):
    text = CONTROL.replace("    facts", "    copies: 2\n    facts")
    folder = tmp_path / "delivery"
    subjects = write_patients(read_patients(written(text)), folder, MAPPINGS)
    assert len(subjects) == 1
    assert len(rows(folder / "proact" / "PROACT_DEMOGRAPHICS.csv")) == 3


def test_raw_rows_reach_any_table_and_an_unknown_column_is_refused(written, tmp_path):
    raw = "    rows:\n      labs: [{test_name: Albumin, test_result: 4}]\n"
    text = CONTROL.replace("    expect", raw + "    expect")
    folder = tmp_path / "delivery"
    write_patients(read_patients(written(text)), folder, MAPPINGS)
    (lab,) = rows(folder / "proact" / "PROACT_LABS.csv")
    assert (lab["subject_id"], lab["test_result"]) == ("100001", "4")
    wrong = written(text.replace("test_result", "test_resul"))
    with pytest.raises(PatientsFileError, match=r"line 6: .*'test_result'"):
        write_patients(read_patients(wrong), folder, MAPPINGS)
