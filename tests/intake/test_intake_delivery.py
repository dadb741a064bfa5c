"""Which file holds which table, and what is said when one is missing or too many."""

import gzip
import hashlib

import duckdb
import pytest

from counterarm.intake import DeliveryError
from counterarm.intake.locate import layout_of, table_of

ALSFRS = b"subject_id,Q1_Speech,ALSFRS_Delta\n1,4,0\n"


@pytest.mark.parametrize(
    ("file_name", "layout"),
    [
        ("AlsHistory.csv", "2016"),
        ("alshistory.CSV", "2016"),
        ("PROACT_ALSHISTORY.csv", "2022"),
        ("proact_alshistory.csv.gz", "2022"),
        ("F_PROACT_ALSHISTORY.csv", "2026"),
        ("F_PROACT_ALSHISTORY.CSV.GZ", "2026"),
    ],
)
def test_a_table_is_found_under_the_names_of_three_releases(file_name, layout):
    assert table_of(file_name, "proact") == "alshistory"
    assert layout_of(file_name) == layout


@pytest.mark.parametrize("file_name", ["doses.xlsx", "doses.csv.bak", "doses", ".csv"])
def test_a_file_that_is_no_csv_holds_no_table(file_name):
    assert table_of(file_name, "site") is None


def test_the_prefix_of_a_release_means_nothing_at_a_site():
    assert table_of("PROACT_doses.csv", "site") == "proact_doses"


def test_every_table_has_a_row_and_a_digest_of_the_bytes_delivered(delivery):
    rows = delivery.describe()
    assert list(zip(rows["source"], rows["table_name"], strict=True)) == [
        ("proact", "alsfrs"),
        ("proact", "fvc"),
        ("hanyang", "doses"),
        ("hanyang", "medications"),
    ]
    assert rows["is_delivered"].tolist() == [True, False, True, False]
    row = delivery.row("proact", "alsfrs")
    assert row["sha256"] == hashlib.sha256(ALSFRS).hexdigest()
    assert row["layout"] == "2016"
    assert delivery.row("hanyang", "doses")["layout"] == "template"


def test_the_digest_of_a_compressed_file_is_that_of_the_file_and_not_of_its_text(
    delivery,
):
    packed = gzip.compress(ALSFRS)
    delivery.remove("proact/alsfrs.csv")
    delivery.write("proact/alsfrs.csv.gz", packed)
    assert delivery.row("proact", "alsfrs")["sha256"] == (
        hashlib.sha256(packed).hexdigest()
    )


def test_columns_that_are_absent_or_not_expected_are_reported(delivery):
    delivery.write(
        "proact/alsfrs.csv", b"ALSFRS_DELTA,Subject_ID,q1_SPEECH,New\n0,1,4,x"
    )
    row = delivery.row("proact", "alsfrs")
    assert row["absent_columns"] == "mode_of_administration"
    assert row["unexpected_columns"] == "new"


def test_an_absent_optional_table_is_read_as_an_empty_one(delivery):
    row = delivery.row("proact", "fvc")
    assert row["note"] == "not delivered: read as an empty table"
    table = duckdb.sql(row["reader"])
    assert table.columns == [
        "source",
        "file_name",
        "row_number",
        "line_number",
        "row_text",
        "field_problem",
        "subject_id",
    ]
    assert table.fetchall() == []


def test_a_file_that_stands_for_no_table_is_reported_and_not_read(delivery):
    delivery.write("proact/Labs.csv", b"anything")
    delivery.write("sites/hanyang/notes.txt", b"anything")
    delivery.write("sites/hanyang/.DS_Store", b"hidden")
    unused = delivery.describe().query("table_name.isna()")
    assert unused["file_name"].tolist() == ["Labs.csv", "notes.txt"]
    assert set(unused["note"]) == {
        "not used: its name is not that of a table that is read"
    }
    assert unused["reader"].isna().all()


def test_a_folder_that_is_not_there_is_named_with_its_setting(delivery):
    delivery.proact /= "nowhere"
    delivery.sites /= "nowhere"
    with pytest.raises(DeliveryError) as error:
        delivery.describe()
    text = str(error.value)
    assert "2 problem(s)" in text
    assert f"no folder {delivery.proact}; set COUNTERARM_PROACT_DIR" in text
    assert f"no folder {delivery.sites}; set COUNTERARM_SITES_DIR" in text


def test_a_folder_of_sites_without_a_site_is_an_error(delivery):
    delivery.sites /= "hanyang"
    with pytest.raises(DeliveryError, match=r"one folder per site in .*, found none"):
        delivery.describe()


def test_two_site_folders_of_one_name_are_an_error(delivery):
    delivery.write("sites/HANYANG/doses.csv", b"subject_id,dose_date\n")
    with pytest.raises(DeliveryError, match="already 'HANYANG'; rename it"):
        delivery.describe()


def test_a_site_may_not_be_called_proact(delivery):
    delivery.write("sites/ProAct/doses.csv", b"subject_id,dose_date\n")
    with pytest.raises(DeliveryError, match=r"'ProAct' in .* already 'PRO-ACT'"):
        delivery.describe()


def test_a_missing_required_table_is_named_with_what_was_looked_for_and_found(delivery):
    delivery.remove("proact/alsfrs.csv")
    delivery.write("proact/Labs.csv", b"anything")
    delivery.remove("sites/hanyang/doses.csv")
    with pytest.raises(DeliveryError) as error:
        delivery.describe()
    assert (
        "proact: the required table alsfrs is missing; looked for alsfrs.csv, "
        "PROACT_ALSFRS.csv or F_PROACT_ALSFRS.csv (also .csv.gz or .xlsx, or a sheet "
        f"alsfrs of a workbook, any case) in {delivery.proact}, found Labs.csv"
    ) in str(error.value)
    assert (
        "hanyang: the required table doses is missing; looked for doses.csv (also "
        ".csv.gz or .xlsx, or a sheet doses of a workbook, any case) in "
        f"{delivery.sites / 'hanyang'}, found no file"
    ) in str(error.value)


def test_two_files_for_one_table_are_an_error_that_names_both(delivery):
    delivery.write("proact/PROACT_ALSFRS.csv.gz", gzip.compress(ALSFRS))
    with pytest.raises(DeliveryError) as error:
        delivery.describe()
    assert (
        f"{delivery.proact}: two files for the table alsfrs: PROACT_ALSFRS.csv.gz and "
        "alsfrs.csv; keep one"
    ) in str(error.value)


def test_a_missing_required_column_is_named_with_the_headings_found(delivery):
    path = delivery.write("proact/alsfrs.csv", b"subject_id;Q1_Speech;ALSFRS_Delta\n")
    with pytest.raises(DeliveryError) as error:
        delivery.describe()
    assert (
        f"{path}: line 1: the required column alsfrs_delta of the table alsfrs is "
        "missing; found subject_id;q1_speech;alsfrs_delta"
    ) in str(error.value)


def test_all_that_is_wrong_is_told_at_once(delivery):
    delivery.write("proact/alsfrs.csv", b"subject_id,Q1_Speech\n")
    delivery.write("sites/hanyang/doses.csv", b"\xff\xfes\x00u\x00")
    delivery.write("sites/olsztyn/medications.csv", b"subject_id\n")
    with pytest.raises(DeliveryError) as error:
        delivery.describe()
    lines = str(error.value).splitlines()
    assert lines[0] == "the delivery cannot be read, 3 problem(s):"
    assert "alsfrs_delta" in lines[1]
    assert "UTF-16" in lines[2]
    assert "olsztyn: the required table doses is missing" in lines[3]
