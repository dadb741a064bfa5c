"""Any name of a folder or file is read as that file, and what is none is named."""

import os

import duckdb
import pytest

from counterarm.intake import DeliveryError

ROW = b"subject_id,Q1_Speech,ALSFRS_Delta\n%s,4,0\n"
NAMES = ["a[1]", "a?", "a*", "a{1,2}", "o'a", "a;b", "~a", "k=v", "100%", "a\\b", "é"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("quoted", [b"right", b'"right\n"'], ids=["plain", "copied"])
def test_a_folder_is_no_pattern_of_its_siblings(delivery, name, quoted):
    for sibling in ("a1", "a", "ab", "b"):
        delivery.write(f"{sibling}/alsfrs.csv", ROW % b"wrong")
    delivery.write(f"{name}/alsfrs.csv", ROW % quoted)
    delivery.proact = delivery.proact.parent / name
    row = delivery.row("proact", "alsfrs")
    read = duckdb.sql(f"select subject_id, file_name from ({row['reader']})").fetchall()
    assert [(text.strip(), file) for text, file in read] == [("right", "alsfrs.csv")]


def test_the_folder_of_the_copies_is_no_pattern_either(delivery):
    delivery.write("sites/han[1]yang?/doses.csv", b'subject_id,dose_date\n"A\nB",x\n')
    row = delivery.row("han[1]yang?", "doses")
    assert duckdb.sql(f"select subject_id from ({row['reader']})").fetchall() == [
        ("A\nB",)
    ]


def test_a_name_that_is_no_text_is_an_error_that_shows_it(delivery):
    name = os.fsencode(delivery.sites / "hanyang") + b"/medic\xff.csv"
    with open(name, "wb") as file:
        file.write(b"subject_id\n")
    with pytest.raises(DeliveryError, match=r"not UTF-8: 'medic\\udcff\.csv'; rename"):
        delivery.describe()


def notes(delivery) -> dict[str, str]:
    """Return the note of each file that holds no table."""
    unused = delivery.describe().query("table_name.isna()")
    return dict(zip(unused["file_name"], unused["note"], strict=True))


def test_what_is_called_as_a_file_and_is_none_is_named(delivery):
    folder = delivery.sites / "hanyang"
    (folder / "medications.csv").mkdir()
    os.mkfifo(folder / "events.csv")
    (folder / "visits.csv").symlink_to("/nowhere/visits.csv")
    (folder / "cm.ndjson").symlink_to("/nowhere/cm.ndjson")
    assert notes(delivery) == {
        "cm.ndjson": "not used: it is a link to /nowhere/cm.ndjson, where there is no "
        "file",
        "events.csv": "not used: it is not a regular file "
        "(a pipe, a socket or a device)",
        "medications.csv": "not used: it is a folder",
        "visits.csv": "not used: it is a link to /nowhere/visits.csv, where there is "
        "no file",
    }


def test_files_of_data_in_a_folder_below_or_above_are_named(delivery):
    delivery.write("sites/hanyang/2021/visits.csv", b"subject_id\n1\n")
    delivery.write("sites/hanyang/2021/old/dm.xpt", b"anything")
    delivery.write("sites/hanyang/protocol/notes.txt", b"anything")
    delivery.write("sites/hanyang/__MACOSX/._visits.csv", b"of macOS")
    delivery.write("sites/ulm_visits.csv", b"subject_id\n1\n")
    delivery.write("sites/README.md", b"anything")
    delivery.write("proact/all/PROACT_FVC.csv.gz", b"anything")
    folder = "it is a folder that holds"
    assert notes(delivery) == {
        "2021": f"not used: {folder} 2 files of data; move what is needed out",
        "all": f"not used: {folder} 1 file of data; move what is needed out",
        "ulm_visits.csv": "not used: it is outside the folders of the sites; move it "
        "into one",
    }


def test_a_required_file_in_a_folder_below_is_found_for_the_message(delivery):
    delivery.remove("sites/hanyang/doses.csv")
    delivery.write("sites/hanyang/export/doses.csv", b"subject_id\n1\n")
    with pytest.raises(DeliveryError, match=r"found export [(]it is a folder that"):
        delivery.describe()


def test_a_required_file_that_is_a_link_to_nothing_is_named(delivery):
    delivery.remove("sites/hanyang/doses.csv")
    (delivery.sites / "hanyang" / "doses.csv").symlink_to("/nowhere.csv")
    with pytest.raises(DeliveryError) as error:
        delivery.describe()
    assert "found doses.csv (it is a link to /nowhere.csv, where there is no" in str(
        error.value
    )


def test_archives_copies_and_hidden_files_are_named_as_such(delivery):
    delivery.write("sites/hanyang/medications.zip", b"PK")
    delivery.write("sites/hanyang/doses (1).csv", b"subject_id,dose_date\n")
    delivery.write("sites/hanyang/.events.csv", b"subject_id\n")
    delivery.write("sites/hanyang/._doses.csv", b"of macOS")
    assert notes(delivery) == {
        "doses (1).csv": "not used: its name is that of a copy of doses.csv; keep one "
        "of them",
        "medications.zip": "not used: it is an archive; unpack it",
        ".events.csv": "not used: its name begins with a dot, which hides it",
    }


def test_a_link_out_of_the_delivery_is_read_and_named(delivery):
    outside = delivery.write("outside.csv", b"subject_id,dose_date\nB,2020-01-01\n")
    inside = delivery.write("sites/hanyang/inner.txt", b"subject_id\n1\n")
    delivery.remove("sites/hanyang/doses.csv")
    (delivery.sites / "hanyang" / "doses.csv").symlink_to(outside)
    (delivery.sites / "hanyang" / "medications.csv").symlink_to(inside)
    assert delivery.row("hanyang", "doses")["link_target"] == str(outside)
    assert delivery.describe()["link_target"].notna().sum() == 1


def test_a_site_that_is_a_link_out_is_named_by_each_of_its_files(delivery):
    real = delivery.proact.parent / "elsewhere"
    (delivery.sites / "hanyang").rename(real)
    (delivery.sites / "hanyang").symlink_to(real)
    row = delivery.row("hanyang", "doses")
    assert row["link_target"] == str(real / "doses.csv")


def test_a_file_that_may_not_be_read_is_an_error(delivery, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(DeliveryError, match=r"cannot be read \(Permission denied"):
        delivery.describe()
