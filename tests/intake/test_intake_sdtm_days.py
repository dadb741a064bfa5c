"""Dates, study days and last contacts of a site's SDTM."""

import pytest
from mapped_sites import describe, read_table
from sdtm_studies import ITEMS, notes, read, write_study

DM = {"USUBJID": "X-1", "SUBJID": "1"}


def test_a_study_day_stands_for_a_date_that_is_not_there(tmp_path):
    # RFSTDTC is day 1 and there is no day 0: day -1 is the day before
    ex = [{"USUBJID": "X-1", "EXSTDY": day} for day in (1, 2, -1)]
    ex += [{"USUBJID": "X-1", "EXSTDY": 9, "EXSTDTC": "2020-05-05T10:00"}]
    dm = [DM | {"RFSTDTC": "2020-03-01T08:30"}]
    sites = write_study(tmp_path, {"dm": dm, "ex": ex})
    assert read(sites, tmp_path, "doses", "dose_date") == [
        ("2020-03-01",),
        ("2020-03-02",),
        ("2020-02-29",),
        ("2020-05-05",),
    ]
    assert read(sites, tmp_path, "subjects", "days_only") == [(None,)]


def test_days_without_any_date_are_used_as_days(tmp_path):
    ex = [{"USUBJID": "X-1", "EXSTDY": day} for day in (1, 31)]
    qs = [{"USUBJID": "X-1", "QSTESTCD": "ALSR101", "QSSTRESN": 4, "QSDY": -9}]
    ds = [{"USUBJID": "X-1", "DSDECOD": "DEATH", "DSSTDY": 366}]
    sites = write_study(tmp_path, {"dm": [DM], "ex": ex, "qs": qs, "ds": ds})
    assert read(sites, tmp_path, "doses", "dose_date") == [
        ("2000-01-01",),
        ("2000-01-31",),
    ]
    assert read(sites, tmp_path, "visits", "visit_date") == [("1999-12-23",)]
    assert read(sites, tmp_path, "events", "event_date") == [("2000-12-31",)]
    assert read(sites, tmp_path, "subjects", "days_only") == [("Y",)]
    assert "1 subjects have study days (--DY) and no date" in notes(sites, tmp_path)


@pytest.mark.parametrize("day", [0, 1.5, 9_999_999])
def test_a_day_that_is_none_stays_to_be_rejected(day, tmp_path):
    ex = [{"USUBJID": "X-1", "EXSTDY": day}]
    dm = [DM | {"RFSTDTC": "2020-03-01"}]
    sites = write_study(tmp_path, {"dm": dm, "ex": ex})
    assert read(sites, tmp_path, "doses", "dose_date") == [(f"day {day}",)]


def test_a_partial_date_stays_as_it_was_delivered(tmp_path):
    mh = [
        {"USUBJID": "X-1", "MHEVDTYP": "SYMPTOM ONSET", "MHSTDTC": "2019-03"},
        {"USUBJID": "X-1", "MHEVDTYP": "DIAGNOSIS", "MHSTDTC": "2019"},
    ]
    ae = [{"USUBJID": "X-1", "AETERM": "FALL", "AESTDTC": "2020-04", "AESTDY": None}]
    sites = write_study(tmp_path, {"dm": [DM], "mh": mh, "ae": ae})
    dates = read(sites, tmp_path, "subjects", "onset_date", "diagnosis_date")
    assert dates == [("2019-03", "2019")]
    assert read(sites, tmp_path, "adverse_events", "start_date") == [("2020-04",)]


def test_a_partial_date_of_a_subject_of_whom_days_are_known_stays_too(tmp_path):
    ae = [{"USUBJID": "X-1", "AETERM": "FALL", "AESTDTC": "2020-04", "AESTDY": None}]
    ex = [{"USUBJID": "X-1", "EXTRT": "CELLS", "EXDOSE": 1, "EXSTDY": 1}]
    sites = write_study(tmp_path, {"dm": [DM], "ae": ae, "ex": ex})
    assert read(sites, tmp_path, "subjects", "days_only") == [("Y",)]
    assert read(sites, tmp_path, "adverse_events", "start_date") == [("2020-04",)]


def contacts(tmp_path, dm: dict, **datasets) -> list[tuple]:
    sites = write_study(tmp_path, {"dm": [DM | dm], **datasets})
    return read(sites, tmp_path, "events", "event", "event_date")


def test_the_end_of_participation_is_a_contact_where_nothing_is_later(tmp_path):
    visits = [
        {"USUBJID": "X-1", "QSTESTCD": code, "QSSTRESN": 4, "QSDTC": "2020-06-01"}
        for code in ITEMS
    ]
    found = contacts(
        tmp_path, {"RFENDTC": "2020-05-01", "RFPENDTC": "2020-09-30"}, qs=visits
    )
    assert found == [("LAST_CONTACT", "2020-09-30")]


@pytest.mark.parametrize("last", ["2020-06-01", "2020-05-31"])
def test_no_contact_is_added_to_a_visit_that_is_as_late(last, tmp_path):
    visit = [{"USUBJID": "X-1", "QSTESTCD": "ALSR101", "QSDTC": "2020-06-01"}]
    assert contacts(tmp_path, {"RFPENDTC": last}, qs=visit) == []


@pytest.mark.parametrize(
    ("end", "found"),
    [
        ("2020-08-01", [("DEATH", "2020-08-01"), ("LAST_CONTACT", "2020-08-01")]),
        ("2020-08-02", [("DEATH", "2020-08-01")]),
    ],
)
def test_nothing_after_death_is_a_contact(end, found, tmp_path):
    dm = {"RFPENDTC": end, "DTHFL": "Y", "DTHDTC": "2020-08-01"}
    assert contacts(tmp_path, dm) == found


def test_a_visit_that_took_place_is_a_contact(tmp_path):
    sv = [
        {"USUBJID": "X-1", "SVSTDTC": "2020-07-01", "SVOCCUR": None},
        {"USUBJID": "X-1", "SVSTDTC": "2020-08-01", "SVOCCUR": "N"},
    ]
    vs = [{"USUBJID": "X-1", "VSTESTCD": "PULSE", "VSDTC": "2020-07-05"}]
    vs += [{"USUBJID": "X-1", "VSDTC": "2020-09-05", "VSSTAT": "NOT DONE"}]
    assert contacts(tmp_path, {}, sv=sv, vs=vs) == [("LAST_CONTACT", "2020-07-05")]


@pytest.mark.parametrize(
    ("term", "event"),
    [
        ("COMPLETED", "LAST_CONTACT"),
        ("Lost to Follow-up", "LAST_CONTACT"),
        ("STUDY TERMINATED BY SPONSOR", "LAST_CONTACT"),
        ("ADVERSE EVENT", "LAST_CONTACT"),
        ("WITHDRAWAL BY SUBJECT", "WITHDRAWAL"),
        ("DEATH", "DEATH"),
    ],
)
def test_a_disposition_is_a_day_on_which_the_patient_was_seen(term, event, tmp_path):
    ds = [{"USUBJID": "X-1", "DSDECOD": term, "DSSTDTC": "2020-09-01"}]
    assert contacts(tmp_path, {}, ds=ds) == [(event, "2020-09-01")]


@pytest.mark.parametrize(("occurred", "n"), [("Y", 1), (None, 1), ("N", 0), ("U", 0)])
def test_a_procedure_that_may_not_have_taken_place_is_no_event(occurred, n, tmp_path):
    pr = [{"USUBJID": "X-1", "PRTRT": "TRACHEOSTOMY", "PRDECOD": "TRACHEOSTOMY"}]
    pr[0] |= {"PRSTDTC": "2020-03-01", "PROCCUR": occurred}
    sites = write_study(tmp_path, {"dm": [DM], "pr": pr})
    events = [event for (event,) in read(sites, tmp_path, "events", "event")]
    assert events.count("TRACHEOSTOMY") == n


def test_an_enrolment_is_a_fact_of_the_subject_and_ventilation_an_event(tmp_path):
    ds = [
        {"USUBJID": "X-1", "DSDECOD": "ENTERED INTO TRIAL", "DSSTDTC": "2020-02-01"},
        {"USUBJID": "X-1", "DSDECOD": "RANDOMIZED", "DSSTDTC": "2020-03-01"},
    ]
    pr = [
        {"USUBJID": "X-1", "PRDECOD": term, "PRSTDTC": f"2021-0{month}-01"}
        for month, term in enumerate(
            (
                "NON-INVASIVE MECHANICAL VENTILATION",
                "NON-INVASIVE VENTILATION OVER 22 HOURS",
            ),
            start=3,
        )
    ]
    supp = [
        {"USUBJID": "X-1", "QNAM": "FAMHXALS", "QVAL": "N"},
        {"USUBJID": "X-1", "QNAM": "FTD", "QVAL": "Y"},
    ]
    parts = {"dm": [DM], "ds": ds, "pr": pr, "suppdm": supp}
    sites = write_study(tmp_path, parts)
    assert read(
        sites, tmp_path, "subjects", "enrolment_date", "family_history", "ftd"
    ) == [("2020-02-01", "N", "Y")]
    assert read(sites, tmp_path, "events", "event", "event_date") == [
        ("NIV_START", "2021-03-01"),
        ("NIV_OVER_22H", "2021-04-01"),
    ]


def test_a_milestone_is_no_event_and_an_unknown_term_is_named(tmp_path):
    ds = [
        {"USUBJID": "X-1", "DSDECOD": "RANDOMIZED", "DSSTDTC": "2020-03-01"},
        {"USUBJID": "X-1", "DSDECOD": "FINAL LAB VISIT", "DSSTDTC": "2020-09-01"},
    ]
    sites = write_study(tmp_path, {"dm": [DM], "ds": ds})
    assert read(sites, tmp_path, "events", "event") == []
    printed = notes(sites, tmp_path)
    assert "ds.json: not read: the DSDECOD FINAL LAB VISIT (1) rows" in printed
    assert "RANDOMIZED" not in printed


def test_rows_of_a_subject_whom_dm_does_not_name_are_kept_and_counted(tmp_path):
    ex = [{"USUBJID": "X-9", "EXSTDTC": "2020-03-01"}]
    sites = write_study(tmp_path, {"dm": [DM], "ex": ex})
    assert read(sites, tmp_path, "doses", "subject_id") == [("X-9",)]
    assert "ex.json: 1 subjects are not in DM, e.g. USUBJID X-9" in notes(
        sites, tmp_path
    )


def test_a_subject_twice_in_dm_does_not_double_the_rows_of_others(tmp_path):
    ex = [{"USUBJID": "X-1", "EXSTDTC": "2020-03-01"}]
    sites = write_study(tmp_path, {"dm": [DM, DM], "ex": ex})
    described = describe(sites, tmp_path)
    assert len(read_table(described, "x", "doses")) == 1


def test_rows_whose_occurrence_is_not_known_are_named(tmp_path):
    dm = [{"USUBJID": name, "SUBJID": name} for name in ("X-1", "X-2")]
    occurred = ["U", "NA", "N", "Y", "", "u"]
    subjects = ["X-1", "X-1", "X-1", "X-1", "X-1", "X-2"]
    both = list(zip(subjects, occurred, strict=True))
    ex = [{"USUBJID": s, "EXTRT": "CELLS", "EXOCCUR": o} for s, o in both]
    cm = [{"USUBJID": s, "CMTRT": "ASPIRIN", "CMOCCUR": o} for s, o in both[3:]]
    sites = write_study(tmp_path, {"dm": dm, "ex": ex, "cm": cm})
    printed = notes(sites, tmp_path)
    assert (
        "ex.json: not read: 3 rows of 2 subjects whose EXOCCUR is U or NA: whether "
        "they took place is not known" in printed
    )
    assert "cm.json: not read: 1 rows of 1 subjects whose CMOCCUR is U or NA" in printed
    assert "PROCCUR" not in printed
