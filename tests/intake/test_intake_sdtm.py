"""A site's SDTM, as XPT or Dataset-JSON, becomes the rows of the template."""

import json

import pandas as pd
import pyreadstat
import pytest
from mapped_sites import describe, read_table

from counterarm.intake import DeliveryError

QS = [
    (code, score)
    for code, score in zip(
        [f"ALSR1{n:02d}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12)],
        [4, 4, 3, 2, 4, 4, 4, 3, 4, 4, 4],
        strict=True,
    )
]
DATASETS = {
    "dm": pd.DataFrame(
        {
            "USUBJID": ["X-01", "X-02"],
            "SUBJID": ["01", "02"],
            "AGE": [54.0, 61.0],
            "AGEU": ["YEARS", "YEARS"],
            "SEX": ["M", "F"],
            "RACE": ["ASIAN", "WHITE"],
            "COUNTRY": ["KOR", "KOR"],
            "DTHFL": ["", "Y"],
            "DTHDTC": ["", "2021-05-06"],
        }
    ),
    "ex": pd.DataFrame(
        {
            "USUBJID": ["X-01", "X-01", "X-01", "X-02"],
            "EXSEQ": [1.0, 2.0, 3.0, 1.0],
            "EXTRT": ["CELLS"] * 4,
            "EXDOSE": [1.5, 1.5, 1.5, 2.0],
            "EXDOSU": ["mL"] * 4,
            "EXSTDTC": ["2020-01-02T09:30", "2020-02-03", "2020-02-04", "2020-03-04"],
            "EXOCCUR": ["", "N", "U", "Y"],
        }
    ),
    "qs": pd.DataFrame(
        [
            ("X-01", code, float(score), "2020-01-02")
            for code, score in [*QS, ("ALSR105B", 1), ("OTHER", 9)]
        ],
        columns=["USUBJID", "QSTESTCD", "QSSTRESN", "QSDTC"],
    ),
    "ds": pd.DataFrame(
        {
            "USUBJID": ["X-01", "X-01"],
            "DSDECOD": ["COMPLETED", "LAST CONTACT"],
            "DSSTDTC": ["2020-06-01", "2020-07-01"],
        }
    ),
    "ae": pd.DataFrame(
        {
            "USUBJID": ["X-01", "X-01", "X-02", "X-02"],
            "AETERM": ["FALL", "RASH", "ASPHYXIA", "CHOKING"],
            "AEOUT": ["RECOVERED/RESOLVED", "", "", "UNKNOWN"],
            "AESHOSP": ["Y", "U", "N", ""],
            "AESLIFE": ["N", "", "Y", "U"],
            "AESDISAB": ["Y", "", "N", "Y"],
            "AESDTH": ["N", "", "Y", "Y"],
        }
    ),
    "cm": pd.DataFrame(
        {
            "USUBJID": ["X-01", "X-01", "X-02", "X-02"],
            "CMTRT": ["RILUZOLE", "BACLOFEN", "ASPIRIN", "INSULIN"],
            "CMPRESP": ["Y", "", "Y", "Y"],
            "CMOCCUR": ["N", "", "N", "U"],
        }
    ),
}


@pytest.fixture(params=["xpt", "json"])
def delivery(request, tmp_path):
    """Write the datasets as a site `x` in one of both forms."""
    folder = tmp_path / "sites" / "x"
    folder.mkdir(parents=True)
    for name, rows in DATASETS.items():
        if request.param == "xpt":
            pyreadstat.write_xport(
                rows,
                str(folder / f"{name}.xpt"),
                table_name=name.upper(),
                file_format_version=5,
            )
        else:
            write_json(folder / f"{name.upper()}.json", rows)
    return tmp_path / "sites"


def write_json(path, rows: pd.DataFrame) -> None:
    content = {
        "datasetJSONVersion": "1.1.0",
        "records": len(rows),
        "columns": [{"name": name} for name in rows.columns],
        "rows": rows.replace({"": None}).to_numpy().tolist(),
    }
    path.write_text(json.dumps(content))


def values(rows: pd.DataFrame, *columns: str) -> list[tuple]:
    chosen = rows.sort_values("row_number")[list(columns)]
    return list(chosen.where(chosen.notna(), None).itertuples(index=False, name=None))


def test_dm_gives_the_subjects_and_cm_the_answer_for_riluzole(delivery, tmp_path):
    subjects = read_table(describe(delivery, tmp_path), "x", "subjects")
    columns = ("subject_id", "sex", "age_at_first_dose", "race", "country", "riluzole")
    assert values(subjects, *columns) == [
        ("01", "M", "54", "ASIAN", "KOR", "N"),
        ("02", "F", "61", "WHITE", "KOR", None),
    ]


def test_ex_gives_the_doses_that_took_place_without_their_time(delivery, tmp_path):
    doses = read_table(describe(delivery, tmp_path), "x", "doses")
    assert values(doses, "subject_id", "dose_date", "dose", "dose_unit") == [
        ("01", "2020-01-02", "1.5", "mL"),
        ("02", "2020-03-04", "2", "mL"),
    ]


def test_qs_gives_one_row_per_assessment(delivery, tmp_path):
    visits = read_table(describe(delivery, tmp_path), "x", "visits")
    columns = ("subject_id", "visit_date", "q1_speech", "q4_handwriting", "q5_cutting")
    assert values(visits, *columns, "gastrostomy", "alsfrs_r_total") == [
        ("01", "2020-01-02", "4", "2", "1", "Y", None)
    ]


def test_a_death_of_dm_alone_is_an_event(delivery, tmp_path):
    described = describe(delivery, tmp_path)
    events = read_table(described, "x", "events")
    assert values(events, "subject_id", "event", "event_date") == [
        ("01", "LAST_CONTACT", "2020-06-01"),
        ("01", "LAST_CONTACT", "2020-07-01"),
        ("02", "DEATH", "2021-05-06"),
    ]
    assert events["row_number"].is_unique


def test_ae_tells_of_hospital_and_death_and_an_outcome_of_its_own_counts_first(
    delivery, tmp_path
):
    events = read_table(describe(delivery, tmp_path), "x", "adverse_events")
    assert values(
        events, "term", "outcome", "hospitalised", "life_threatening", "disability"
    ) == [
        ("FALL", "RECOVERED/RESOLVED", "Y", "N", "Y"),
        ("RASH", None, None, None, None),
        ("ASPHYXIA", "FATAL", "N", "Y", "N"),
        ("CHOKING", "UNKNOWN", None, None, "Y"),
    ]


def test_what_was_not_taken_is_no_medication(delivery, tmp_path):
    medications = read_table(describe(delivery, tmp_path), "x", "medications")
    assert values(medications, "subject_id", "medication") == [("01", "BACLOFEN")]


def test_a_missing_dataset_is_named(delivery, tmp_path):
    for path in delivery.glob("x/[eE][xX].*"):
        path.unlink()
    with pytest.raises(DeliveryError, match="x: the required dataset EX is missing"):
        describe(delivery, tmp_path)


def test_a_file_that_is_no_dataset_is_named(delivery, tmp_path):
    for path in delivery.glob("x/[aqQ][sS].*"):
        path.write_bytes(b"no dataset at all")
    with pytest.raises(DeliveryError, match=r"(?i)qs\.\w+: is not a "):
        describe(delivery, tmp_path)


def test_a_dataset_cut_short_is_refused(tmp_path):
    folder = tmp_path / "sites" / "x"
    folder.mkdir(parents=True)
    for name, rows in DATASETS.items():
        write_json(folder / f"{name}.json", rows)
    content = json.loads((folder / "qs.json").read_text())
    content["rows"] = content["rows"][:3]
    (folder / "qs.json").write_text(json.dumps(content))
    with pytest.raises(DeliveryError, match="3 rows of 13 records"):
        describe(tmp_path / "sites", tmp_path)
