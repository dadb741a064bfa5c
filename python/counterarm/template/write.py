"""Write the blank files of the template."""

import csv
from itertools import groupby
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from counterarm.intake.leftover import EXPLANATION
from counterarm.template.columns import TYPES, TemplateColumn, template_columns

WORKBOOK = "template.xlsx"
EXPLAINED = (
    ("table", 18),
    ("column", 30),
    ("meaning", 60),
    ("type", 30),
    ("needed", 44),
    ("allowed terms", 60),
    ("example", 24),
)
RULES = (
    "One sheet, or one CSV, for each table; one row for each subject, visit, dose, "
    "event, adverse event, medication or result of a test.",
    "Fill the sheets or the CSVs; a blank form beside a filled one of the same table "
    "is ignored.",
    "Leave a cell empty where the value is not known: no 99, no NA, no 1900-01-01.",
    "Write a subject's number the same in all tables.",
    "The headings stay as they are; columns of yours may follow them and are not read.",
)
# Excel's own limit on the terms of a list in a cell.
LIST_AT_MOST = 255
LAST_ROW = 1_048_575


class TemplateError(ValueError):
    """Why no blank file can be written."""


def write_template(out: Path, seeds: Path, staging: Path) -> list[Path]:
    """Write a CSV for each table of the template, and a workbook of all, to `out`.

    `seeds` is the project's folder of seeds, `staging` that of the staged models, which
    say what each column means. Raises `TemplateError` where a file is
    there already; then nothing is written.
    """
    tables = {
        table: list(columns)
        for table, columns in groupby(
            template_columns(seeds, staging), lambda one: one.table
        )
    }
    csvs = {table: out / f"{table}.csv" for table in tables}
    paths = [*csvs.values(), out / WORKBOOK]
    there = [str(path) for path in paths if path.exists()]
    if there:
        raise TemplateError(f"{', '.join(there)}: already exists; name another folder")
    out.mkdir(parents=True, exist_ok=True)
    for table, path in csvs.items():
        with path.open("x", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([column.name for column in tables[table]])
    write_workbook(out / WORKBOOK, tables)
    return paths


def write_workbook(path: Path, tables: dict[str, list[TemplateColumn]]) -> None:
    """Write a workbook of one blank sheet for each table, and one that explains."""
    with xlsxwriter.Workbook(path) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        forms = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            # a number of a subject such as 007 must stay a text
            "text": book.add_format({"num_format": "@"}),
            "number": None,
        }
        for table, columns in tables.items():
            sheet = book.add_worksheet(table)
            sheet.freeze_panes(1, 1)
            for place, column in enumerate(columns):
                width = max(12, len(column.name) + 2)
                sheet.set_column(place, place, width, forms[column.kind])
                sheet.write_string(0, place, column.name, bold)
                check_cells(sheet, place, column)
        sheet = book.add_worksheet(EXPLANATION)
        for place, rule in enumerate(RULES):
            sheet.write_string(place, 0, rule)
        start = len(RULES) + 1
        for place, (heading, width) in enumerate(EXPLAINED):
            sheet.set_column(place, place, width)
            sheet.write_string(start, place, heading, bold)
        every = [column for columns in tables.values() for column in columns]
        for row, column in enumerate(every, start=start + 1):
            for place, text in enumerate(explained(column)):
                sheet.write_string(row, place, text, wrap)
        sheet.freeze_panes(start + 1, 2)


def check_cells(sheet: Worksheet, place: int, column: TemplateColumn) -> None:
    """Let Excel offer the terms of a column, and warn of a date that is none."""
    cells = (1, place, LAST_ROW, place)
    if column.terms and len(",".join(column.terms)) <= LIST_AT_MOST:
        sheet.data_validation(
            *cells,
            {
                "validate": "list",
                "source": list(column.terms),
                "error_type": "warning",
                "error_message": "Not a term of the template; see sheet explanation.",
            },
        )
    elif column.kind == "date":
        sheet.data_validation(
            *cells,
            {
                "validate": "custom",
                "value": f"=ISNUMBER({chr(ord('A') + place)}2)",
                "error_type": "warning",
                "error_message": "Not a date; Excel treats it as text.",
            },
        )


def explained(column: TemplateColumn) -> tuple[str, ...]:
    """Return the row of a column in the explaining sheet."""
    return (
        column.table,
        column.name,
        column.meaning,
        "term" if column.allowed else TYPES[column.kind],
        column.needed,
        column.allowed,
        column.example,
    )
