"""Copies of delivered files that DuckDB cannot read as they are."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from counterarm.intake.records import Record

BLOCK = 1 << 20
ROWS_AT_ONCE = 20_000


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def make_folder(folder: Path) -> None:
    """Make the folder of the copies, which nobody else may read: they hold patients."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def copy_of(path: Path, copies_dir: Path, sheet: str = "") -> Path:
    """Return where the copy of a file, or of a sheet of it, lies.

    Its name must tell nothing of patients, and be one on any file system.
    """
    name = hashlib.sha256(bytes(path.absolute()) + b"\0" + sheet.encode()).hexdigest()
    return copies_dir / f"{name[:24]}.parquet"


def write_records(copy: Path, records: Iterator[Record], n_fields: int) -> int:
    """Write records to Parquet, so many at once, and return how many they are.

    The columns are row_number, line_number, problem, rest and f0, f1, ..., one for
    each heading. The folder is made where it is not there.
    """
    make_folder(copy.parent)
    names = [f"f{i}" for i in range(n_fields)]
    schema = pa.schema(
        [
            ("row_number", pa.int64()),
            ("line_number", pa.int64()),
            *((name, pa.string()) for name in ("problem", "rest", *names)),
        ]
    )
    n = 0
    with pq.ParquetWriter(copy, schema) as writer:
        while rows := list(islice(records, ROWS_AT_ONCE)):
            fields = [row.fields for row in rows]
            writer.write_table(
                pa.table(
                    [
                        pa.array(range(n + 1, n + len(rows) + 1), pa.int64()),
                        pa.array([row.line_number for row in rows], pa.int64()),
                        pa.array([row.problem for row in rows], pa.string()),
                        pa.array([row.rest for row in rows], pa.string()),
                        *(pa.array(c, pa.string()) for c in _columns(fields, n_fields)),
                    ],
                    schema=schema,
                )
            )
            n += len(rows)
    return n


def _columns(rows: list[list[str]], n_fields: int) -> Iterable[tuple]:
    """Return rows as columns; a field that is not there is null."""
    whole = [
        row if len(row) == n_fields else [*row, *[None] * (n_fields - len(row))]
        for row in rows
    ]
    return zip(*whole, strict=True)
