"""Workbooks: each sheet is a file, and its cells are read as what they are."""

import datetime as dt
import hashlib
import zipfile
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import xlsxwriter
from mapped_sites import template

from counterarm.intake import DeliveryError, describe_delivery
from counterarm.intake.locate import DeliveredFile
from counterarm.intake.raw_bytes import UnreadableFileError
from counterarm.intake.reader import records_sql
from counterarm.intake.sheet_cells import cell_name
from counterarm.intake.workbooks import open_workbook, read_sheet

LINES = [
    "n_physical_lines",
    "n_heading_lines",
    "n_blank_lines",
    "n_line_ends_in_quotes",
    "n_records",
]
EVENTS = ["subject_id", "event", "event_date"]
NO_ROWS = {
    name: pd.DataFrame(columns=["site", "note"])
    for name in ("site_files", "site_columns", "site_codes")
}


def write_book(
    path: Path, sheets: dict[str, list[list]], *, first: tuple = (0, 0), **options
) -> Path:
    """Write a workbook; dates as dates, an Exception is an error cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, options) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows, start=first[0]):
                for c, cell in enumerate(row, start=first[1]):
                    if isinstance(cell, dt.date | dt.datetime):
                        sheet.write_datetime(r, c, cell, day)
                    elif isinstance(cell, Exception):
                        sheet.write_formula(r, c, "=NA()", None, str(cell))
                    elif isinstance(cell, str):
                        sheet.write_string(r, c, cell)
                    elif cell is not None:
                        sheet.write(r, c, cell)
    return path


def site(tmp_path: Path, **changed: pd.DataFrame) -> pd.DataFrame:
    """Describe the sites of a folder, of which no table or heading is required."""
    tables, columns = template()
    (tmp_path / "proact").mkdir(exist_ok=True)
    return describe_delivery(
        tmp_path / "proact",
        tmp_path / "sites",
        tables[tables["source_kind"] == "site"].assign(is_required=False),
        columns.assign(heading_is_required=False),
        NO_ROWS | changed,
        tmp_path / "copies",
    )


@pytest.fixture
def read(tmp_path):
    """Read one sheet of cells: what it is, the fields and row of each record."""

    def one(rows: list[list], **options):
        path = write_book(tmp_path / "book.xlsx", {"S": rows}, **options)
        file, remarks = read_sheet(DeliveredFile(path, "S"), tmp_path / "copies")
        fields = ", ".join(f"f{i}" for i in range(len(file.headings)))
        lines = duckdb.sql(
            f"select {fields}, line_number from ({records_sql(file)}) "
            "order by row_number"
        ).fetchall()
        return file, lines, remarks

    return one


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12.0, "12"),
        (12.5, "12.5"),
        (-0.25, "-0.25"),
        (1234567890123.0, "1234567890123"),
        ("007", "007"),
        ("1,5", "1,5"),
        (dt.date(2019, 2, 3), "2019-02-03"),
        (dt.datetime(2019, 2, 3), "2019-02-03"),
        (dt.datetime(2019, 2, 3, 10, 30), "2019-02-03"),
        (True, "TRUE"),
        (False, "FALSE"),
        (ValueError("#N/A"), "#N/A"),
        (ValueError("#DIV/0!"), "#DIV/0!"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_a_cell_is_read_as_what_it_is(read, cell, text):
    _, lines, _ = read([["id", "value"], ["A", cell]])
    assert lines == [("A", text, 2)]


def test_both_systems_of_dates_are_read(read):
    for is_1904 in (False, True):
        rows = [["id", "day"], ["A", dt.date(2019, 2, 3)]]
        _, lines, _ = read(rows, date_1904=is_1904)
        assert lines == [("A", "2019-02-03", 2)]


def test_empty_rows_and_columns_before_the_table_shift_nothing(read):
    rows = [["id", "x"], ["A", 1], [None, None], ["B", 2]]
    file, lines, _ = read(rows, first=(3, 2))
    assert file.headings == ["", "", "id", "x"]
    assert [line[2:] for line in lines] == [("A", "1", 5), ("B", "2", 7)]
    assert file.heading.place == "row 4"


def test_what_a_reader_might_miss_is_remarked(tmp_path):
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("other")
        sheet = book.add_worksheet("S")
        sheet.hide()
        sheet.write_row(0, 0, ["id", "x", "y"])
        sheet.merge_range("A2:A3", "A")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_datetime(
            2, 2, dt.datetime(2019, 2, 3, 9), book.add_format({"num_format": 22})
        )
        sheet.write(2, 3, "no heading")
    _, remarks = read_sheet(DeliveredFile(path, "S"), tmp_path / "copies")
    assert remarks == [
        "is a hidden sheet",
        "merged cells; only the first has the value: A2:A3 (1)",
        "error: B2 (1)",
        "1 date(s) with a time of day, which is not read",
        "column without a heading, not read: D1 (1)",
    ]


def test_a_formula_that_was_never_calculated_is_named(tmp_path):
    path = write_book(tmp_path / "b.xlsx", {"S": [["id", "x"], ["A", "=1+1"]]})
    old = tmp_path / "old.xlsx"
    path.rename(old)
    with zipfile.ZipFile(old) as book, zipfile.ZipFile(path, "w") as out:
        for name in book.namelist():
            data = book.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(
                    b"</row></sheetData>",
                    b'<c r="C2"><f>1+1</f></c></row></sheetData>',
                )
            out.writestr(name, data)
    _, remarks = read_sheet(DeliveredFile(path, "S"), tmp_path / "copies")
    assert remarks == [
        "formula without a result, read as empty; open the workbook in Excel and save "
        "it: C2 (1)"
    ]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"id,sex\n1,2\n", "is not a complete Excel workbook"),
        (b"", "is not a complete Excel workbook"),
        (b"PK\x03\x04 cut", "is not a complete Excel workbook"),
        (
            bytes.fromhex("D0CF11E0A1B11AE1")
            + bytes(600)
            + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password",
        ),
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "is an old .xls"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(tmp_path, data, text):
    path = tmp_path / "b.xlsx"
    path.write_bytes(data)
    with pytest.raises(UnreadableFileError, match=text):
        open_workbook(path)


def test_a_site_may_come_as_one_workbook(tmp_path):
    path = write_book(
        tmp_path / "sites" / "ulm" / "ULM 2024.xlsx",
        {
            "Events": [EVENTS, ["A", "DEATH", dt.date(2020, 1, 2)], ["B", "", "?"]],
            "doses": [
                ["subject_id", "dose_number", "dose_date"],
                ["A", 1, dt.date(2019, 1, 2)],
            ],
            "notes": [["anything"]],
            "explanation": [["columns"]],
            "empty": [],
        },
    )
    described = site(tmp_path)
    rows = described.set_index("file_name")
    events = rows.loc["ULM 2024.xlsx#Events"]
    assert events["table_name"] == "events"
    assert events["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert rows.loc["ULM 2024.xlsx#notes", "note"].startswith("not used: its name")
    assert rows.loc["ULM 2024.xlsx#explanation", "note"].startswith("explains the te")
    assert "ULM 2024.xlsx#empty" not in rows.index
    found = duckdb.sql(events["reader"]).df()
    assert found["event_date"].tolist() == ["2020-01-02", "?"]
    assert found["row_number"].tolist() == [1, 2]
    assert found["file_name"].unique() == ["ULM 2024.xlsx#Events"]
    assert events[LINES].tolist() == [3, 1, 0, 0, 2]
    assert pd.isna(events["has_final_line_end"])


def test_a_table_of_proact_may_come_as_a_workbook_of_its_name(tmp_path):
    tables, columns = template()
    write_book(
        tmp_path / "proact" / "PROACT_DEATHDATA.xlsx",
        {"Sheet1": [["subject_id", "Subject_Died", "Death_Days"], [7, "Yes", 300]]},
    )
    (tmp_path / "sites" / "ulm").mkdir(parents=True)
    described = describe_delivery(
        tmp_path / "proact",
        tmp_path / "sites",
        tables.assign(is_required=False),
        columns,
        copies_dir=tmp_path / "copies",
    )
    row = described[described["table_name"] == "deathdata"].iloc[0]
    assert row["layout"] == "2022"
    found = duckdb.sql(row["reader"]).df()
    assert found["subject_id"].tolist() == ["7"]
    assert found["death_days"].tolist() == ["300"]


def test_copies_of_sheets_are_readable_by_their_owner_alone(tmp_path):
    write_book(tmp_path / "sites" / "ulm" / "events.xlsx", {"S": [EVENTS, ["A"]]})
    site(tmp_path)
    assert (tmp_path / "copies").stat().st_mode & 0o777 == 0o700


def test_of_two_files_of_a_table_a_blank_form_gives_way(tmp_path):
    folder = tmp_path / "sites" / "ulm"
    write_book(folder / "template.xlsx", {"events": [EVENTS], "doses": [["x"]]})
    blank_rows = ",,\n" * 2_000
    (folder / "events.csv").write_text(
        f"subject_id,event,event_date\n{blank_rows}A,DEATH,\n"
    )
    (folder / "medications.csv").write_text(
        "subject_id,medication,start_date,end_date\n"
    )
    by_name = site(tmp_path).set_index("file_name")
    assert by_name.loc["events.csv", "table_name"] == "events"
    assert by_name.loc["template.xlsx#events", "note"].startswith("blank: has head")


def test_two_filled_files_of_a_table_are_refused(tmp_path):
    folder = tmp_path / "sites" / "ulm"
    write_book(folder / "a.xlsx", {"events": [EVENTS, ["A", "DEATH", ""]]})
    (folder / "events.csv").write_text("subject_id,event,event_date\nA,DEATH,\n")
    with pytest.raises(DeliveryError, match=r"table events: a\.xlsx#events and events"):
        site(tmp_path)


def test_other_spreadsheets_and_lock_files_are_named(tmp_path):
    folder = tmp_path / "sites" / "ulm"
    folder.mkdir(parents=True)
    for name in ("old.xls", "events.ods", "~$events.xlsx"):
        (folder / name).write_bytes(b"x")
    notes = site(tmp_path).dropna(subset="file_name").set_index("file_name")["note"]
    assert "save it as .xlsx" in notes["old.xls"]
    assert "save it as .xlsx" in notes["events.ods"]
    assert "close it" in notes["~$events.xlsx"]


def columns_of(*rows: dict) -> pd.DataFrame:
    heads = (
        "site file_name table_name record row_filter site_column column_name constant "
        "checkbox_level date_format decimal_mark note"
    )
    return pd.DataFrame(
        [{"site": "ulm", **row} for row in rows], columns=heads.split(), dtype=object
    )


def files_of(*rows: dict) -> pd.DataFrame:
    heads = (
        "site file_name delimiter encoding date_format decimal_mark missing_values note"
    )
    return pd.DataFrame(
        [{"site": "ulm", **row} for row in rows], columns=heads.split(), dtype=object
    )


@pytest.mark.parametrize("name", ["Datos *.xlsx#Visitas", "datos *.XLSX"])
def test_a_mapped_site_names_a_sheet_or_a_workbook_of_one(tmp_path, name):
    day = dt.date(2019, 2, 3)
    write_book(
        tmp_path / "sites" / "ulm" / "Datos 2024-05-02.xlsx",
        {
            "Visitas": [
                ["Título", None, None],
                [],
                ["NHC", "Fecha", "Dosis"],
                ["007", day, 1.5],
                ["008", "04/03/2019", "2,5"],
                [None, None, None],
                [9, "5/3/19", "1.500"],
            ][2:]
        },
        first=(2, 0),
    )
    place = {"file_name": name, "table_name": "doses"}
    described = site(
        tmp_path,
        site_files=files_of(
            {"file_name": name, "date_format": "DD/MM/YYYY", "decimal_mark": ","}
        ),
        site_columns=columns_of(
            place | {"site_column": "NHC", "column_name": "subject_id"},
            place | {"site_column": "Fecha", "column_name": "dose_date"},
            place | {"site_column": "Dosis", "column_name": "dose"},
        ),
    )
    row = described[described["table_name"] == "doses"].iloc[0]
    assert row["file_name"] == "Datos 2024-05-02.xlsx#Visitas"
    found = duckdb.sql(row["reader"] + " order by row_number").df()
    assert found["subject_id"].tolist() == ["007", "008", "9"]
    assert found["dose_date"].tolist() == ["2019-02-03", "2019-03-04", None]
    assert found["dose"].tolist() == ["1.5", "2.5", None]
    assert found["row_number"].tolist() == [1, 2, 3]
    assert found["line_number"].tolist() == [4, 5, 7]
    assert row[LINES].tolist() == [7, 3, 1, 0, 3]


def test_a_workbook_that_is_a_link_out_of_the_delivery_is_named(tmp_path):
    book = write_book(tmp_path / "else#where.xlsx", {"events": [EVENTS, ["A"]]})
    (tmp_path / "sites" / "ulm").mkdir(parents=True)
    (tmp_path / "sites" / "ulm" / book.name).symlink_to(book)
    row = site(tmp_path).set_index("file_name").loc["else#where.xlsx#events"]
    assert row["link_target"] == str(book)


def test_a_hidden_workbook_and_a_copy_of_one_are_named(tmp_path):
    folder = tmp_path / "sites" / "ulm"
    for name in ("events.xlsx", "events (1).xlsx", ".events.xlsx"):
        write_book(folder / name, {"S": [EVENTS, ["A"]]})
    notes = site(tmp_path).dropna(subset="file_name").set_index("file_name")["note"]
    assert "is that of a copy of events.xlsx" in notes["events (1).xlsx#S"]
    assert "begins with a dot" in notes[".events.xlsx"]


def test_a_row_that_repeats_numbered_headings_is_no_record_of_a_patient(read):
    heading = ["id", "Complete?", "complete?"]
    file, _, _ = read([heading, ["A", "x", "y"], heading])
    problems = duckdb.sql(
        f"select line_number, field_problem from ({records_sql(file)}) order by all"
    ).fetchall()
    assert file.headings == ["id", "complete? (1)", "complete? (2)"]
    assert problems == [(2, None), (3, "repeats the headings")]


def test_a_file_that_goes_by_two_names_of_the_seeds_is_refused(tmp_path):
    write_book(tmp_path / "sites" / "ulm" / "a.xlsx", {"S": [["NHC"], ["A"]]})
    with pytest.raises(DeliveryError, match=r"a\.xlsx#S: matches two names"):
        site(
            tmp_path,
            site_columns=columns_of(
                *(
                    {
                        "file_name": name,
                        "table_name": "events",
                        "site_column": "NHC",
                        "column_name": "subject_id",
                    }
                    for name in ("a.xlsx", "a.xlsx#S")
                )
            ),
        )


def test_names_of_cells_are_those_of_excel():
    names = [cell_name(0, 0), cell_name(11, 25), cell_name(11, 27), cell_name(0, 701)]
    assert names == ["A1", "Z12", "AB12", "ZZ1"]
