"""How many records a CSV has after its heading, whatever its delimiter."""

import csv
from pathlib import Path

from counterarm.intake.locate import csv_stem
from counterarm.intake.plain_scan import SEPARATOR_LINE
from counterarm.intake.raw_bytes import RawBytes, UnreadableFileError

DELIMITERS = ",;\t|"
HEADING_READ = 1 << 16


def count_records(path: Path) -> int | None:
    """Count the records after the heading; None for a file that is no such CSV.

    Every byte is a character, so that no encoding can stop it: delimiters, quotes and
    line ends are the same in all that a CSV is written in, but UTF-16.
    """
    if csv_stem(path.name) is None:
        return None
    try:
        with RawBytes(path).text("latin-1") as file:
            heading = file.read(HEADING_READ).splitlines()[:1]
        if not heading or "\0" in heading[0]:
            return None
        named = SEPARATOR_LINE.fullmatch(heading[0].removeprefix("\xef\xbb\xbf"))
        delimiter = named[1] if named else max(DELIMITERS, key=heading[0].count)
        with RawBytes(path).text("latin-1") as file:
            records = csv.reader(file, delimiter=delimiter)
            n = sum(1 for record in records if record)
            return max(n - (2 if named else 1), 0)
    except (csv.Error, UnreadableFileError):
        return None
