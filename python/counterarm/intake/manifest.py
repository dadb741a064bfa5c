"""What a sender says was sent: a `manifest.csv` with file, rows and sha256."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from counterarm.intake.copies import digest_of
from counterarm.intake.forms import nfc
from counterarm.intake.locate import MANIFEST, manifest_of, site_folders, visible_files
from counterarm.intake.record_counts import count_records

HEADINGS = ("file", "rows", "sha256")
SHA256 = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
COLUMNS = [
    "source",
    "file_name",
    "line_number",
    "listed_rows",
    "listed_sha256",
    "is_there",
    "found_sha256",
]


class ManifestError(ValueError):
    """A manifest that cannot be read; names file, line and what to do."""


@dataclass(frozen=True)
class Listed:
    """A file as the sender lists it; rows and digest are None where not given."""

    file_name: str
    line_number: int
    rows: int | None
    sha256: str | None


def read_manifest(path: Path) -> list[Listed]:
    """Read a manifest: a file's name, its rows after the heading, its SHA-256.

    Its delimiter is a comma, a semicolon or a tab, as in the heading. One of rows and
    sha256 may be left out, or empty. Raises `ManifestError` for another heading, a line
    that does not fit it, a name with a folder, a file that is listed twice, rows that
    are no whole number, or a digest that is none.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ManifestError(f"{path}: is not UTF-8; save it as UTF-8") from None
    lines = text.splitlines()
    # a spreadsheet writes the delimiter of its locale
    delimiter = max(",;\t", key="".join(lines[:1]).count)
    reader = csv.reader(lines, delimiter=delimiter)
    headings = [heading.strip().lower() for heading in next(reader, [])]
    if "file" not in headings or set(headings) - set(HEADINGS) or len(headings) < 2:
        raise ManifestError(
            f"{path}: line 1: the headings must be file, rows, sha256 (rows or sha256 "
            f"may be left out), found {', '.join(headings) or 'nothing'}"
        )
    listed: dict[str, Listed] = {}
    for fields in reader:
        if any(field.strip() for field in fields):
            one = listed_file(path, reader.line_num, headings, fields)
            name = nfc(one.file_name)
            if name in listed:
                raise ManifestError(
                    f"{path}: line {one.line_number}: {one.file_name} is listed in "
                    f"line {listed[name].line_number} too; keep one"
                )
            listed[name] = one
    return list(listed.values())


def listed_file(
    path: Path, line: int, headings: list[str], fields: list[str]
) -> Listed:
    """Return what a line lists; raise `ManifestError` where it makes no sense."""
    place = f"{path}: line {line}"
    if len(fields) != len(headings):
        raise ManifestError(
            f"{place}: {len(fields)} fields, but {len(headings)} headings; write each "
            "file as file,rows,sha256"
        )
    given = {
        heading: field.strip() for heading, field in zip(headings, fields, strict=True)
    }
    name, rows, digest = (given.get(heading, "") for heading in HEADINGS)
    if not name or "/" in name or "\\" in name:
        raise ManifestError(
            f"{place}: {name!r} is not the name of a file in this folder; write the "
            "name alone"
        )
    if rows and not re.fullmatch(r"[0-9]+", rows):
        raise ManifestError(
            f"{place}: rows is {rows!r}; write the number of rows after the heading, "
            "or leave it empty"
        )
    if digest and not SHA256.fullmatch(digest):
        raise ManifestError(
            f"{place}: sha256 is {digest!r}; write the 64 digits that `sha256sum` "
            "prints, or leave it empty"
        )
    return Listed(name, line, int(rows) if rows else None, digest.lower() or None)


def listed_files(proact_dir: str | Path, sites_dir: str | Path) -> pd.DataFrame:
    """Return one row per file of a folder with a manifest: as listed, and as found.

    Files that are there and not listed have no line_number. Raises `ManifestError`.
    """
    folders = [("proact", Path(proact_dir))]
    folders += [
        (folder.name.lower(), folder) for folder in site_folders(Path(sites_dir))
    ]
    rows = []
    for source, folder in folders:
        path = manifest_of(folder)
        if path is None:
            continue
        # a Mac writes the accents of a name as characters of their own
        found = {nfc(file.name): file for file in visible_files(folder)}
        listed = {nfc(one.file_name): one for one in read_manifest(path)}
        for name in sorted(found.keys() | listed.keys()):
            one, file = listed.get(name), found.get(name)
            rows.append(
                {
                    "source": source,
                    "file_name": file.name if file else name,
                    "line_number": one and one.line_number,
                    "listed_rows": one and one.rows,
                    "listed_sha256": one and one.sha256,
                    "is_there": file is not None,
                    "found_sha256": file and digest_of(file),
                }
            )
    types = dict.fromkeys(COLUMNS, "string") | {
        "line_number": "Int64",
        "listed_rows": "Int64",
        "is_there": "bool",
    }
    return pd.DataFrame(rows, columns=COLUMNS).astype(types)


def write_manifest(folder: Path) -> Path:
    """Write the manifest of a folder's files; returns its path.

    Rows are counted where a file is a CSV, compressed or not. Raises
    `FileExistsError` where there is a manifest, `FileNotFoundError` where there is no
    file to list.
    """
    if manifest_of(folder):
        raise FileExistsError(
            f"{folder / MANIFEST} already exists; move it to write a new one"
        )
    files = visible_files(folder)
    if not files:
        raise FileNotFoundError(f"{folder}: no file to list")
    path = folder / MANIFEST
    with path.open("x", encoding="utf-8", newline="") as written:
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(HEADINGS)
        for file in files:
            n = count_records(file)
            writer.writerow([file.name, "" if n is None else n, digest_of(file)])
    return path
