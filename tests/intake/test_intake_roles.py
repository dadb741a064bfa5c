"""A registry needs no doses; every other site does, and is told how to be one."""

import pandas as pd
import pytest
from mapped_sites import describe, read_table
from sdtm_studies import read, write_study

from counterarm.intake import DeliveryError
from counterarm.intake.roles import read_roles

TEMPLATE = {
    "subjects": "subject_id,sex,age_at_first_dose,race,country,onset_site,onset_date,"
    "diagnosis_date,riluzole,el_escorial\n1,M,60,,,LIMB,2019-01-01,2019-06-01,Y,\n",
    "visits": "subject_id,visit_date,"
    + ",".join(
        [
            *("q1_speech", "q2_salivation", "q3_swallowing", "q4_handwriting"),
            *("q5_cutting", "q6_dressing", "q7_turning", "q8_walking", "q9_climbing"),
            *("r1_dyspnea", "r2_orthopnea", "r3_respiratory_insufficiency"),
        ]
    )
    + ",gastrostomy,alsfrs_r_total\n1,2020-01-01"
    + ",4" * 12
    + ",N,48\n",
    "events": "subject_id,event,event_date\n1,DEATH,2021-01-01\n",
}
NO_MAPPING = {
    "site_files": pd.DataFrame(columns=["site", "file_name"]),
    "site_columns": pd.DataFrame(columns=["site"]),
    "site_codes": pd.DataFrame(columns=["site"]),
}


def roles(*rows):
    return {"site_roles": pd.DataFrame(rows, columns=["site", "role", "note"])}


def registry(folder):
    site = folder / "sites" / "norway"
    site.mkdir(parents=True)
    for table, text in TEMPLATE.items():
        (site / f"{table}.csv").write_text(text)
    return folder / "sites"


def test_a_registry_without_doses_is_read(tmp_path):
    sites = registry(tmp_path)
    seed = roles(("Norway", "registry", None))
    described = describe(sites, tmp_path, **NO_MAPPING, **seed)
    assert read_table(described, "norway", "subjects")["subject_id"].tolist() == ["1"]
    doses = described[described["table_name"] == "doses"]
    assert doses["is_delivered"].tolist() == [False]
    assert read_table(described, "norway", "doses").empty


@pytest.mark.parametrize("rows", [[], [("norway", "treated", None)]])
def test_a_site_without_doses_is_told_how_to_be_a_registry(tmp_path, rows):
    sites = registry(tmp_path)
    with pytest.raises(
        DeliveryError,
        match=r"norway: the required table doses is missing; .*; if norway is a "
        r"registry, which has none, add the row norway,registry to "
        r"seeds/mappings/site_roles\.csv",
    ):
        describe(sites, tmp_path, **NO_MAPPING, **roles(*rows))


def test_a_registry_needs_its_other_tables(tmp_path):
    sites = registry(tmp_path)
    (sites / "norway" / "visits.csv").unlink()
    with pytest.raises(DeliveryError, match=r"table visits is missing") as error:
        describe(sites, tmp_path, **NO_MAPPING, **roles(("norway", "registry", None)))
    assert "site_roles" not in str(error.value)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("norway", "register", None), "role 'register' is none of registry, treated"),
        ((None, "registry", None), "a column that must be filled is empty"),
        (("norway", None, None), "role None is none of registry, treated"),
    ],
)
def test_a_row_that_makes_no_sense_is_named_with_its_line(row, words):
    problems = []
    assert read_roles(roles(("ulm", "registry", None), row), problems) == {
        "ulm": "registry"
    }
    assert problems == [f"seeds/mappings/site_roles.csv line 3: {words}"]


def test_a_site_has_one_role():
    problems = []
    rows = roles(("ulm", "registry", None), ("ULM", "treated", None))
    assert read_roles(rows, problems) == {"ulm": "registry"}
    assert "line 3: site 'ulm' has a row already in line 2; keep one" in problems[0]


def test_a_registry_in_sdtm_needs_no_ex(tmp_path):
    dm = [{"USUBJID": "X-1", "RFSTDTC": "2020-01-01"}]
    sites = write_study(tmp_path, {"dm": dm})
    (sites / "x" / "ex.json").unlink()
    with pytest.raises(DeliveryError, match=r"dataset EX is missing.*x,registry"):
        read(sites, tmp_path, "subjects", "subject_id")
    seed = roles(("x", "registry", None))
    wanted = ("subject_id", "enrolment_date")
    assert read(sites, tmp_path, "subjects", *wanted, **seed) == [("X-1", "2020-01-01")]


def test_an_enrolment_of_ds_counts_before_the_reference_date_of_a_registry(tmp_path):
    dm = [{"USUBJID": "X-1", "RFSTDTC": "2020-01-01"}]
    ds = [{"USUBJID": "X-1", "DSDECOD": "ENROLLED", "DSSTDTC": "2020-02-01"}]
    sites = write_study(tmp_path, {"dm": dm, "ds": ds})
    assert read(sites, tmp_path, "subjects", "enrolment_date") == [("2020-02-01",)]
    (sites / "x" / "ex.json").unlink()
    seed = roles(("x", "registry", None))
    found = read(sites, tmp_path, "subjects", "enrolment_date", **seed)
    assert found == [("2020-02-01",)]


def test_the_reference_date_of_a_trial_is_no_enrolment(tmp_path):
    dm = [{"USUBJID": "X-1", "RFSTDTC": "2020-01-01"}]
    sites = write_study(tmp_path, {"dm": dm})
    assert read(sites, tmp_path, "subjects", "enrolment_date") == [(None,)]
