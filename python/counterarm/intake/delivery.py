"""The delivery as a whole: which table came in which file, or what is in the way."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from counterarm.intake.csv_file import line_columns
from counterarm.intake.entries import (
    link_out,
    loose_files,
    odd_entries,
    unreadable_names,
)
from counterarm.intake.leftover import (
    heading_problems,
    missing_table,
    unused_file,
    unused_files,
)
from counterarm.intake.locate import DeliveredFile, manifest_of, path_of, site_folders
from counterarm.intake.manifest import ManifestError, read_manifest
from counterarm.intake.mapped_site import describe_mapped_site
from counterarm.intake.mapping import FileForm, SiteMapping, read_mappings
from counterarm.intake.opened import has_rows, read_delivered
from counterarm.intake.raw_bytes import UnreadableFileError
from counterarm.intake.reader import empty_reader_sql, reader_sql
from counterarm.intake.roles import TREATED, read_roles, role_hint, tables_of
from counterarm.intake.sdtm_files import sdtm_files
from counterarm.intake.sdtm_seeds import read_encodings, read_sdtm_seeds
from counterarm.intake.sdtm_site import describe_sdtm_site
from counterarm.intake.workbooks import delivered_files
from counterarm.intake.written_template import describe_written_file, unknown_files

COLUMNS = [
    "source",
    "source_kind",
    "table_name",
    "is_delivered",
    "file_name",
    "layout",
    "sha256",
    "absent_columns",
    "unexpected_columns",
    "n_physical_lines",
    "n_heading_lines",
    "n_blank_lines",
    "n_line_ends_in_quotes",
    "n_records",
    "has_final_line_end",
    "note",
    "link_target",
    "reader",
    "lines_reader",
]
# Of text, or numbers that may be missing, although most or all are null.
TYPES = {
    "lines_reader": "string",
    "link_target": "string",
    "n_physical_lines": "Int64",
    "n_heading_lines": "Int64",
    "n_blank_lines": "Int64",
    "n_line_ends_in_quotes": "Int64",
    "n_records": "Int64",
    "has_final_line_end": "boolean",
}

# The source of files that lie in the folder of all sites.
BESIDE_SITES = "(no site)"


class DeliveryError(ValueError):
    """Everything that keeps a delivery from being read, a line for each."""


def describe_delivery(
    proact_dir: str | Path,
    sites_dir: str | Path,
    tables: pd.DataFrame,
    columns: pd.DataFrame,
    mappings: Mapping[str, pd.DataFrame] | None = None,
    copies_dir: str | Path = "copies",
) -> pd.DataFrame:
    """Find and describe the files of a delivery, one row per source, table and file.

    `tables` holds source_kind (proact or site), table_name, is_required and, where a
    role of sites needs no such file, not_required_of; `columns` holds source_kind,
    table_name, position, column_name and heading_is_required, and for sites other than
    in the template form data_type and value_is_required. `mappings` holds the seeds
    site_files, site_columns and site_codes, for sites that have rows there, and
    alsfrs_items and sdtm_events, for sites that have SDTM, with sdtm_items and
    sdtm_arms where there are any, and site_roles. Files that DuckDB cannot read as they
    lie get a copy in `copies_dir`.

    The result has the columns of `COLUMNS`: `reader` is a query that reads the file
    as text, or gives no row where a table that is not required was not delivered;
    `lines_reader` one that tells of each line whether any table takes it, null where
    all are taken; `absent_columns` and `unexpected_columns` are lists joined by commas.
    A file whose name stands for no table has a row too, without table and reader, and
    a `note`. `link_target` is where a file lies that is a link out of the delivery.

    Raises `DeliveryError` naming all of: folders that are not there, required tables
    without a file, tables with two files, required columns without a heading, files
    that cannot be read, rows of the mapping seeds or of a sender's manifest that make
    no sense. Each line says what was looked for, where, and what was found.
    """
    rows: list[dict] = []
    problems: list[str] = []
    mappings = mappings or {}
    has_sdtm = "sdtm_events" in mappings
    encodings = read_encodings(mappings, problems) if has_sdtm else {}
    seeds = read_sdtm_seeds(mappings, problems) if has_sdtm else None
    folders = sources(Path(proact_dir), Path(sites_dir), problems)
    of_sdtm = {
        source
        for source, kind, folder in folders
        if kind == "site" and seeds and sdtm_files(folder, encodings.get(source))
    }
    mapped = read_mappings(mappings, columns, problems, of_sdtm)
    roles = read_roles(mappings, problems)
    for source, kind, folder in folders:
        names = unreadable_names(folder)
        if names:
            problems.append(
                f"{source}: the name of a file is not UTF-8: {', '.join(names)}; "
                "rename it"
            )
            continue
        n_before = len(rows)
        of_kind = (
            tables_of(
                tables[tables["source_kind"] == kind], roles.get(source, TREATED)
            ),
            columns[columns["source_kind"] == kind],
        )
        check_manifest(folder, problems)
        given = (*of_kind, Path(copies_dir), problems)
        site = mapped.get(source, SiteMapping()) if kind == "site" else SiteMapping()
        if site.files:
            rows += describe_mapped_site(source, folder, site, *given)
        elif source in of_sdtm:
            of_site = encodings.get(source, {})
            rows += describe_sdtm_site(source, folder, seeds, of_site, *given)
        else:
            rows += describe_tables(source, kind, folder, site, *given)
        root = folder if kind == "proact" else folder.parent
        name_links(rows[n_before:], folder, root)
        rows += [
            unused_file(source, kind, name, note) for name, note in odd_entries(folder)
        ]
    if Path(sites_dir).is_dir():
        rows += [
            unused_file(BESIDE_SITES, "site", name, note)
            for name, note in loose_files(Path(sites_dir))
        ]
    if problems:
        raise DeliveryError(
            f"the delivery cannot be read, {len(problems)} problem(s):\n"
            + "\n".join(f"- {problem}" for problem in problems)
        )
    return pd.DataFrame(rows, columns=COLUMNS).astype(TYPES)


def name_links(rows: list[dict], folder: Path, root: Path) -> None:
    """Note in the rows of a folder which files are links out of the delivery."""
    for row in rows:
        if row.get("file_name"):
            row["link_target"] = link_out(path_of(folder, row["file_name"]), root)


def check_manifest(folder: Path, problems: list[str]) -> None:
    """Note what keeps the sender's manifest of a folder, if any, from being read."""
    path = manifest_of(folder)
    if path is None:
        return
    try:
        read_manifest(path)
    except ManifestError as error:
        problems.append(str(error))


def describe_tables(
    source: str,
    kind: str,
    folder: Path,
    site: SiteMapping,
    tables: pd.DataFrame,
    columns: pd.DataFrame,
    copies_dir: Path,
    problems: list[str],
) -> list[dict]:
    """Return a row per table of PRO-ACT or of a site in the form of the template.

    `site` has how the files of the site are written and what its codes mean, where the
    mapping seeds declare it.
    """
    files = delivered_files(folder, problems)
    found, blank = files_by_table(files, folder, kind, tables["table_name"], problems)
    problems += unknown_files(source, site, files)
    rows = unused_files(source, kind, files, list(found.values()), blank)
    for table in tables.itertuples():
        expected = columns[columns["table_name"] == table.table_name]
        expected = expected.sort_values("position")
        file = found.get(table.table_name)
        if file is None and table.is_required:
            problems.append(
                missing_table(source, table.table_name, kind, folder, files)
                + role_hint(source, table)
            )
        given = (source, kind, table.table_name, file, expected, copies_dir)
        if file is not None and site.is_described:
            row = describe_written_file(*given, site)
        else:
            row = describe_file(*given)
        problems += row.pop("problems")
        rows.append(row)
    return rows


def sources(
    proact_dir: Path, sites_dir: Path, problems: list[str]
) -> list[tuple[str, str, Path]]:
    """Return source, kind and folder of PRO-ACT and each site; note what is missing."""
    found = []
    if proact_dir.is_dir():
        found.append(("proact", "proact", proact_dir))
    else:
        problems.append(
            f"PRO-ACT: no folder {proact_dir}; set COUNTERARM_PROACT_DIR to the "
            "folder of the PRO-ACT CSVs, or generate a synthetic delivery with "
            "`counterarm demo demo`"
        )
    if not sites_dir.is_dir():
        problems.append(
            f"sites: no folder {sites_dir}; set COUNTERARM_SITES_DIR to the folder "
            "that holds one folder per site"
        )
        return found
    sites = site_folders(sites_dir)
    if not sites:
        problems.append(
            f"sites: looked for one folder per site in {sites_dir}, found none"
        )
    seen: dict[str, str] = {}
    for folder in sites:
        source = folder.name.lower()
        if source == "proact" or source in seen:
            problems.append(
                f"sites: the folder name {folder.name!r} in {sites_dir} stands for a "
                f"source that is already {seen.get(source, 'PRO-ACT')!r}; rename it"
            )
        seen[source] = folder.name
        found.append((source, "site", folder))
    return found


def files_by_table(
    files: Sequence[DeliveredFile],
    folder: Path,
    kind: str,
    tables: Iterable[str],
    problems: list[str],
) -> tuple[dict[str, DeliveredFile], list[DeliveredFile]]:
    """Return the file of each known table, and files that are blank forms of one.

    Of two files of a table, one without rows is not used. Tables that have two filled
    ones are noted.
    """
    known = set(tables)
    by_table: dict[str, list[DeliveredFile]] = {}
    for file in files:
        table = file.table(kind, known)
        if table is not None:
            by_table.setdefault(table, []).append(file)
    found: dict[str, DeliveredFile] = {}
    blank: list[DeliveredFile] = []
    for table, several in by_table.items():
        filled = [file for file in several if len(several) == 1 or has_rows(file)]
        if len(filled) > 1:
            problems.append(
                f"{folder}: two files for the table {table}: {filled[0].name} and "
                f"{filled[1].name}; keep one"
            )
        found[table] = (filled or sorted(several, key=lambda one: bool(one.sheet)))[0]
        blank += [one for one in several if one not in filled and one != found[table]]
    return found, blank


def describe_file(
    source: str,
    kind: str,
    table: str,
    file: DeliveredFile | None,
    expected: pd.DataFrame,
    copies_dir: Path,
) -> dict:
    """Return one row of `describe_delivery`, with what is wrong under `problems`."""
    wanted = expected["column_name"].tolist()
    row = {
        "source": source,
        "source_kind": kind,
        "table_name": table,
        "is_delivered": False,
        "note": "not delivered: read as an empty table",
        "reader": empty_reader_sql(source, wanted),
        "problems": [],
    }
    if file is None:
        return row
    try:
        found, remarks = read_delivered(file, FileForm(), copies_dir)
    except UnreadableFileError as error:
        return row | {"problems": [f"{file.path.parent}: {error}"]}
    return row | {
        "is_delivered": True,
        "file_name": file.name,
        "layout": file.layout if kind == "proact" else "template",
        "sha256": found.sha256,
        "absent_columns": ", ".join(c for c in wanted if c not in found.headings),
        "unexpected_columns": ", ".join(c for c in found.headings if c not in wanted),
        "note": "; ".join(remarks) or None,
        "reader": reader_sql(source, found, wanted),
        "problems": heading_problems(table, file, found, expected),
        **line_columns(found.counts),
    }
