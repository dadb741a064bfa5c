"""Spellings of one number are folded together, and numbers of two people are not."""

import pandas as pd
import pytest

from counterarm.identity import difference, doubtful_numbers, folded, visible

# What people and programs make of HYU-0001, and what is said of it.
SPELLINGS = {
    "hyu-0001": "upper and lower case",
    "HYU-1": "zeros before the number",
    "HYU -0001": "spaces",
    "HYU-0001\u200b": "invisible characters",
    "HYU-0001\t": "invisible characters",
    "HYU-0001\u00a0": "spaces",
    "HYU\u20130001": "dashes or other signs",
    "HYU0001": "dashes or other signs",
    "HYU_0001": "dashes or other signs",
    "HYU-\uff10\uff10\uff101": "another kind of letters, digits or spaces",
    "HYU-000\u0661": "another kind of letters, digits or spaces",
    "hyu 1": "upper and lower case and spaces and dashes or other signs and "
    "zeros before the number",
}


@pytest.mark.parametrize(("number", "words"), SPELLINGS.items())
def test_a_spelling_is_folded_and_its_difference_named(number, words):
    assert folded(number) == folded("HYU-0001")
    assert difference(number, "HYU-0001") == words


@pytest.mark.parametrize(
    "number", ["16415.0", "16415.00", "16,415", "1.6415E+04", "016415", "16 415"]
)
def test_a_whole_number_is_known_in_every_way_of_writing(number):
    assert folded(number) == folded("16415")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A-1-12", "A-11-2"),
        ("P-10", "P-1"),
        ("HYU-0001", "HYU-0001B"),
        ("16415", "164150"),
        ("16415.5", "16415"),
        ("M\u00fc-1", "Mu-1"),
    ],
)
def test_numbers_of_two_people_stay_apart(one, other):
    assert folded(one) != folded(other)


def test_composed_and_decomposed_letters_are_one():
    assert folded("M\u00fc-1") == folded("Mu\u0308-1")


def test_what_nobody_sees_is_made_visible():
    assert visible("HYU-1\u200b\u00a0\t") == "HYU-1\\u200b\\u00a0\\u0009"


def numbers(*rows: tuple) -> pd.DataFrame:
    names = ["source", "table_name", "subject_id", "is_known"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(file_name="f.csv", line_number=3, n_rows=2)


NO_UNUSABLE = pd.DataFrame(
    columns=["source", "table_name", "file_name", "line_number", "delivered_number"]
)


def test_each_kind_of_doubt_names_whom_is_meant():
    given = numbers(
        ("ulm", "subjects", "U-01", True),
        ("ulm", "subjects", "U-02", True),
        ("ulm", "visits", "U-02", True),
        ("ulm", "events", "u-1", False),
        ("ulm", "events", "U-77", False),
        ("ulm", "events", "G-9", False),
        ("ulm", "subjects", "<b>", True),
        ("graz", "subjects", "G-9", True),
    )
    found = doubtful_numbers(given, NO_UNUSABLE)
    shown = found[["subject_id", "kind", "like_subject"]].fillna("")
    assert shown.to_numpy().tolist() == [
        ["G-9", "of_another_site", ""],
        ["U-77", "unknown", ""],
        ["u-1", "other_spelling", "U-01"],
        ["<b>", "odd_characters", ""],
    ]
    assert found["difference"].tolist()[0] == "graz has a subject of this number"
    assert found["is_subject"].all()


def test_two_subjects_whose_numbers_are_spellings_of_one_are_both_named():
    given = numbers(("ulm", "subjects", "U-1", True), ("ulm", "subjects", "u1", True))
    found = doubtful_numbers(given, NO_UNUSABLE)
    assert dict(found[["subject_id", "like_subject"]].values) == {
        "U-1": "u1",
        "u1": "U-1",
    }


def test_rows_that_are_rejected_for_their_number_name_the_subject_they_may_be_of():
    given = numbers(("proact", "demographics", "16415", True))
    rows = [
        ("proact", "alsfrs", "f.csv", 9, "16415.0"),
        ("proact", "alsfrs", "f.csv", 4, "16415.0"),
        ("proact", "alsfrs", "f.csv", 5, "n/a"),
    ]
    found = doubtful_numbers(given, pd.DataFrame(rows, columns=NO_UNUSABLE.columns))
    assert found[
        ["subject_id", "line_number", "n_rows", "kind", "like_subject", "is_subject"]
    ].fillna("").to_numpy().tolist() == [
        ["16415.0", 4, 2, "other_spelling", "16415", False],
    ]


def test_a_delivery_without_doubt_gives_no_row():
    found = doubtful_numbers(numbers(("ulm", "subjects", "U-1", True)), NO_UNUSABLE)
    assert found.empty
    assert found["subject_id"].dtype == "string"
