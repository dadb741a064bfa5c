"""Files and columns that are not there, and files that fill no table."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from counterarm.intake.headings import CsvFile
from counterarm.intake.locate import (
    OTHER_SPREADSHEETS,
    DeliveredFile,
    is_lock_file,
    is_workbook,
)
from counterarm.intake.repeated import repeated_columns

# The sheet of the template's workbook that says how to fill the others.
EXPLANATION = "explanation"


def unused_files(
    source: str,
    kind: str,
    files: Sequence[DeliveredFile],
    found: Mapping[str, DeliveredFile],
    blank: Sequence[DeliveredFile],
) -> list[dict]:
    """Return a row for each file of the folder that holds no table we read."""
    return [
        unused_file(source, kind, file, why_unused(file, file in blank))
        for file in files
        if file not in found.values()
    ]


def unused_file(source: str, kind: str, file: DeliveredFile, note: str) -> dict:
    """Return the row of a file that is not read."""
    return {
        "source": source,
        "source_kind": kind,
        "is_delivered": True,
        "file_name": file.name,
        "note": note,
    }


def why_unused(file: DeliveredFile, is_blank: bool) -> str:
    """Say why a file of PRO-ACT, or of a site like the template, is not read."""
    if is_blank:
        return "blank: has headings and no row; another file holds the table"
    if file.sheet is not None and file.sheet.lower() == EXPLANATION:
        return "explains the template; holds no row of a table"
    return special(file) or "not used: its name stands for no table that is read"


def special(file: DeliveredFile) -> str | None:
    """Say why a spreadsheet cannot be read as it is, None for other files."""
    name = file.path.name.lower()
    if is_lock_file(name):
        return "not used: says that a workbook is open in Excel; close it"
    if name.endswith(OTHER_SPREADSHEETS):
        return "not used: of spreadsheets .xlsx alone is read; save it as that"
    if is_workbook(name) and file.sheet is None:
        return "blank: a workbook without a filled cell"
    return None


def missing_table(
    source: str, table: str, kind: str, folder: Path, files: Sequence[DeliveredFile]
) -> str:
    """Say which file was looked for, where, and what was found."""
    wanted = (
        f"{table}.csv, PROACT_{table.upper()}.csv or F_PROACT_{table.upper()}.csv"
        if kind == "proact"
        else f"{table}.csv"
    )
    names = [file.name for file in files]
    return (
        f"{source}: the required table {table} is missing; looked for {wanted} (also "
        f".csv.gz or .xlsx, or a sheet {table} of a workbook, any case) in {folder}, "
        f"found {', '.join(names) or 'no file'}"
    )


def heading_problems(
    table: str, file: DeliveredFile, found: CsvFile, expected: pd.DataFrame
) -> list[str]:
    """Say which required columns of a table are missing, and which stand twice."""
    place = f"{file.path.parent / file.name}: {found.heading_place}"
    required = expected.loc[expected["heading_is_required"], "column_name"]
    missing = [
        f"{place}: the required column {column} of the table {table} is missing; found "
        f"{', '.join(found.headings)}"
        for column in required
        if column not in found.headings and column not in found.repeated
    ]
    twice = repeated_columns(
        expected["column_name"], found.repeated, "keep the one that holds the values"
    )
    return missing + [f"{place}: {text}" for text in twice]
