"""The query that reads a file: each line once, in order, every field as text."""

import gzip

import duckdb
import pytest

from counterarm.intake.csv_file import read_csv_file
from counterarm.intake.reader import empty_reader_sql, reader_sql

COLUMNS = ["subject_id", "note"]


@pytest.fixture
def read(tmp_path):
    def run(data: bytes, name: str = "notes.csv", columns=COLUMNS) -> list[dict]:
        path = tmp_path / name
        path.write_bytes(data)
        file = read_csv_file(path, tmp_path / "copies")
        table = duckdb.sql(reader_sql("hanyang", file, columns))
        return [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]

    return run


def fields(rows: list[dict]) -> list[tuple]:
    return [(row["subject_id"], row["note"]) for row in rows]


def test_a_line_is_read_with_its_source_its_file_and_its_number(read):
    assert read(b"subject_id,note\n1,a\n2,b\n") == [
        {
            "source": "hanyang",
            "file_name": "notes.csv",
            "row_number": number,
            "line_number": number + 1,
            "row_text": f"{number}\x1f{note}",
            "field_problem": None,
            "subject_id": str(number),
            "note": note,
        }
        for number, note in [(1, "a"), (2, "b")]
    ]


def test_columns_are_found_by_name_and_an_absent_one_is_null(read):
    rows = read(
        b"Extra,NOTE,Subject_ID\nx,a,1\n", columns=["subject_id", "note", "age"]
    )
    assert fields(rows) == [("1", "a")]
    assert rows[0]["age"] is None
    assert rows[0]["row_text"] == "x\x1fa\x1f1"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfsubject_id,note\n1,a\n",
        b'\xef\xbb\xbf"subject_id","note"\n"1","a"\n',
        b"subject_id,note\r\n1,a\r\n",
        b"subject_id,note\n1,a",
    ],
    ids=["byte order mark", "mark and quotes", "CRLF", "no end of line"],
)
def test_marks_and_line_ends_are_no_part_of_a_field(read, data):
    assert fields(read(data)) == [("1", "a")]


def test_a_compressed_file_is_read_as_the_plain_one(read):
    rows = read(gzip.compress(b"subject_id,note\n1,a\n"), "NOTES.CSV.GZ")
    assert fields(rows) == [("1", "a")]


def test_values_stay_as_they_were_written(read):
    rows = read(b"subject_id,note\n007, 4.0 \nnan,NULL\n")
    assert fields(rows) == [("007", " 4.0 "), ("nan", "NULL")]


def test_a_quoted_field_may_hold_commas_quotes_and_line_ends(read):
    rows = read(b'subject_id,note\n1,"a, ""b""\nc"\n2,d\n')
    assert fields(rows) == [("1", 'a, "b"\nc'), ("2", "d")]
    assert [row["row_number"] for row in rows] == [1, 2]


def test_a_comma_within_a_field_makes_no_two_lines_equal(read):
    first, second = read(b'subject_id,note,x\n1,"a,b",c\n1,a,"b,c"\n')
    assert first["row_text"] != second["row_text"]


def test_an_empty_field_is_an_empty_text_and_a_missing_one_is_null(read):
    rows = read(b'subject_id,note\n1,\n2,""\n3\n')
    assert fields(rows) == [("1", ""), ("2", ""), ("3", None)]
    assert [row["field_problem"] for row in rows] == [
        None,
        None,
        "fewer fields than headings",
    ]


def test_a_line_too_short_or_too_long_is_kept_and_told(read):
    rows = read(b"subject_id,note\n1\n2,a,b\n3,a,\n4,a\n")
    assert [row["field_problem"] for row in rows] == [
        "fewer fields than headings",
        "more fields than headings",
        None,
        None,
    ]
    assert rows[1]["row_text"] == "2\x1fa\x1fb"


def test_a_footer_is_a_line_that_does_not_fit(read):
    rows = read(b"subject_id,note\n1,a\n\n(12 row(s) affected)\n")
    assert rows[-1]["field_problem"] == "fewer fields than headings"
    assert rows[-1]["row_text"] == "(12 row(s) affected)"


def test_many_lines_keep_the_order_of_the_file(read):
    rows = read(b"subject_id,note\n" + b"".join(b"%d,x\n" % i for i in range(70_000)))
    assert [int(row["subject_id"]) for row in rows] == list(range(70_000))
    assert [row["row_number"] for row in rows] == list(range(1, 70_001))


def test_a_quote_in_a_file_name_breaks_no_query(read):
    (row,) = read(b"subject_id,note\n1,a\n", "o'brien.csv")
    assert row["file_name"] == "o'brien.csv"


def test_a_file_of_headings_alone_has_no_lines(read):
    assert read(b"subject_id,note\n") == []


def test_the_empty_table_has_the_columns_of_a_read_one(tmp_path):
    path = tmp_path / "notes.csv"
    path.write_bytes(b"subject_id,note\n1,a\n")
    file = read_csv_file(path, tmp_path / "copies")
    read = duckdb.sql(reader_sql("hanyang", file, COLUMNS))
    empty = duckdb.sql(empty_reader_sql("hanyang", COLUMNS))
    assert empty.columns == read.columns
    assert empty.types == read.types
    assert empty.fetchall() == []
