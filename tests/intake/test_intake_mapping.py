"""What is said of a row of the mapping seeds that makes no sense."""

import pandas as pd
import pytest
from mapped_sites import mappings, template

from counterarm.intake.forms import (
    Condition,
    FormError,
    parse_filter,
    strptime_formats,
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
            "line 2: column_name 'gender' is no column of the template table subjects",
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
            "such as column=value",
        ),
        (
            "site_columns",
            {"decimal_mark": ";"},
            "line 2: decimal_mark ';' is neither . nor ,",
        ),
        (
            "site_files",
            {"encoding": "latin-99"},
            "line 2: encoding 'latin-99' is no encoding that Python knows",
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
            "line 2: column_name 'gender' is no column of the template table subjects",
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
    assert strptime_formats("DD.MM.YYYY | YYYY-MM-DD HH:MI") == (
        "%d.%m.%Y",
        "%Y-%m-%d %H:%M",
    )
    assert strptime_formats("DD-MON-YY") == ("%d-%b-%y",)


@pytest.mark.parametrize("text", ["MM/YYYY", "DD.MM", "YYYY", "d.m.Y", "DD.DD.YYYY"])
def test_a_date_format_without_day_month_and_year_is_refused(text):
    with pytest.raises(FormError):
        strptime_formats(text)


def test_a_filter_is_conditions_that_must_all_hold():
    assert parse_filter("Event = a|b & instrument= & died!=0") == (
        Condition("event", True, ("a", "b")),
        Condition("instrument", True, ("",)),
        Condition("died", False, ("0",)),
    )
