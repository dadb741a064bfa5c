"""A delivered file, CSV or sheet, as one that DuckDB reads."""

from collections.abc import Collection
from itertools import islice
from pathlib import Path

from counterarm.intake.csv_file import CsvFile, read_csv_file
from counterarm.intake.locate import DeliveredFile, csv_stem
from counterarm.intake.mapping import FileForm
from counterarm.intake.raw_bytes import RawBytes, UnreadableFileError
from counterarm.intake.records import Records
from counterarm.intake.workbooks import read_sheet


def read_delivered(
    file: DeliveredFile,
    form: FileForm,
    copies_dir: Path,
    comma_columns: Collection[str] = (),
) -> tuple[CsvFile, list[str]]:
    """Read a file to its end; return what it holds, and remarks on a sheet.

    In `comma_columns` of a sheet numbers get a decimal comma. What DuckDB cannot read
    as it lies is copied to `copies_dir`. Raises `UnreadableFileError`.
    """
    if file.sheet is None:
        return read_csv_file(file.path, copies_dir, form.delimiter, form.encoding), []
    return read_sheet(file, copies_dir, comma_columns)


def has_rows(file: DeliveredFile) -> bool:
    """Tell whether a file has a row with a value after its headings."""
    if file.sheet is not None:
        return file.n_rows > 1
    if csv_stem(file.path.name) is None:
        return True
    try:
        with RawBytes(file.path).text("utf-8-sig") as text:
            return any(
                record.problem or any(map(str.strip, record.fields))
                for record in islice(Records(text, ","), 1, None)
            )
    except (UnreadableFileError, UnicodeDecodeError):
        return True  # what is wrong with it is reported when it is read


def sheet_form(file: DeliveredFile, form: FileForm) -> FileForm:
    """Return how the copy of a sheet is written: true dates are ISO 8601 in it."""
    if file.sheet is None or form.date_format is None:
        return form
    return FileForm(
        date_format=f"{form.date_format}|YYYY-MM-DD",
        decimal_mark=form.decimal_mark,
        missing_values=form.missing_values,
    )
