"""The sheets of Excel workbooks: each is a file of the delivery, `book.xlsx#Sheet`."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
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

from counterarm.intake.copies import copy_of, digest_of, write_records
from counterarm.intake.csv_file import CsvFile
from counterarm.intake.forms import key_of
from counterarm.intake.headings import headings_of
from counterarm.intake.locate import (
    DeliveredFile,
    is_lock_file,
    is_workbook,
    visible_files,
)
from counterarm.intake.plain_scan import LineCounts
from counterarm.intake.raw_bytes import UnreadableFileError
from counterarm.intake.records import Record
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
            f"{path.name}: is not a complete Excel workbook ({error}); open it in "
            "Excel and save it as .xlsx, or name it .csv if that is what it is"
        ) from None


def read_sheet(
    file: DeliveredFile, copies_dir: Path, comma_columns: Collection[str] = ()
) -> tuple[CsvFile, list[str]]:
    """Copy the records of a sheet; return what is read of it, and remarks on it.

    The first row that holds something is the heading, empty rows are blank lines, and
    a line is a row of the sheet. A date is written as ISO 8601 without the time of day,
    a number without `.0`, in `comma_columns` with a decimal comma; a text stays as it
    is. A cell with an error holds its name, `#N/A`. Raises `UnreadableFileError`.
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
    filled = [n for n, row in enumerate(rows) if any(map(is_filled, row))]
    width = 1 + max(n for row in rows for n, cell in enumerate(row) if is_filled(cell))
    first, *below = filled
    heading = headings_of(
        file.name,
        [cell_text(cell) for cell in rows[first][:width]],
        f"row {first + 1}",
    )
    has_comma = [key_of(name) in comma_columns for name in heading.written]
    copy = copy_of(file.path, copies_dir, file.sheet)
    n_records = write_records(copy, records_of(rows, below, has_comma), width)
    remarks += cells("error", [cell_name(*at) for at in errors])
    remarks += cells(
        "formula without a result, read as empty; open the workbook in Excel and save "
        "it",
        [cell_name(*at) for at in empty_formulas],
    )
    n_timed = sum(is_timed(cell) for n in below for cell in rows[n])
    if n_timed:
        remarks.append(f"{n_timed} date(s) with a time of day, which is not read")
    if len(rows) == ROWS_AT_MOST:
        remarks.append(f"has {ROWS_AT_MOST:,} rows, all a sheet can hold: cut off?")
    nameless = [n for n, name in enumerate(heading.names) if not name]
    remarks += cells(
        "column without a heading, not read", [cell_name(first, n) for n in nameless]
    )
    counts = LineCounts(
        n_lines=filled[-1] + 1,
        n_heading=first + 1,
        n_blank=filled[-1] - first - len(below),
        n_continued=0,
        n_records=n_records,
        has_final_line_end=None,
    )
    sha256 = digest(file.path)
    return CsvFile(file.path, file.name, ",", sha256, heading, counts, copy), remarks


def records_of(
    rows: Sequence[Sequence[Cell]], places: Sequence[int], has_comma: Sequence[bool]
) -> Iterator[Record]:
    """Yield the records of a sheet, which lie in the rows at some places from 0 on."""
    for place in places:
        fields = map(cell_text, rows[place], has_comma)
        yield Record(line_number=place + 1, n_lines=1, fields=list(fields))


@lru_cache(maxsize=64)
def _digest(path: Path, _stamp: tuple[int, int]) -> str:
    return digest_of(path)


def digest(path: Path) -> str:
    """Return the SHA-256 of a workbook, the same for each of its sheets."""
    stat = path.stat()
    return _digest(path, (stat.st_mtime_ns, stat.st_size))


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
    return cells("merged cells; only the first has the value", ranges)


def cells(kind: str, names: Sequence[str]) -> list[str]:
    """Return a remark on some cells, of many the first."""
    if not names:
        return []
    more = ", ..." if len(names) > SHOWN else ""
    return [f"{kind}: {', '.join(names[:SHOWN])}{more} ({len(names)})"]
