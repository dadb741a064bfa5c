"""One delivered file: its headings, its lines, and where SQL reads its records.

A plain file is read as it lies. Of any other, the records are copied to Parquet, with
the line each begins in and what is odd about it.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from counterarm.intake.copies import copy_of, write_records
from counterarm.intake.headings import Headings, headings_of
from counterarm.intake.plain_scan import SEPARATOR_LINE, LineCounts, scan_plain
from counterarm.intake.raw_bytes import (
    RawBytes,
    UnreadableFileError,
    refuse_other_forms,
)
from counterarm.intake.records import LONGEST, Record, Records, shapes_of

UTF_8 = "utf-8-sig"


@dataclass(frozen=True)
class CsvFile:
    """A CSV, or a sheet of a workbook, as delivered: name, digest, headings, lines.

    `copy` is null for a plain file, else the Parquet file of its records
    (`write_records`).
    """

    path: Path
    name: str
    delimiter: str
    sha256: str
    heading: Headings
    counts: LineCounts
    copy: Path | None = None

    @property
    def headings(self) -> list[str]:
        """Its headings as they are compared, in the order of its columns."""
        return self.heading.names

    @property
    def repeated(self) -> dict[str, tuple[int, ...]]:
        """The headings that stand more than once, with the places of their columns."""
        return self.heading.repeated


def line_columns(counts: LineCounts) -> dict[str, int | bool | None]:
    """Return how the lines of a file are counted in a row of `describe_delivery`."""
    return {
        "n_physical_lines": counts.n_lines,
        "n_heading_lines": counts.n_heading,
        "n_blank_lines": counts.n_blank,
        "n_line_ends_in_quotes": counts.n_continued,
        "n_records": counts.n_records,
        "has_final_line_end": counts.has_final_line_end,
    }


def read_csv_file(
    path: Path, copies_dir: Path, delimiter: str = ",", encoding: str = "utf-8"
) -> CsvFile:
    """Read a CSV to its end; copy its records to `copies_dir` unless it is plain.

    Raises `UnreadableFileError` for a file that is empty, no whole gzip file or not of
    its encoding (naming line and byte), and for a heading that is none.
    """
    is_utf_8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    plain = scan_plain(path, delimiter) if is_utf_8 else None
    if plain is None:
        codec = "utf-8-sig" if is_utf_8 else encoding
        return _copy_records(path, copies_dir, delimiter, codec)
    (fields,) = csv.reader([plain.heading], delimiter=delimiter)
    heading = headings_of(path.name, fields, "line 1")
    return CsvFile(path, path.name, delimiter, plain.sha256, heading, plain.counts)


def _copy_records(path: Path, copies_dir: Path, delimiter: str, codec: str) -> CsvFile:
    start = next(RawBytes(path).blocks(), b"")
    refuse_other_forms(path, start, is_utf_8=codec == UTF_8)
    raw = RawBytes(path)
    with raw.text(codec) as text:
        lines = Records(text, delimiter)
        try:
            records = iter(lines)
            heading = _heading(path, lines, records)
            n_heading, n_fields = lines.line_number, len(heading.names)
            sampled = _shapes(path, codec, n_heading, delimiter, n_fields)
            lines.begin(n_fields, sampled)
            copy = copy_of(path, copies_dir)
            n_records = write_records(copy, records, n_fields)
        except UnicodeDecodeError as error:
            raise _not_of(path, codec, lines, error) from None
    counts = LineCounts(
        n_lines=lines.line_number,
        n_heading=n_heading,
        n_blank=lines.n_blank,
        n_continued=lines.n_continued,
        n_records=n_records,
        has_final_line_end=lines.has_final_line_end,
    )
    return CsvFile(path, path.name, delimiter, raw.sha256, heading, counts, copy)


def _heading(path: Path, lines: Records, records: Iterator[Record]) -> Headings:
    """Return the headings, behind the line in which Excel may name the delimiter."""
    first = next(records, None)
    if first is not None and first.line_number == 1:
        named = SEPARATOR_LINE.fullmatch(lines.delimiter.join(first.fields))
        if named and named[1] != lines.delimiter:
            raise UnreadableFileError(
                f"{path.name}: line 1 names the delimiter {named[1]!r}, expected "
                f"{lines.delimiter!r}; export it again, or name the delimiter in "
                "seeds/mappings/site_files.csv"
            )
        if named:
            first = next(records, None)
    if first is None or lines.n_blank:
        return headings_of(path.name, [], "line 1")
    if first.problem:
        raise UnreadableFileError(
            f"{path.name}: line {first.line_number} holds {first.problem}"
        )
    return headings_of(path.name, first.fields, f"line {first.line_number}")


def _shapes(
    path: Path, codec: str, n_heading: int, delimiter: str, n_fields: int
) -> frozenset[str]:
    """Return how the lines of the file begin, as far as a first look shows it."""
    with RawBytes(path).text(codec) as text:
        try:
            for _ in range(n_heading):
                text.readline(LONGEST)
            return shapes_of(Records(text, delimiter), n_fields)
        except UnicodeDecodeError:
            return frozenset()


def _not_of(
    path: Path, codec: str, lines: Records, error: UnicodeDecodeError
) -> UnreadableFileError:
    """Return the error of a byte that is not of the encoding, with its line."""
    before = error.object[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = lines.n_read + before.count(b"\n") + 1
    byte = f"line {line} holds the byte 0x{error.object[error.start]:02X}"
    if codec == UTF_8:
        return UnreadableFileError(
            f"{path.name}: {byte}, which is not UTF-8; save the file as UTF-8 and "
            "deliver it again"
        )
    return UnreadableFileError(
        f"{path.name}: {byte}, which is not {codec}; correct the encoding in "
        "seeds/mappings/site_files.csv"
    )
