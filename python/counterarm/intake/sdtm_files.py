"""SDTM datasets as a site's files: which file holds which dataset, and its copy."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from counterarm.intake.copies import digest_of, make_folder
from counterarm.intake.locate import visible_files
from counterarm.intake.raw_bytes import UnreadableFileError
from counterarm.intake.sdtm_formats import READERS, as_text

REQUIRED = ("dm", "ex", "qs", "ds")
DOMAINS = (*REQUIRED, "ae", "cm", "mh", "pr", "re", "vs", "lb", "sv")
QUALIFIERS = ("suppdm", "suppmh")
# Datasets of SDTM that hold nothing the template has: a site need not be asked why.
TRIAL_DESIGN = ("ta", "te", "ti", "ts", "tv", "td", "tm")
RELATIONS = ("se", "relrec", "relspec", "relsub", "co")
EVENTS = ("apmh", "ce", "dv", "ho", "ag", "ec", "pe", "sc", "su", "dd", "ie")
FINDINGS = (
    "bs",
    "cv",
    "eg",
    "fa",
    "ft",
    "is",
    "mb",
    "mi",
    "mk",
    "ml",
    "nv",
    "pc",
    "pp",
)
NOT_NEEDED = (*TRIAL_DESIGN, *RELATIONS, *EVENTS, *FINDINGS, "ss")
# Names that the queries give to columns beside those of a dataset.
RESERVED = {"line_number", "record_number", "file_name", "row_text", "subject_id"}


@dataclass(frozen=True)
class DatasetFile:
    """One file of a dataset, and a Parquet copy of it with every value as text.

    The copy has the columns `columns`, in lower case, and line_number from 1;
    `first_record` is the number of records of the dataset in the files before it.
    """

    path: Path
    sha256: str
    columns: tuple[str, ...]
    copy: Path
    n_rows: int
    first_record: int = 0


@dataclass(frozen=True)
class Dataset:
    """One dataset as delivered: one file, or several where it came split."""

    domain: str
    files: tuple[DatasetFile, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of any of the files."""
        return tuple(dict.fromkeys(c for file in self.files for c in file.columns))

    @property
    def n_rows(self) -> int:
        """Records of all files."""
        return sum(file.n_rows for file in self.files)


def sdtm_files(
    folder: Path, encodings: Mapping[str, str] | None = None
) -> dict[str, list[Path]]:
    """Return the files of each dataset that is read, empty where DM is not there.

    A dataset is called by its domain, or, where it was split, by its domain and more
    (`qsal`, `qs1`); of those the column DOMAIN (RDOMAIN of SUPP--) must say so too.
    """
    found: dict[str, list[Path]] = {}
    for path in dataset_paths(folder):
        domain = domain_of(path, encoding_of(path, encodings or {}))
        if domain is not None:
            found.setdefault(domain, []).append(path)
    return found if "dm" in found else {}


def dataset_paths(folder: Path) -> list[Path]:
    """Return the files of a folder whose ending is that of a dataset."""
    return [path for path in visible_files(folder) if path.suffix.lower() in READERS]


def domain_of(path: Path, encoding: str | None) -> str | None:
    """Return the dataset that a file holds, None where it is none that is read."""
    stem = path.stem.lower()
    if stem in (*DOMAINS, *QUALIFIERS):
        return stem
    is_supp = stem.startswith("supp")
    domain = stem[:6] if is_supp else stem[:2]
    if domain not in (*DOMAINS, *QUALIFIERS) or domain == "dm" or stem in NOT_NEEDED:
        return None
    try:
        columns, values = next(READERS[path.suffix.lower()](path, encoding))
    except UnreadableFileError:
        # a name as split datasets have it: the reason is reported when it is copied
        return domain if len(stem) <= len(domain) + 2 else None
    named = [column.lower() for column in columns]
    wanted = "rdomain" if is_supp else "domain"
    if wanted not in named:
        return None
    found = {str(value).strip().lower() for value in values[named.index(wanted)]}
    return domain if found == {domain.removeprefix("supp")} else None


def encoding_of(path: Path, encodings: Mapping[str, str]) -> str | None:
    """Return the encoding that site_files.csv names for a file, `*` standing for any.

    A row that names the file counts before one with a pattern.
    """
    name = path.name.lower()
    matching = [
        key for key in encodings if fnmatch.fnmatchcase(name, key.replace("[", "[[]"))
    ]
    return encodings[max(matching, key=len)] if matching else None


def copy_file(path: Path, copy: Path, encoding: str | None, first: int) -> DatasetFile:
    """Copy a dataset's file to Parquet, every value as text; no value is looked at.

    `first` is the number of records in the files before it. Raises
    `UnreadableFileError` for a file that is no such dataset, or has no column USUBJID.
    """
    blocks = READERS[path.suffix.lower()](path, encoding)
    make_folder(copy.parent)
    columns, values = next(blocks)
    columns = tuple(column.lower() for column in columns)
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice or RESERVED & set(columns):
        raise UnreadableFileError(
            f"{path.name}: the column {[*twice, *RESERVED & set(columns)][0]!r} stands "
            "twice, or has a name that is not SDTM's"
        )
    if "usubjid" not in columns:
        raise UnreadableFileError(
            f"{path.name}: has no column USUBJID; found {', '.join(columns)}"
        )
    schema = pa.schema(
        [("line_number", pa.int64()), *((name, pa.string()) for name in columns)]
    )
    n = 0
    with pq.ParquetWriter(copy, schema) as writer:
        while values is not None:
            rows = len(values[0])
            numbers = pa.array(range(n + 1, n + rows + 1), pa.int64())
            texts = [pa.array(map(as_text, one), pa.string()) for one in values]
            writer.write_table(pa.table([numbers, *texts], schema=schema))
            n += rows
            _, values = next(blocks, (None, None))
    return DatasetFile(path, digest_of(path), columns, copy, n, first)
