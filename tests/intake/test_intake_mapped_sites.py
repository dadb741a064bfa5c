"""A site in a layout of its own becomes the rows of the template, by seeds alone."""

import hashlib
import shutil

import duckdb
import pandas as pd
import pytest
from mapped_sites import SITES, describe, mappings, read_seed, read_table

from counterarm.intake import DeliveryError

TABLES = ["subjects", "doses", "visits", "events", "adverse_events", "medications"]


@pytest.fixture
def delivery(tmp_path):
    """Return a copy of the two sites, to which a test may do as it likes."""
    return shutil.copytree(SITES / "delivery", tmp_path / "sites")


def sorted_rows(rows: pd.DataFrame) -> list[tuple]:
    filled = rows.where(rows.notna(), "").astype(str)
    return sorted(filled.itertuples(index=False, name=None))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("site", ["gwangju", "graz"])
def test_a_mapped_site_gives_the_rows_of_the_template(tmp_path, site, table):
    described = describe(SITES / "delivery", tmp_path)
    expected = read_seed(SITES / "expected" / site / f"{table}.csv")
    read = read_table(described, site, table)
    assert sorted_rows(read[list(expected.columns)]) == sorted_rows(expected)
    assert not sum(len(problems) for problems in read["value_problems"])
    assert read["row_number"].is_unique


def test_the_delivered_file_is_named_with_its_own_digest(tmp_path):
    described = describe(SITES / "delivery", tmp_path)
    row = described.query("source == 'graz' and table_name == 'visits'").iloc[0]
    assert row["file_name"] == "Visiten.csv"
    assert row["layout"] == "mapped"
    delivered = (SITES / "delivery" / "graz" / "Visiten.csv").read_bytes()
    assert row["sha256"] == hashlib.sha256(delivered).hexdigest()
    assert row["unexpected_columns"] == ""


def test_a_file_of_several_tables_tells_which_of_its_lines_are_read(tmp_path, delivery):
    (path,) = delivery.glob("gwangju/*.csv")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    new = "999,new_arm_1" + "," * (lines[0].count(",") - 1)
    path.write_text("\n".join([*lines, new]) + "\n")
    described = describe(delivery, tmp_path)
    of_site = described[(described["source"] == "gwangju") & described["is_delivered"]]
    readers = of_site["lines_reader"].unique()
    assert len(readers) == 1
    counted = duckdb.sql(readers[0]).df()
    assert counted["line_number"].tolist() == list(range(2, len(lines) + 2))
    assert counted.loc[~counted["is_read"], "line_number"].tolist() == [len(lines) + 1]


def test_values_without_a_meaning_are_all_told_with_their_place(tmp_path, delivery):
    codes = mappings()["site_codes"]
    codes = codes[~codes["raw_value"].isin(["weiblich", "PEG", "Tod"])]
    described = describe(delivery, tmp_path, site_codes=codes)
    found = [
        (row["file_name"], row["line_number"], *list(problem.values()))
        for table in ("subjects", "events")
        for _, row in read_table(described, "graz", table).iterrows()
        for problem in row["value_problems"]
    ]
    reason = "has no row in site_codes.csv"
    expected = read_seed(SITES / "expected" / "graz" / "subjects.csv")
    women = expected.loc[expected["sex"] == "F", "line_number"].astype(int)
    assert [row for row in found if row[2] == "sex"] == [
        ("Patienten.csv", line, "sex", "weiblich", reason, "geschlecht", True)
        for line in women
    ]
    assert {row[3] for row in found} == {"weiblich", "PEG", "Tod"}


def test_case_and_blanks_of_a_value_count_for_nothing(tmp_path, delivery):
    path = delivery / "graz" / "Patienten.csv"
    text = path.read_text(encoding="cp1252")
    path.write_text(text.replace(";weiß;", "; WEIß ;"), encoding="cp1252")
    subjects = read_table(describe(delivery, tmp_path), "graz", "subjects")
    expected = read_seed(SITES / "expected" / "graz" / "subjects.csv")
    assert subjects["race"].tolist() == expected["race"].tolist()


def test_a_value_that_is_not_of_the_files_form_is_told_and_not_guessed(
    tmp_path, delivery
):
    path = delivery / "graz" / "Patienten.csv"
    lines = path.read_text(encoding="cp1252").splitlines()
    fields = lines[1].split(";")
    fields[2], fields[6], fields[7] = "61.5", "2018-03-04", "31.02.2019"
    lines[1] = ";".join(fields)
    path.write_text("\n".join(lines) + "\n", encoding="cp1252")
    row = read_table(describe(delivery, tmp_path), "graz", "subjects").iloc[0]
    assert pd.isna([row["age_at_first_dose"], row["onset_date"]]).all()
    assert [
        (problem["column_name"], problem["raw_value"], problem["reason"])
        for problem in row["value_problems"]
    ] == [
        ("age_at_first_dose", "61.5", "is not numeric with a decimal comma"),
        ("onset_date", "2018-03-04", "is not a date as DD.MM.YYYY"),
        ("diagnosis_date", "31.02.2019", "is not a date as DD.MM.YYYY"),
    ]


def test_a_line_that_does_not_fit_the_headings_is_told_once(tmp_path, delivery):
    (path,) = delivery.glob("gwangju/*.csv")
    with path.open("a", newline="") as file:
        file.write("footer\r\n")
    described = describe(delivery, tmp_path)
    broken = [
        table
        for table in TABLES
        for problem in read_table(described, "gwangju", table)["field_problem"]
        if problem is not None
    ]
    assert broken == ["subjects"]


def test_a_byte_that_is_not_of_the_encoding_is_named_with_its_line(tmp_path, delivery):
    files = mappings()["site_files"].replace({"cp1252": "ascii"})
    with pytest.raises(DeliveryError) as error:
        describe(delivery, tmp_path, site_files=files)
    assert (
        "Nebenwirkungen.csv: line 3 holds the byte 0xE4, which is not ascii; "
        "correct the encoding in seeds/mappings/site_files.csv"
    ) in str(error.value)


def test_what_the_mapping_names_and_the_files_lack_is_told_at_once(tmp_path, delivery):
    (delivery / "graz" / "Verlauf.csv").unlink()
    path = delivery / "graz" / "Medikamente.csv"
    path.write_text(path.read_text().replace("Medikament;", "Arznei;"))
    with pytest.raises(DeliveryError) as error:
        describe(delivery, tmp_path)
    assert "graz: the file Verlauf.csv of site_columns.csv is missing" in str(
        error.value
    )
    assert (
        f"{path}: line 1: the column medikament of site_columns.csv is missing; found "
        "pat-nr, arznei, von, bis"
    ) in str(error.value)


def test_two_exports_under_one_name_are_an_error(tmp_path, delivery):
    (path,) = delivery.glob("gwangju/*.csv")
    shutil.copy(path, path.with_name("ALS_DATA_2024-06.csv"))
    with pytest.raises(DeliveryError, match=r"several files are ALS_DATA_\*\.csv"):
        describe(delivery, tmp_path)


def test_a_table_that_two_files_fill_keeps_its_row_numbers_apart(tmp_path):
    events = read_table(describe(SITES / "delivery", tmp_path), "graz", "events")
    assert set(events["file_name"]) == {"Patienten.csv", "Verlauf.csv"}
    second = events[events["file_name"] == "Verlauf.csv"]
    assert len((second["row_number"] - second["line_number"]).unique()) == 1
    assert (
        second["row_number"].min()
        > events.loc[events["file_name"] == "Patienten.csv", "row_number"].max()
    )
