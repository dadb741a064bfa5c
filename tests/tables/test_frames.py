"""What goes to DuckDB has fixed types, and nulls where a number is not there."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from counterarm.tables.frames import (
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    numbers,
    sorted_by_subject,
    stacked_frame,
    texts,
    typed_frame,
)

TYPES = {"name": TEXT, "n": COUNT, "share": NUMBER, "is_known": FLAG}


def in_duckdb(frame: pd.DataFrame) -> tuple[list, list]:
    """Return the column types and the rows that DuckDB makes of a frame."""
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        described = connection.execute("describe select * from frame").fetchall()
        return (
            [(column[0], column[1]) for column in described],
            connection.execute("select * from frame").fetchall(),
        )


@pytest.mark.parametrize("rows", [[], [{"name": "a"}], [{}]])
def test_columns_have_their_types_even_when_empty(rows):
    types, _ = in_duckdb(typed_frame(rows, TYPES))
    assert types == [
        ("name", "VARCHAR"),
        ("n", "BIGINT"),
        ("share", "DOUBLE"),
        ("is_known", "BOOLEAN"),
    ]


def test_what_is_not_there_is_null_and_not_a_number():
    rows = [
        {"name": None, "n": None, "share": np.nan, "is_known": None},
        {"name": "a", "n": 0, "share": 0.0, "is_known": False},
    ]
    _, stored = in_duckdb(typed_frame(rows, TYPES))
    assert stored == [(None, None, None, None), ("a", 0, 0.0, False)]


def test_a_column_that_no_table_has_is_not_stored():
    frame = typed_frame([{"name": "a", "other": 1}], TYPES)
    assert list(frame.columns) == list(TYPES)


def test_a_stage_from_duckdb_is_text_without_a_point_and_null_where_unknown():
    frame = duckdb.sql("select unnest([3::bigint, null]) as ft9_stage").df()
    three, unknown = texts(frame, "ft9_stage")
    assert three == "3"
    assert unknown is None
    assert np.array_equal(numbers(frame, "ft9_stage"), [3, np.nan], equal_nan=True)


def test_subjects_are_sorted_byte_by_byte():
    frame = pd.DataFrame({"usubjid": ["S-a", "S-10", "S-B", "S-2", "S-é"]})
    ordered = ["S-10", "S-2", "S-B", "S-a", "S-é"]
    assert sorted_by_subject(frame)["usubjid"].tolist() == ordered
    assert sorted(ordered, key=str.encode) == ordered


def test_parts_of_many_rows_are_the_same_frame_as_their_rows():
    parts = [
        {
            "name": "a",
            "n": np.array([1, 2]),
            "share": np.array([0.5, np.nan]),
            "is_known": np.array([True, False]),
        },
        {"name": "b", "n": np.array([3]), "share": 1.0, "is_known": True},
    ]
    rows = [
        {"name": "a", "n": 1, "share": 0.5, "is_known": True},
        {"name": "a", "n": 2, "share": np.nan, "is_known": False},
        {"name": "b", "n": 3, "share": 1.0, "is_known": True},
    ]
    pd.testing.assert_frame_equal(stacked_frame(parts, TYPES), typed_frame(rows, TYPES))
    pd.testing.assert_frame_equal(stacked_frame([], TYPES), typed_frame([], TYPES))
