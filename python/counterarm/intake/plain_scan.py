"""Whether a CSV is so plain that DuckDB reads it as it lies, found at the speed of C.

Plain is UTF-8 with one kind of line end, no blank line, quotes only as strict CSV has
them and none around a line end, no line with more fields than the heading, no control
character that could mislead, no line that is very long. Anything else is read record
by record (`records`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from counterarm.intake.raw_bytes import RawBytes, refuse_other_forms
from counterarm.intake.records import LONGEST

BOM = b"\xef\xbb\xbf"
LF, CR, QUOTE = 10, 13, 34
CONTROLS = (b"\0", b"\x1f")
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


@dataclass(frozen=True)
class LineCounts:
    """The lines of a file, each counted once: n_lines is the sum of the rest.

    n_heading are those up to the heading's end, n_blank those without a character,
    n_continued those that begin within a quoted field. The lines of a sheet are its
    rows, and whether the last one has a line end is None.
    """

    n_lines: int
    n_heading: int
    n_blank: int
    n_continued: int
    n_records: int
    has_final_line_end: bool | None


@dataclass(frozen=True)
class PlainFile:
    """A plain file: its heading line as text, its lines and its digest."""

    heading: str
    counts: LineCounts
    sha256: str


class _NotPlainError(Exception):
    """Something is not plain; what it is, the records will show."""


def scan_plain(path: Path, delimiter: str) -> PlainFile | None:
    """Return what a plain file holds, or None where a file is not plain.

    Raises `UnreadableFileError` for a file that cannot be opened, is of another form
    or no whole gzip file.
    """
    if not delimiter.isascii() or delimiter in '"\r\n':
        return None
    if "\\" in str(path.absolute()):
        # which DuckDB takes for a slash where a path may be a pattern
        return None
    raw = RawBytes(path)
    scan = _Scan(ord(delimiter))
    try:
        for chunk in _whole_lines(path, raw):
            scan.add(chunk)
        if raw.n_members > 1 or not scan.n_lines:
            return None
    except _NotPlainError:
        return None
    counts = LineCounts(
        n_lines=scan.n_lines,
        n_heading=scan.n_heading,
        n_blank=0,
        n_continued=0,
        n_records=scan.n_lines - scan.n_heading,
        has_final_line_end=scan.has_final_line_end,
    )
    return PlainFile(scan.heading, counts, raw.sha256)


def _whole_lines(path: Path, raw: RawBytes) -> Iterator[bytes]:
    """Yield the text in chunks of whole lines, without a byte order mark."""
    rest = b""
    is_first = True
    for block in raw.blocks():
        if is_first:
            refuse_other_forms(path, block, is_utf_8=True)
            block = block.removeprefix(BOM)
            is_first = False
        end = block.rfind(b"\n") + 1
        if not end:
            rest += block
            if len(rest) > LONGEST:
                raise _NotPlainError
            continue
        yield rest + block[:end]
        rest = block[end:]
    if rest:
        yield rest


class _Scan:
    """What was seen of a file so far."""

    def __init__(self, delimiter: int) -> None:
        self.delimiter = delimiter
        self.heading = ""
        self.n_heading = 0
        self.n_lines = 0
        self.most = 0
        self.has_cr: bool | None = None
        self.has_final_line_end = True

    def add(self, chunk: bytes) -> None:
        """Look at a chunk of whole lines; raise `_NotPlainError`."""
        if any(control in chunk for control in CONTROLS):
            raise _NotPlainError
        try:
            if not chunk.isascii():
                chunk.decode()
        except UnicodeDecodeError:
            raise _NotPlainError from None
        self.has_final_line_end = chunk.endswith(b"\n")
        self._see_line_ends(chunk)
        whole = chunk
        if not self.has_final_line_end:
            whole += b"\r\n" if self.has_cr else b"\n"
        skipped = 0 if self.n_heading else self._see_heading(whole)
        codes = np.frombuffer(whole, np.uint8)
        is_end = codes == LF
        is_delimiter = codes == self.delimiter
        if b'"' in whole:
            is_delimiter &= ~self._quoted(codes, np.flatnonzero(is_end))
        # far fewer than bytes: ends of fields, and which of these end a line
        places = np.flatnonzero(is_end | is_delimiter)
        ends = np.flatnonzero(codes[places] == LF)
        lengths = np.diff(places[ends], prepend=-1)
        if lengths.min() == (2 if self.has_cr else 1) or lengths.max() > LONGEST:
            raise _NotPlainError
        n_delimiters = np.diff(ends, prepend=-1)[skipped:] - 1
        if n_delimiters.max(initial=0) > self.most:
            raise _NotPlainError
        if not self.has_final_line_end and n_delimiters[-1:].min(initial=0) < self.most:
            # cut within its last line, perhaps: the records say so
            raise _NotPlainError
        self.n_lines += len(ends)

    def _see_line_ends(self, chunk: bytes) -> None:
        n_cr, n_lf = chunk.count(b"\r"), chunk.count(b"\n")
        has_cr = n_cr > 0
        if has_cr and (n_cr != n_lf or chunk.count(b"\r\n") != n_lf):
            raise _NotPlainError
        if n_lf:
            if self.has_cr not in (None, has_cr):
                raise _NotPlainError
            self.has_cr = has_cr

    def _see_heading(self, chunk: bytes) -> int:
        """Note the heading and the lines up to it, and return how many they are."""
        lines = chunk.split(b"\n", 2)
        text = lines[0].decode().rstrip("\r")
        self.n_heading = 1
        if SEPARATOR_LINE.fullmatch(text):
            raise _NotPlainError
        self.heading = text
        if '"' in text:
            # quotes may hold delimiters: the records count them
            text = re.sub('"[^"]*"', "", text)
        self.most = text.count(chr(self.delimiter))
        return 1

    def _quoted(self, codes: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return which bytes lie within quotes; all quotes must be strict CSV."""
        is_quote = codes == QUOTE
        places = np.flatnonzero(is_quote)
        if len(places) % 2:
            raise _NotPlainError
        opening, closing = places[::2], places[1::2]
        before = codes[opening - 1]
        before[opening == 0] = LF
        behind = codes[closing + 1]
        around = (LF, QUOTE, self.delimiter)
        if not (np.isin(before, around) & np.isin(behind, (*around, CR))).all():
            raise _NotPlainError
        if (np.searchsorted(ends, opening) != np.searchsorted(ends, closing)).any():
            raise _NotPlainError
        return np.bitwise_xor.accumulate(is_quote)
