"""The sheets of Excel workbooks: each is a file of the delivery, `book.xlsx#Sheet`."""

import csv
import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from counterarm.intake.forms import key_of
from counterarm.intake.headings import CsvFile, UnreadableFileError
from counterarm.intake.locate import (
    DeliveredFile,
    is_lock_file,
    is_workbook,
    visible_files,
)
from counterarm.intake.repeated import RepeatedHeadingError, named_once
from counterarm.intake.sheet_cells import cell_name, odd_cells

# The first bytes of an old .xls, and of the wrapping of one with a password.
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ROWS_AT_MOST = 1_048_576
SHOWN = 5
Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def delivered_files(folder: Path, problems: list[str]) -> list[DeliveredFile]:
    """Return the files of a folder, of a workbook each sheet that holds something.

    What cannot be opened goes to `problems`.
    """
    found = []
    for path in visible_files(folder):
        if not is_workbook(path.name) or is_lock_file(path.name):
            found.append(DeliveredFile(path))
            continue
        try:
            sheets = filled_sheets(path)
        except UnreadableFileError as error:
            problems.append(f"{folder}: {error}")
            continue
        found += [
            DeliveredFile(path, name, len(sheets) == 1, n_rows)
            for name, n_rows in sheets.items()
        ]
        if not sheets:
            found.append(DeliveredFile(path))
    return found


def filled_sheets(path: Path) -> dict[str, int]:
    """Return the sheets of a workbook that hold a cell, and how many rows do."""
    with open_workbook(path) as book:
        sheets = {
            meta.name: book.get_sheet_by_name(meta.name).to_python()
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet
        }
    filled = {
        name: sum(any(map(is_filled, row)) for row in rows)
        for name, rows in sheets.items()
    }
    return {name: n_rows for name, n_rows in filled.items() if n_rows}


def open_workbook(path: Path) -> CalamineWorkbook:
    """Open a workbook; raise `UnreadableFileError` where it is none or is locked."""
    with path.open("rb") as file:
        start = file.read(len(OLE))
    if start == OLE:
        is_locked = ENCRYPTED in path.read_bytes()
        raise UnreadableFileError(
            f"{path.name}: is protected by a password; save it without one"
            if is_locked
            else f"{path.name}: is an old .xls by its content; save it as .xlsx"
        )
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        raise UnreadableFileError(
            f"{path.name}: is protected by a password; save it without one"
        ) from None
    except (CalamineError, ZipError, XmlError, OSError) as error:
        raise UnreadableFileError(
            f"{path.name}: is no whole Excel workbook ({error}); open it in Excel and "
            "save it as .xlsx, or name it .csv if that is what it is"
        ) from None


def read_sheet(
    file: DeliveredFile, copy: Path, comma_columns: Collection[str] = ()
) -> tuple[CsvFile, list[str]]:
    """Copy a sheet as CSV in UTF-8; return what is read of it, and remarks on it.

    The first row that holds something is the heading; empty rows are left out, and a
    last column keeps each row's number in the sheet. A date is written as ISO 8601
    without the time of day, a number without `.0`, in `comma_columns` with a decimal
    comma; a text stays as it is. A cell with an error holds its name, `#N/A`. Raises
    `UnreadableFileError`.
    """
    with open_workbook(file.path) as book:
        sheet = book.get_sheet_by_name(file.sheet)
        meta = next(s for s in book.sheets_metadata if s.name == file.sheet)
        rows = sheet.to_python(skip_empty_area=False)
        remarks = hidden(meta.visible) + merged(sheet)
    errors, empty_formulas = odd_cells(file.path, file.sheet)
    for (row, column), text in errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    heading_row = next(n for n, row in enumerate(rows) if any(map(is_filled, row)))
    width = 1 + max(n for row in rows for n, cell in enumerate(row) if is_filled(cell))
    heading = [" ".join(cell_text(cell).split()) for cell in rows[heading_row][:width]]
    try:
        headings, repeated = named_once(heading)
    except RepeatedHeadingError as error:
        raise UnreadableFileError(
            f"{file.name}: row {heading_row + 1} holds the heading {str(error)!r} more "
            "than once (upper and lower case count as one)"
        ) from None
    n_timed = write_copy(copy, heading, rows, heading_row, comma_columns)
    remarks += cells("error", [cell_name(*at) for at in errors])
    remarks += cells(
        "formula without a result, read as empty; open the workbook in Excel and save "
        "it",
        [cell_name(*at) for at in empty_formulas],
    )
    if n_timed:
        remarks.append(f"{n_timed} date(s) with a time of day, which is not read")
    if len(rows) == ROWS_AT_MOST:
        remarks.append(f"has {ROWS_AT_MOST:,} rows, all a sheet can hold: cut off?")
    nameless = [n for n, name in enumerate(heading) if not name]
    remarks += cells(
        "column without a heading, not read",
        [cell_name(heading_row, n) for n in nameless],
    )
    read = CsvFile(
        copy,
        digest(file.path),
        headings,
        len(rows),
        repeated,
        is_numbered=True,
        heading_row=heading_row + 1,
    )
    return read, remarks


@lru_cache(maxsize=64)
def _digest(path: Path, _stamp: tuple[int, int]) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digest(path: Path) -> str:
    """Return the SHA-256 of a workbook, the same for each of its sheets."""
    stat = path.stat()
    return _digest(path, (stat.st_mtime_ns, stat.st_size))


def write_copy(
    copy: Path,
    heading: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    heading_row: int,
    comma_columns: Collection[str],
) -> int:
    """Write the rows below the heading; return how many dates lost a time of day."""
    has_comma = [key_of(name) in comma_columns for name in heading]
    n_timed = 0
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with copy.open("w", encoding="utf-8", newline="") as written:
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow([*heading, "row of the sheet"])
        for number, row in enumerate(rows[heading_row + 1 :], start=heading_row + 2):
            if not any(map(is_filled, row)):
                continue
            texts = [
                cell_text(cell, comma)
                for cell, comma in zip(row, has_comma, strict=False)
            ]
            n_timed += sum(map(is_timed, row))
            writer.writerow([*texts, number])
    return n_timed


def is_filled(cell: Cell) -> bool:
    """Tell whether a cell holds something but blanks."""
    return not isinstance(cell, str) or bool(cell.strip())


def is_timed(cell: Cell) -> bool:
    """Tell whether a cell is a date with a time of day."""
    return isinstance(cell, dt.datetime) and cell.time() != dt.time()


def cell_text(cell: Cell, has_comma: bool = False) -> str:
    """Return a cell as text: what a CSV of the same sheet would hold."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        text = str(int(cell)) if cell.is_integer() else repr(cell)
        return text.replace(".", ",") if has_comma else text
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def hidden(visible: SheetVisibleEnum) -> list[str]:
    """Say that a sheet cannot be seen."""
    return [] if visible == SheetVisibleEnum.Visible else ["is a hidden sheet"]


def merged(sheet: CalamineSheet) -> list[str]:
    """Say which cells are merged: only the first of each holds the value."""
    ranges = [
        f"{cell_name(*first)}:{cell_name(*last)}"
        for first, last in sheet.merged_cell_ranges or []
    ]
    return cells("merged cells, whose value the first alone holds", ranges)


def cells(kind: str, names: Sequence[str]) -> list[str]:
    """Return a remark on some cells, of many the first."""
    if not names:
        return []
    more = ", ..." if len(names) > SHOWN else ""
    return [f"{kind}: {', '.join(names[:SHOWN])}{more} ({len(names)})"]
