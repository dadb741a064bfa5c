"""What can be seen of a file whose layout nobody described: form, columns, values."""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

from counterarm.intake.records import LONGEST, Records

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
# Enough to know a form by; the values themselves are read to the end.
SAMPLE = 1 << 20
VALUES_KEPT = 60
MISSING = {"na", "n/a", "nan", "null", ".", "-", "?", "-99", "-999", "k.a.", "b.d."}
DATES = {
    "YYYY-MM-DD": r"\d{4}-\d{1,2}-\d{1,2}",
    "YYYY/MM/DD": r"\d{4}/\d{1,2}/\d{1,2}",
    "DD.MM.YYYY": r"\d{1,2}\.\d{1,2}\.\d{4}",
    "DD/MM/YYYY": r"(0?[1-9]|[12]\d|3[01])/(0?[1-9]|1[0-2])/\d{4}",
    "MM/DD/YYYY": r"(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])/\d{4}",
    "DD-MON-YYYY": r"\d{1,2}-[A-Za-z]{3}-\d{4}",
}
DECIMAL = re.compile(r"[-+]?\d+,\d+")
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
# A date in any form, also of two digits of the year, without a day or with a time.
LIKE_DATE = re.compile(
    r"(\d{1,4}([./-]) ?(\d{1,2}|[^\W\d_]{3,9})\2 ?\d{1,4}|\d{4}[./-]\d{1,2}"
    r"|\d{1,2}[./-]\d{4}|\d{1,2}\.? [^\W\d_]{3,9}\.? \d{4})([T ]\d{1,2}:.*)?"
)
REPEAT = "redcap_repeat_instrument"
EVENT = "redcap_event_name"


@dataclass
class Seen:
    """What one column holds: its commonest values, and where it is filled."""

    heading: str
    values: Counter = field(default_factory=Counter)
    n_subjects: Counter = field(default_factory=Counter)
    n_filled: int = 0
    n_rows: int = 0
    is_cut: bool = False
    instruments: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)

    def add(self, value: str) -> None:
        """Note a value that is filled."""
        self.n_filled += 1
        if value in self.values or len(self.values) < VALUES_KEPT:
            self.values[value] += 1
        else:
            self.is_cut = True

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
        if date_formats(known):
            return "date"
        return "number" if all(map(NUMBER.fullmatch, known)) else "text"

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

    path: Path
    encoding: str
    delimiter: str
    columns: list[Seen]

    @property
    def is_redcap(self) -> bool:
        """Whether it is a flat export of REDCap."""
        return {REPEAT, EVENT} & {column.heading for column in self.columns} != set()

    @property
    def date_format(self) -> str | None:
        """The date format that all its dates have, None for ISO 8601 or none."""
        dates = [
            date_formats([v for v in column.values if v.lower() not in MISSING])
            for column in self.columns
            if column.kind == "date"
        ]
        fitting = [
            form for form in DATES if dates and all(form in one for one in dates)
        ]
        return fitting[0] if fitting and fitting[0] != "YYYY-MM-DD" else None

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


def date_formats(values: list[str]) -> list[str]:
    """Return the date formats that all values have."""
    return [
        form
        for form, pattern in DATES.items()
        if values and all(re.fullmatch(pattern, value) for value in values)
    ]


def look_at(path: Path) -> SeenFile | None:
    """Look at a CSV as it is; None where it has no headings."""
    encoding = next(one for one in ENCODINGS if is_readable(path, one))
    with open_text(path, encoding) as file:
        first = file.readline(LONGEST)
    delimiter = max(DELIMITERS, key=first.count)
    with open_text(path, encoding) as file:
        rows = fields_of(file, delimiter)
        headings = [heading.strip() for heading in next(rows, [])]
        if not any(headings):
            return None
        columns = [Seen(heading) for heading in headings]
        lowered = [heading.lower() for heading in headings]
        n_rows = 0
        for row in rows:
            n_rows += any(map(str.strip, row))
            cells = dict(zip(lowered, row, strict=False))
            for column, value in zip(columns, row, strict=False):
                if value.strip() and not is_unchecked(column.heading, value):
                    column.add(value.strip())
                    column.instruments.add(cells.get(REPEAT, "").strip())
                    column.events.add(cells.get(EVENT, "").strip())
    for column in columns:
        column.n_rows = n_rows
    return SeenFile(path, encoding, delimiter, columns)


def count_subjects(file: SeenFile, subject: Seen) -> None:
    """Note of each value that was kept how many subjects have it."""
    place = file.columns.index(subject)
    pairs: list[set] = [set() for _ in file.columns]
    with open_text(file.path, file.encoding) as text:
        rows = fields_of(text, file.delimiter)
        next(rows)
        for row in rows:
            name = row[place].strip() if place < len(row) else ""
            for seen, found, cell in zip(file.columns, pairs, row, strict=False):
                if cell.strip() in seen.values and not seen.is_cut:
                    found.add((cell.strip(), name))
    for seen, found in zip(file.columns, pairs, strict=True):
        seen.n_subjects = Counter(value for value, _ in found)


def fields_of(file: IO[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the fields of each record; those of an odd line are none of them."""
    return (record.fields for record in Records(file, delimiter) if not record.problem)


def is_unchecked(heading: str, value: str) -> bool:
    """Tell whether a cell is a box of REDCap that is not checked."""
    return "___" in heading and value.strip().lower() in ("0", "unchecked")


def is_readable(path: Path, encoding: str) -> bool:
    """Tell whether a file is of an encoding from beginning to end."""
    try:
        with open_text(path, encoding) as file:
            for _ in blocks(file):
                pass
    except UnicodeDecodeError:
        return False
    return True


def blocks(file: IO[str]) -> Iterator[str]:
    """Yield a text in blocks."""
    while block := file.read(SAMPLE):
        yield block


def open_text(path: Path, encoding: str) -> IO[str]:
    """Open a file as text, compressed or not."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def commonest(column: Seen, n: int) -> list[str]:
    """Return the commonest values of a column, ties in order of the text."""
    ordered = sorted(column.values.items(), key=lambda item: (-item[1], item[0]))
    return [value for value, _ in islice(ordered, n)]
