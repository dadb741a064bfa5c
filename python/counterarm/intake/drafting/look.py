"""What can be seen of a file whose layout nobody described: form, columns, values."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import duckdb

from counterarm.intake.csv_file import CsvFile
from counterarm.intake.drafting.dates import ColumnDates, column_dates, formats_of
from counterarm.intake.drafting.redcap import is_event, is_repeat, is_unchecked
from counterarm.intake.forms import key_of, nfc
from counterarm.intake.headings import Headings, NoHeadingsError
from counterarm.intake.locate import DeliveredFile
from counterarm.intake.mapping import FileForm
from counterarm.intake.opened import read_delivered
from counterarm.intake.raw_bytes import RawBytes
from counterarm.intake.reader import records_sql
from counterarm.intake.records import LONGEST

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
# Enough to know a form by; the values themselves are read to the end.
SAMPLE = 1 << 20
ROWS_AT_ONCE = 10_000
VALUES_KEPT = 60
MISSING = {"na", "n/a", "nan", "null", ".", "-", "?", "-99", "-999", "k.a.", "b.d."}
# Of so many values one may be no date, and the column still holds dates.
DATES_OF_ONE_OTHER = 10
DECIMAL = re.compile(r"[-+]?\d+,\d+")
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
# A date in any form, also of two digits of the year, without a day or with a time.
LIKE_DATE = re.compile(
    r"(\d{1,4}([./-]) ?(\d{1,2}|[^\W\d_]{3,9})\2 ?\d{1,4}|\d{4}[./-]\d{1,2}"
    r"|\d{1,2}[./-]\d{4}|\d{1,2}\.? [^\W\d_]{3,9}\.? \d{4})([T ]\d{1,2}:.*)?"
)


@dataclass
class Seen:
    """What one column holds: its commonest values, and where it is filled."""

    heading: str
    values: Counter = field(default_factory=Counter)
    n_subjects: Counter = field(default_factory=Counter)
    n_filled: int = 0
    n_rows: int = 0
    is_cut: bool = False
    shapes: Counter = field(default_factory=Counter)
    instruments: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)

    def add(self, value: str) -> None:
        """Note a value that is filled."""
        self.n_filled += 1
        if value in self.values or len(self.values) < VALUES_KEPT:
            self.values[value] += 1
        else:
            self.is_cut = True
        if value.lower() not in MISSING:
            self.shapes[formats_of(value)] += 1

    @property
    def known(self) -> Counter:
        """Its values but those that seem to stand for a missing one."""
        return Counter(
            {one: n for one, n in self.values.items() if one.lower() not in MISSING}
        )

    @property
    def kind(self) -> str:
        """What all of its values look like: date, number, text or empty."""
        known = list(self.known)
        if not known:
            return "empty"
        if self.dates:
            return "date"
        return "number" if all(map(NUMBER.fullmatch, known)) else "text"

    @property
    def n_no_dates(self) -> int:
        """How many rows hold a value that is no date."""
        return self.shapes[()]

    @property
    def dates(self) -> ColumnDates | None:
        """The format of its dates; None where too many of its values are none."""
        if DATES_OF_ONE_OTHER * self.n_no_dates > self.shapes.total():
            return None
        return column_dates({one: n for one, n in self.shapes.items() if one})

    @property
    def looks(self) -> str:
        """What it looks like and how many rows fill it, in words without a value."""
        known = self.known
        if not known:
            return "empty"
        is_date = 2 * sum(map(bool, map(LIKE_DATE.fullmatch, known))) >= len(known)
        is_number = all(map(NUMBER.fullmatch, known))
        kind = "numbers" if is_number else "a date" if is_date else "words"
        n_missing = self.values.total() - known.total()
        return f"{kind} in {self.n_filled - n_missing} of {self.n_rows} rows"


@dataclass
class SeenFile:
    """What one file looks like."""

    read: CsvFile
    name: str
    stem: str
    encoding: str
    columns: list[Seen]
    is_sheet: bool = False

    @property
    def event(self) -> str | None:
        """Heading of the column of REDCap's events."""
        return next((c.heading for c in self.columns if is_event(c.heading)), None)

    @property
    def repeat(self) -> str | None:
        """Heading of the column of REDCap's repeated instruments."""
        return next((c.heading for c in self.columns if is_repeat(c.heading)), None)

    @property
    def is_redcap(self) -> bool:
        """Whether it is a flat export of REDCap."""
        return self.event is not None or self.repeat is not None

    @property
    def dates(self) -> list[tuple[str, ColumnDates]]:
        """The columns of dates with their place in words."""
        return [
            (f"{self.name} {column.heading}", column.dates)
            for column in self.columns
            if column.kind == "date"
        ]

    @property
    def has_decimal_comma(self) -> bool:
        """Whether some number is written with a decimal comma."""
        return any(
            column.kind == "number" and any(map(DECIMAL.fullmatch, column.values))
            for column in self.columns
        )

    @property
    def missing_values(self) -> list[str]:
        """Texts that seem to stand for a missing value."""
        found = {v for c in self.columns for v in c.values if v.lower() in MISSING}
        return sorted(found)


def look_at(file: DeliveredFile, copies: Path) -> SeenFile | None:
    """Look at a CSV or sheet as it is; None where it has no headings.

    What cannot be read as it lies is copied into the folder `copies`. Raises
    `UnreadableFileError`.
    """
    form = FileForm() if file.sheet else form_of(file.path)
    try:
        read, _ = read_delivered(file, form, copies)
    except NoHeadingsError:
        return None
    columns = [Seen(heading) for heading in shown_once(read.heading)]
    look_at_rows(columns, rows_of(read))
    return SeenFile(
        read,
        file.names[-1],
        file.sheet or file.stem,
        form.encoding,
        columns,
        is_sheet=file.sheet is not None,
    )


def form_of(path: Path) -> FileForm:
    """Return the encoding and the delimiter that a CSV seems to have."""
    encoding = next(one for one in ENCODINGS if is_readable(path, one))
    with RawBytes(path).text(encoding) as text:
        first = text.readline(LONGEST)
    return FileForm(max(DELIMITERS, key=first.count), encoding)


def rows_of(file: CsvFile) -> Iterator[list[str]]:
    """Yield the fields of each record of a file, in its order."""
    with duckdb.connect() as connection:
        fields = ", ".join(f"coalesce(f{i}, '')" for i in range(len(file.headings)))
        found = connection.execute(
            f"select {fields} from ({records_sql(file)}) order by row_number"
        )
        while rows := found.fetchmany(ROWS_AT_ONCE):
            yield from map(list, rows)


def look_at_rows(columns: list[Seen], rows: Iterator[list[str]]) -> None:
    """Note what the rows of a file hold in each column."""
    repeat = next((n for n, c in enumerate(columns) if is_repeat(c.heading)), None)
    event = next((n for n, c in enumerate(columns) if is_event(c.heading)), None)
    n_rows = 0
    for row in rows:
        cells = [cell.strip() for cell in row]
        n_rows += any(cells)
        for column, value in zip(columns, cells, strict=True):
            if value and not is_unchecked(column.heading, value):
                column.add(value)
                column.instruments.add("" if repeat is None else cells[repeat])
                column.events.add("" if event is None else cells[event])
    for column in columns:
        column.n_rows = n_rows


def shown_once(heading: Headings) -> list[str]:
    """Return headings as the seeds name them, one that stands twice with a number."""
    return [
        nfc(" ".join(written.split())) + name.removeprefix(key_of(written))
        for written, name in zip(heading.written, heading.names, strict=True)
    ]


def count_subjects(file: SeenFile, subject: Seen) -> None:
    """Note of each value that was kept how many subjects have it."""
    place = file.columns.index(subject)
    pairs: list[set] = [set() for _ in file.columns]
    for row in rows_of(file.read):
        cells = [cell.strip() for cell in row]
        for seen, found, value in zip(file.columns, pairs, cells, strict=True):
            if value in seen.values and not seen.is_cut:
                found.add((value, cells[place]))
    for seen, found in zip(file.columns, pairs, strict=True):
        seen.n_subjects = Counter(value for value, _ in found)


def is_readable(path: Path, encoding: str) -> bool:
    """Tell whether a file is of an encoding from beginning to end."""
    try:
        with RawBytes(path).text(encoding) as text:
            while text.read(SAMPLE):
                pass
    except UnicodeDecodeError:
        return False
    return True


def commonest(column: Seen, n: int) -> list[str]:
    """Return the commonest values of a column, ties in order of the text."""
    ordered = sorted(column.values.items(), key=lambda item: (-item[1], item[0]))
    return [value for value, _ in islice(ordered, n)]
