"""Files and columns that are not there, and files that fill no table."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from counterarm.intake.csv_file import CsvFile
from counterarm.intake.entries import odd_entries
from counterarm.intake.locate import (
    OTHER_SPREADSHEETS,
    DeliveredFile,
    is_lock_file,
    is_table,
    is_workbook,
)
from counterarm.intake.repeated import repeated_columns

# The sheet of the template's workbook that says how to fill the others.
EXPLANATION = "explanation"
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst", ".gpg")


def unused_files(
    source: str,
    kind: str,
    files: Sequence[DeliveredFile],
    used: Sequence[DeliveredFile],
    blank: Sequence[DeliveredFile],
) -> list[dict]:
    """Return a row for each file of the folder that holds no table we read."""
    return [
        unused_file(source, kind, file.name, why_unused(file, used, file in blank))
        for file in files
        if file not in used
    ]


def unused_file(source: str, kind: str, name: str, note: str) -> dict:
    """Return the row of a file that is not read."""
    return {
        "source": source,
        "source_kind": kind,
        "is_delivered": True,
        "file_name": name,
        "note": note,
    }


def why_unused(
    file: DeliveredFile, used: Sequence[DeliveredFile], is_blank: bool
) -> str:
    """Say why a file of PRO-ACT, or of a site like the template, is not read."""
    if is_blank:
        return "blank: has headings but no rows; the table is in another file"
    if file.sheet is not None and file.sheet.lower() == EXPLANATION:
        return "explains the template; holds no row of a table"
    return special(file, used) or (
        "not used: its name is not that of a table that is read"
    )


def special(file: DeliveredFile, used: Sequence[DeliveredFile]) -> str | None:
    """Say why a file is not read, as far as its form or its name shows it."""
    name = file.path.name.lower()
    if name.endswith(ARCHIVES):
        return "not used: it is an archive; unpack it"
    if is_lock_file(name):
        return "not used: the lock file of a workbook that is open in Excel; close it"
    if name.endswith(OTHER_SPREADSHEETS):
        return "not used: this spreadsheet format is not read; save it as .xlsx"
    if is_workbook(name) and file.sheet is None:
        return "blank: a workbook without a filled cell"
    for other in used if is_table(name) else ():
        if file.stem.startswith((f"{other.stem} ", f"{other.stem}(")):
            return (
                f"not used: its name is that of a copy of {other.path.name}; keep one "
                "of them"
            )
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
    names += [
        f"{name} ({note.removeprefix('not used: ')})"
        for name, note in odd_entries(folder)
    ]
    return (
        f"{source}: the required table {table} is missing; looked for {wanted} (also "
        f".csv.gz or .xlsx, or a sheet {table} of a workbook, any case) in {folder}, "
        f"found {', '.join(names) or 'no file'}"
    )


def heading_problems(
    table: str, file: DeliveredFile, found: CsvFile, expected: pd.DataFrame
) -> list[str]:
    """Say which required columns of a table are missing, and which stand twice."""
    place = f"{file.path.parent / file.name}: {found.heading.place}"
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
