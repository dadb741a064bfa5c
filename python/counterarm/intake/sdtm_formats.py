"""The forms in which one SDTM dataset comes: SAS XPT, SAS7BDAT, Dataset-JSON, NDJSON.

Each reader yields columns and their values, so many rows at once; at least one block.
"""

import codecs
import json
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from counterarm.intake.raw_bytes import UnreadableFileError

ROWS_AT_ONCE = 20_000
# What SAS calls an encoding, where Python's and ReadStat's name is another.
SAS_ENCODINGS = {
    "wlatin1": "cp1252",
    "latin1": "iso-8859-1",
    "latin9": "iso-8859-15",
    "wlatin2": "cp1250",
    "latin2": "iso-8859-2",
    "wcyrillic": "cp1251",
    "shift-jis": "shift_jis",
    "euc-cn": "gb2312",
}
CPORT = b"**COMPRESSED**"

Blocks = Iterator[tuple[Sequence[str], Sequence[Sequence]]]


def python_encoding(name: str) -> str | None:
    """Return the encoding that SAS or Python calls so, None where neither does."""
    key = name.strip().lower().replace("_", "-")
    try:
        return codecs.lookup(SAS_ENCODINGS.get(key, name.strip())).name
    except LookupError:
        return None


def sas_blocks(path: Path, encoding: str | None) -> Blocks:
    """Read SAS XPT of version 5 or 8, or SAS7BDAT."""
    import pyreadstat  # slow to import, and few sites need it

    is_xpt = path.suffix.lower() == ".xpt"
    read = pyreadstat.read_xport if is_xpt else pyreadstat.read_sas7bdat
    with path.open("rb") as file:
        if file.read(len(CPORT)) == CPORT:
            raise UnreadableFileError(
                f"{path.name}: was written by PROC CPORT, which only SAS can read; "
                "have it written again with the XPORT engine (libname ... xport)"
            )
    offset = 0
    while True:
        try:
            frame, _ = read(
                str(path),
                row_offset=offset,
                row_limit=ROWS_AT_ONCE,
                encoding=readstat_encoding(encoding),
            )
        except (pyreadstat.ReadstatError, UnicodeError) as error:
            raise UnreadableFileError(sas_refusal(path, encoding, error)) from None
        if offset and frame.empty:
            return
        yield list(frame.columns), [frame[name].tolist() for name in frame.columns]
        offset += len(frame)
        if len(frame) < ROWS_AT_ONCE:
            return


def readstat_encoding(encoding: str | None) -> str | None:
    """Return what iconv calls an encoding of Python; None for UTF-8."""
    if encoding in (None, "utf-8", "utf-8-sig"):
        return None
    return encoding.replace("_", "-").upper()


def sas_refusal(path: Path, encoding: str | None, error: Exception) -> str:
    """Say why a SAS file cannot be read, and what to do."""
    text = str(error)
    if not isinstance(error, UnicodeError) and "string" not in text:
        return (
            f"{path.name}: is not a readable SAS {path.suffix[1:].upper()} "
            f"file ({error})"
        )
    return (
        f"{path.name}: its text is not {encoding or 'utf-8'} ({error}); SAS on Windows "
        "writes wlatin1, which is cp1252. A row of the site in "
        f"seeds/mappings/site_files.csv with file_name {path.name} (or *) and the "
        "encoding (wlatin1, cp1252, euc-kr, shift_jis, ...) says how to read it"
    )


def json_blocks(path: Path, encoding: str | None) -> Blocks:
    """Read Dataset-JSON 1.1, whole."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        names = column_names(path, content)
        rows = content.get("rows") or []
        widths = {len(row) for row in rows} - {len(names)}
        values = columns_of(rows, len(names)) if not widths else []
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableFileError(no_dataset_json(path, error)) from None
    if widths or content.get("records") not in (None, len(rows)):
        raise UnreadableFileError(not_whole(path, content, len(rows), len(names)))
    yield names, values


def ndjson_blocks(path: Path, encoding: str | None) -> Blocks:
    """Read Dataset-JSON 1.1 as NDJSON: metadata in line 1, then a row per line."""
    n, number, block = 0, 1, []
    try:
        with path.open(encoding="utf-8-sig") as file:
            content = json.loads(file.readline())
            names = column_names(path, content)
            for number, line in enumerate(file, start=2):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, list) or len(row) != len(names):
                    raise UnreadableFileError(
                        f"{path.name}: line {number} is not a row of {len(names)} "
                        f"values: {line.strip()[:60]}"
                    )
                block.append(row)
                n += 1
                if len(block) == ROWS_AT_ONCE:
                    yield names, columns_of(block, len(names))
                    block = []
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError(
            f"{no_dataset_json(path, error)}, line {number}"
        ) from None
    if content.get("records") not in (None, n):
        raise UnreadableFileError(not_whole(path, content, n, len(names)))
    if block or n == 0:
        yield names, columns_of(block, len(names))


def column_names(path: Path, content: dict) -> list[str]:
    """Return the columns that the metadata of a Dataset-JSON name."""
    if "clinicalData" in content or "referenceData" in content:
        raise UnreadableFileError(
            f"{path.name}: is Dataset-JSON 1.0; version 1.1 is read: have it written "
            "again"
        )
    return [column["name"] for column in content["columns"]]


def columns_of(rows: list[list], width: int) -> list[list]:
    """Return the values of each column."""
    return [[row[i] for row in rows] for i in range(width)]


def no_dataset_json(path: Path, error: Exception) -> str:
    """Say that a file is not a Dataset-JSON file, and where reading stopped."""
    return f"{path.name}: is not a Dataset-JSON file ({type(error).__name__}: {error})"


def not_whole(path: Path, content: dict, n_rows: int, n_columns: int) -> str:
    """Say that a Dataset-JSON does not hold what its metadata promise."""
    return (
        f"{path.name}: is not a complete Dataset-JSON file: {n_rows} rows of "
        f"{content.get('records')} records, {n_columns} columns"
    )


# How the files of each ending are read.
READERS: dict[str, Callable[[Path, str | None], Blocks]] = {
    ".xpt": sas_blocks,
    ".sas7bdat": sas_blocks,
    ".json": json_blocks,
    ".ndjson": ndjson_blocks,
}


def as_text(value: object) -> str | None:
    """Return a value as text: a number without needless digits, a date as ISO 8601."""
    if value is None or value != value:
        return None
    if isinstance(value, float):
        return f"{value:.15g}" if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else str(value)
