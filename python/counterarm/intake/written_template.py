"""A site in the form of the template whose dates, numbers or codes are its own."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from counterarm.intake.leftover import heading_problems
from counterarm.intake.locate import DeliveredFile
from counterarm.intake.mapped_site import file_rows, goes_by
from counterarm.intake.mapping import (
    FileForm,
    FileMapping,
    Part,
    Record,
    SiteMapping,
)
from counterarm.intake.opened import read_delivered
from counterarm.intake.raw_bytes import UnreadableFileError


def describe_written_file(
    source: str,
    kind: str,
    table: str,
    file: DeliveredFile,
    expected: pd.DataFrame,
    copies_dir: Path,
    site: SiteMapping,
) -> dict:
    """Return the row of one file as `describe_file` does, by what the seeds say.

    `site` has a form for the file, or meanings of codes. Each column fills the column
    of its name.
    """
    form = form_of(site, file)
    try:
        found, remarks = read_delivered(
            file, form, copies_dir, comma_columns(form, expected)
        )
    except UnreadableFileError as error:
        return {"problems": [f"{file.path.parent}: {error}"]}
    problems = heading_problems(table, file, found, expected)
    if problems:
        return {"problems": problems}
    parts = [Part(c, c) for c in expected["column_name"] if c in found.headings]
    record = Record(table, "", parts=parts, takes_all=True)
    mapping = FileMapping(file.name, form, [record])
    (row,) = file_rows(source, file, mapping, found, site, expected, {table: 0})
    note = "; ".join(remarks) or None
    return row | {"layout": "template", "note": note, "problems": []}


def form_of(site: SiteMapping, file: DeliveredFile) -> FileForm:
    """Return how a file is written, UTF-8 with commas and ISO dates if nothing says."""
    matching = [name for name in site.forms if goes_by(file, name)]
    return site.forms[max(matching, key=len)] if matching else FileForm()


def comma_columns(form: FileForm, expected: pd.DataFrame) -> set[str]:
    """Return the columns whose numbers have a decimal comma."""
    return set(expected["column_name"]) if form.decimal_mark == "," else set()


def unknown_files(
    source: str, site: SiteMapping, files: Sequence[DeliveredFile]
) -> list[str]:
    """Say which rows of site_files.csv name no file of a site."""
    found = ", ".join(file.name for file in files) or "no file"
    return [
        f"{source}: the file {name} of site_files.csv is missing; found {found}"
        for name in site.forms
        if not any(goes_by(file, name) for file in files)
    ]
