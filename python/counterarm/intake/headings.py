"""What can be told of one CSV without reading its values: digest, encoding, heading."""

import codecs
import csv
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from counterarm.intake.repeated import RepeatedHeadingError, named_once

BLOCK = 1 << 20
OTHER_BOMS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


class UnreadableFileError(ValueError):
    """A file that cannot be read as the CSV it should be; the text says why."""


@dataclass(frozen=True)
class CsvFile:
    """One CSV: its digest over the bytes delivered, and its headings in lower case.

    `n_lines` is at least the number of lines after the heading; a line end within
    quotes counts too. `repeated` has the headings that stand more than once and the
    positions of their columns, which `headings` numbers: `complete? (1)`. A copy of a
    sheet `is_numbered`: behind its headings stands a column of the sheet's row numbers.
    """

    path: Path
    sha256: str
    headings: list[str]
    n_lines: int
    repeated: dict[str, tuple[int, ...]] = field(default_factory=dict)
    is_numbered: bool = False
    heading_row: int = 1

    @property
    def heading_place(self) -> str:
        """Where the headings stand, as an editor or Excel counts."""
        return f"row {self.heading_row}" if self.is_numbered else "line 1"


def read_heading(path: Path, delimiter: str = ",") -> CsvFile:
    """Read a CSV's digest and headings, and see that all of it is UTF-8.

    A byte order mark is skipped. Raises `UnreadableFileError` for an empty file, a
    broken gzip, another encoding (naming line and byte), or a quote that is never
    closed.
    """
    found = None
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    digest = hashlib.sha256()
    lines_before = 0
    quotes = 0
    first_line = ""
    for block in blocks(path, digest):
        if not lines_before and not first_line:
            refuse_other_encodings(path, block)
        text = decode(path, decoder, block, lines_before)
        if found is None:
            first_line += text
            if "\n" in first_line:
                found = split_heading(path, first_line, delimiter)
        lines_before += text.count("\n")
        quotes += text.count('"')
    decode(path, decoder, b"", lines_before, final=True)
    if found is None:
        found = split_heading(path, first_line, delimiter)
    if quotes % 2:
        refuse_open_quote(path, delimiter)
    headings, repeated = found
    return CsvFile(path, digest.hexdigest(), headings, lines_before, repeated)


def decode(
    path: Path,
    decoder: codecs.IncrementalDecoder,
    block: bytes,
    lines_before: int,
    final: bool = False,
) -> str:
    """Return a block as text; raise `UnreadableFileError` where it is not UTF-8."""
    try:
        return decoder.decode(block, final)
    except UnicodeDecodeError as error:
        line = lines_before + error.object[: error.start].count(b"\n") + 1
        raise UnreadableFileError(
            f"{path.name}: line {line} holds the byte "
            f"0x{error.object[error.start]:02X}, which is not UTF-8; save the "
            "file as UTF-8 and deliver it again"
        ) from None


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file, compressed or not."""
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")


def blocks(path: Path, digest: "hashlib._Hash") -> Iterator[bytes]:
    """Yield the file's text in blocks, digesting its bytes as they lie on disk."""
    with path.open("rb") as raw:
        while block := raw.read(BLOCK):
            digest.update(block)
    with open_bytes(path) as file:
        try:
            while block := file.read(BLOCK):
                yield block
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise UnreadableFileError(
                f"{path.name}: is no whole gzip file ({error}); compress it again"
            ) from None


def refuse_other_encodings(path: Path, first_block: bytes) -> None:
    """Raise `UnreadableFileError` when a byte order mark says it is not UTF-8."""
    for mark, encoding in OTHER_BOMS.items():
        if first_block.startswith(mark):
            raise UnreadableFileError(
                f"{path.name}: is {encoding}, looked for UTF-8; save it as UTF-8 "
                "and deliver it again"
            )


def refuse_open_quote(path: Path, delimiter: str) -> None:
    """Raise `UnreadableFileError` when a quote opens and is never closed.

    The lines after it would be read as part of one field, and none of them counted.
    """
    with TextIOWrapper(open_bytes(path), encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        line = 1
        try:
            for _ in rows:
                line = rows.line_num + 1
        except csv.Error:
            raise UnreadableFileError(
                f"{path.name}: line {line} opens a quote that is not closed; close it, "
                "or double it within a quoted field, and deliver the file again"
            ) from None


def split_heading(
    path: Path, text: str, delimiter: str
) -> tuple[list[str], dict[str, tuple[int, ...]]]:
    """Return the headings of a file's first line, and which stand more than once."""
    row = next(csv.reader(text.splitlines()[:1], delimiter=delimiter), [])
    if not any(map(str.strip, row)):
        raise UnreadableFileError(f"{path.name}: line 1 holds no headings")
    try:
        return named_once(row)
    except RepeatedHeadingError as error:
        raise UnreadableFileError(
            f"{path.name}: line 1 holds the heading {str(error)!r} more than once "
            "(upper and lower case count as one)"
        ) from None
