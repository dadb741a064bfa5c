"""What is said of a row of the mapping seeds that makes no sense."""

import re

import pandas as pd
import pytest
from mapped_sites import mappings, template

from counterarm.intake.forms import (
    Condition,
    FormError,
    date_forms,
    filter_text,
    parse_filter,
)
from counterarm.intake.mapping import read_mappings


def problems(**changed: pd.DataFrame) -> list[str]:
    """Read the seeds of the made-up sites, some changed; return what is wrong."""
    found: list[str] = []
    read_mappings(mappings(**changed), template()[1], found)
    return [problem.removeprefix("seeds/mappings/") for problem in found]


def changed(seed: str, line: int, **cells: str | None) -> dict[str, pd.DataFrame]:
    rows = mappings()[seed]
    for column, value in cells.items():
        rows.loc[line - 2, column] = value
    return {seed: rows}


def test_the_seeds_of_the_made_up_sites_make_sense():
    assert problems() == []


@pytest.mark.parametrize(
    ("seed", "cells", "text"),
    [
        ("site_columns", {"site": None}, "line 2: site must not be empty"),
        (
            "site_columns",
            {"column_name": "gender"},
            "line 2: column_name 'gender' is not a column of the template table "
            "subjects",
        ),
        (
            "site_columns",
            {"constant": "x"},
            "line 2: site_column 'record_id' or constant must be given, and not both",
        ),
        (
            "site_columns",
            {"row_filter": "baseline"},
            "line 2: row_filter 'baseline' holds 'baseline', which is no condition "
            "such as column=value; a value with & or | is written in double quotes: "
            'column="A & B"',
        ),
        (
            "site_columns",
            {"decimal_mark": ";"},
            "line 2: decimal_mark ';' is neither . nor ,",
        ),
        (
            "site_files",
            {"encoding": "latin-99"},
            "line 2: encoding 'latin-99' is not an encoding that Python knows",
        ),
        (
            "site_files",
            {"date_format": "%d.%m.%Y"},
            "line 2: date_format '%d.%m.%Y' holds '%d.%m.%Y'; write it with YYYY, YY, "
            "MON, MM, DD, HH, MI, SS, as in DD.MM.YYYY",
        ),
        (
            "site_files",
            {"file_name": "other.csv"},
            "line 2: file_name 'other.csv' has no row in site_columns.csv",
        ),
        (
            "site_codes",
            {"column_name": "gender"},
            "line 2: column_name 'gender' is not a column of the template table "
            "subjects",
        ),
        (
            "site_codes",
            {"raw_value": "2"},
            "line 3: raw_value '2' has two meanings, 'M' is one",
        ),
    ],
)
def test_a_row_that_makes_no_sense_is_named_with_line_and_value(seed, cells, text):
    assert f"{seed}.csv {text}" in problems(**changed(seed, 2, **cells))


def test_two_filters_of_one_record_are_an_error():
    problem, *_ = problems(**changed("site_columns", 3, row_filter="sex=1"))
    assert problem.startswith("site_columns.csv line 3: row_filter 'sex=1' is not that")


def test_a_code_of_a_column_that_nothing_fills_is_an_error():
    columns = mappings()["site_columns"]
    columns = columns[columns["site_column"] != "Land"]
    (problem,) = problems(site_columns=columns)
    assert problem.endswith(
        "column_name 'country' is filled by no row of site_columns.csv"
    )


def test_a_row_that_is_still_to_be_confirmed_keeps_the_site_from_use():
    rows = mappings()["site_codes"]
    rows["note"] = "CONFIRM guessed"
    found = problems(site_codes=rows)
    assert len(found) == 2
    assert found[0].startswith(
        "site_codes.csv: 29 row(s) of the site gwangju are still marked CONFIRM "
        "(line 2, 3, 4, 5, 6, 7, 8, 9, ...)"
    )


def test_a_date_format_is_written_as_people_write_it():
    found = [form.strptime for form in date_forms("DD.MM.YYYY | YYYY-MM-DD HH:MI")]
    assert found == ["%d.%m.%Y", "%Y-%m-%d %H:%M"]
    assert [form.strptime for form in date_forms("DD-MON-YY")] == ["%d-%b-%y"]


@pytest.mark.parametrize(
    ("text", "taken", "refused"),
    [
        (
            "DD.MM.YYYY",
            ["3.4.2019", "03.04.2019"],
            ["03.04.19", "03.04.219", "03.04.12019", "003.04.2019", "03/04/2019"],
        ),
        ("MM/DD/YYYY", ["4/3/2019"], ["4/3/19", "2019/4/3"]),
        ("YYYY-MM-DD", ["2019-3-4"], ["19-3-4", "219-03-04", "12019-03-04"]),
        ("DD.MM.YY", ["3.4.19"], ["3.4.2019", "3.4.9"]),
        ("DD-MON-YYYY", ["3-APR-2019"], ["03-APR-19", "03-APRIL-2019"]),
        ("DDMMYYYY", ["01122019"], ["1122019", "011219"]),
        ("YYYYMMDD", ["20190403"], ["190403", "2019043"]),
        (
            "YYYY-MM-DD HH:MI",
            ["2019-04-03 9:05"],
            ["219-04-03 10:00", "2019-04-03 10:5", "2019-04-03"],
        ),
        ("YYYY-MM-DDTHH:MI:SS", ["2019-04-03T10:00:00"], ["2019-04-03 10:00:00"]),
    ],
)
def test_each_part_of_a_date_must_have_its_width(text, taken, refused):
    (form,) = date_forms(text)
    assert all(re.fullmatch(form.pattern, one) for one in taken)
    assert not [one for one in refused if re.fullmatch(form.pattern, one)]


@pytest.mark.parametrize(
    "text",
    ["MM/YYYY", "DD.MM", "YYYY", "d.m.Y", "DD.DD.YYYY", "DD/MM/YYYY or MM/DD/YYYY"],
)
def test_a_date_format_without_day_month_and_year_is_refused(text):
    with pytest.raises(FormError):
        date_forms(text)


def test_a_filter_is_conditions_that_must_all_hold():
    assert parse_filter("Event = a|b & instrument= & died!=0") == (
        Condition("event", True, ("a", "b")),
        Condition("instrument", True, ("",)),
        Condition("died", False, ("0",)),
    )


@pytest.mark.parametrize(
    ("text", "column", "values"),
    [
        ('ev="Month 3 (A & B)"', "ev", ("Month 3 (A & B)",)),
        ('ev="A|B"|C', "ev", ("A|B", "C")),
        ('ev = "5"" pipe" | "x=y"', "ev", ('5" pipe', "x=y")),
        ('"Event = Name"=a', "event = name", ("a",)),
        ('ev=5" pipe|b', "ev", ('5" pipe', "b")),
        ('ev=""', "ev", ("",)),
        ("ev=a=b", "ev", ("a=b",)),
    ],
)
def test_a_value_with_a_sign_of_the_filter_stands_in_quotes(text, column, values):
    assert parse_filter(text) == (Condition(column, True, values),)
    assert parse_filter(filter_text(column, list(values))) == (
        Condition(column, True, values),
    )


@pytest.mark.parametrize("text", ["a", 'a="x', 'a="x"y', "=3", "&", "a=1&", "a=x & b)"])
def test_a_filter_that_is_no_condition_is_refused(text):
    with pytest.raises(FormError):
        parse_filter(text)
