"""A delivered file, CSV or sheet, as one that DuckDB reads."""

import csv
from collections.abc import Collection
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from counterarm.intake.copies import readable
from counterarm.intake.headings import CsvFile, open_bytes
from counterarm.intake.locate import DeliveredFile, csv_stem
from counterarm.intake.mapping import FileForm
from counterarm.intake.workbooks import read_sheet

# Beyond so many rows without a value a file is read, blank or not.
ROWS_LOOKED_AT = 1000


def read_delivered(
    file: DeliveredFile,
    form: FileForm,
    copy: Path,
    comma_columns: Collection[str] = (),
) -> tuple[CsvFile, list[str]]:
    """Read digest and headings of a file; return them, and remarks on a sheet.

    `path` of the result is one to read as UTF-8: a file in another encoding and a sheet
    are copied to `copy`. Raises `UnreadableFileError`.
    """
    if file.sheet is None:
        return readable(file.path, form.encoding, form.delimiter, copy), []
    return read_sheet(file, copy, comma_columns)


def has_rows(file: DeliveredFile) -> bool:
    """Tell whether a file has a row with a value after its headings."""
    if file.sheet is not None:
        return file.n_rows > 1
    if csv_stem(file.path.name) is None:
        return True
    try:
        with TextIOWrapper(open_bytes(file.path), "utf-8", "replace") as text:
            rows = csv.reader(islice(text, 1, ROWS_LOOKED_AT))
            return any(cell.strip() for row in rows for cell in row)
    except (OSError, EOFError, csv.Error):
        return True  # what is wrong with it is said when it is read


def sheet_form(file: DeliveredFile, form: FileForm) -> FileForm:
    """Return how the copy of a sheet is written: true dates are ISO 8601 in it."""
    if file.sheet is None or form.date_format is None:
        return form
    return FileForm(
        date_format=f"{form.date_format}|YYYY-MM-DD",
        decimal_mark=form.decimal_mark,
        missing_values=form.missing_values,
    )
