"""SDTM datasets as a site's files: SAS XPT version 5 or Dataset-JSON 1.1."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from counterarm.intake.copies import digest_of, make_folder
from counterarm.intake.headings import UnreadableFileError
from counterarm.intake.locate import visible_files

SUFFIXES = (".xpt", ".json")
REQUIRED = ("dm", "ex", "qs", "ds")
DOMAINS = (*REQUIRED, "ae", "cm", "mh", "pr", "suppdm", "suppmh")
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Dataset:
    """One dataset as delivered, and a Parquet copy of it with every value as text.

    The copy has the columns `columns`, in lower case, and line_number from 1.
    """

    domain: str
    path: Path
    sha256: str
    columns: tuple[str, ...]
    copy: Path
    n_rows: int


def sdtm_files(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each domain that is read, empty where DM is not there."""
    found: dict[str, list[Path]] = {}
    for path in visible_files(folder):
        domain = path.stem.lower()
        if path.suffix.lower() in SUFFIXES and domain in DOMAINS:
            found.setdefault(domain, []).append(path)
    return found if "dm" in found else {}


def copy_dataset(domain: str, path: Path, copy: Path) -> Dataset:
    """Copy a dataset to Parquet, every value as text; no value is looked at.

    Raises `UnreadableFileError` for a file that is no such dataset, or has no column
    USUBJID.
    """
    blocks = xpt_blocks(path) if path.suffix.lower() == ".xpt" else json_blocks(path)
    make_folder(copy.parent)
    columns, first = next(blocks)
    columns = tuple(column.lower() for column in columns)
    if "usubjid" not in columns:
        raise UnreadableFileError(
            f"{path.name}: has no column USUBJID; found {', '.join(columns)}"
        )
    schema = pa.schema(
        [("line_number", pa.int64()), *((name, pa.string()) for name in columns)]
    )
    n = 0
    with pq.ParquetWriter(copy, schema) as writer:
        for values in (first, *(values for _, values in blocks)):
            rows = len(values[0])
            numbers = pa.array(range(n + 1, n + rows + 1), pa.int64())
            texts = [pa.array(map(as_text, one), pa.string()) for one in values]
            writer.write_table(pa.table([numbers, *texts], schema=schema))
            n += rows
    return Dataset(domain, path, digest_of(path), columns, copy, n)


def xpt_blocks(path: Path) -> Iterator[tuple[Sequence[str], list[Sequence]]]:
    """Yield columns and their values, so many rows at once; at least one block."""
    import pyreadstat  # slow to import, and few sites need it

    offset = 0
    while True:
        try:
            frame, _ = pyreadstat.read_xport(
                str(path), row_offset=offset, row_limit=ROWS_AT_ONCE
            )
        except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
            raise UnreadableFileError(
                f"{path.name}: is no SAS XPT file that can be read ({error})"
            ) from None
        if offset and frame.empty:
            return
        yield list(frame.columns), [frame[name].tolist() for name in frame.columns]
        offset += len(frame)
        if len(frame) < ROWS_AT_ONCE:
            return


def json_blocks(path: Path) -> Iterator[tuple[Sequence[str], list[Sequence]]]:
    """Yield columns and values of a Dataset-JSON file, which is read whole."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        names = [column["name"] for column in content["columns"]]
        rows = content.get("rows") or []
        widths = {len(row) for row in rows} - {len(names)}
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableFileError(
            f"{path.name}: is no Dataset-JSON ({type(error).__name__}: {error})"
        ) from None
    if widths or content.get("records") not in (None, len(rows)):
        raise UnreadableFileError(
            f"{path.name}: is no whole Dataset-JSON: {len(rows)} rows of "
            f"{content.get('records')} records, {len(names)} columns"
        )
    yield names, [[row[i] for row in rows] for i in range(len(names))]


def as_text(value: object) -> str | None:
    """Return a value as text: a number without needless digits, a date as ISO 8601."""
    if value is None or value != value:
        return None
    if isinstance(value, float):
        return f"{value:.15g}" if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else str(value)
