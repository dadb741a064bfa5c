"""How many records a CSV has after its heading, whatever its delimiter."""

import csv
import gzip
import zlib
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from counterarm.intake.locate import csv_stem

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
        with TextIOWrapper(opened(path), encoding="latin-1", newline="") as file:
            heading = file.read(HEADING_READ).splitlines()[:1]
        if not heading or "\0" in heading[0]:
            return None
        delimiter = max(DELIMITERS, key=heading[0].count)
        with TextIOWrapper(opened(path), encoding="latin-1", newline="") as file:
            records = csv.reader(file, delimiter=delimiter)
            return max(sum(1 for record in records if record) - 1, 0)
    except (csv.Error, gzip.BadGzipFile, EOFError, zlib.error):
        return None


def opened(path: Path) -> IO[bytes]:
    """Open a file, compressed or not."""
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")
