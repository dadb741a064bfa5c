"""The delivery as a whole: which table came in which file, or what is in the way."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from counterarm.intake.csv_file import line_columns, read_csv_file
from counterarm.intake.entries import (
    link_out,
    odd_entries,
    unreadable_names,
    why_unused,
)
from counterarm.intake.locate import (
    layout_of,
    manifest_of,
    site_folders,
    table_of,
    visible_files,
)
from counterarm.intake.manifest import ManifestError, read_manifest
from counterarm.intake.mapped_site import describe_mapped_site
from counterarm.intake.mapping import read_mappings
from counterarm.intake.raw_bytes import UnreadableFileError
from counterarm.intake.reader import empty_reader_sql, reader_sql
from counterarm.intake.sdtm_files import sdtm_files
from counterarm.intake.sdtm_seeds import read_encodings, read_sdtm_seeds
from counterarm.intake.sdtm_site import describe_sdtm_site

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

    `tables` holds source_kind (proact or site), table_name and is_required; `columns`
    holds source_kind, table_name, position, column_name and heading_is_required, and
    for sites other than in the template form data_type and value_is_required.
    `mappings` holds the seeds site_files, site_columns and site_codes, for sites that
    have rows there, and alsfrs_items and sdtm_events, for sites that have SDTM, with
    sdtm_items and sdtm_arms where there are any. Files that DuckDB cannot read as they
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
    no sense. Each line says
    what was looked for, where, and what was found.
    """
    rows: list[dict] = []
    problems: list[str] = []
    mappings = mappings or {}
    has_sdtm = "sdtm_events" in mappings
    encodings = read_encodings(mappings, problems) if has_sdtm else {}
    mapped = read_mappings(mappings, columns, problems, encodings)
    seeds = read_sdtm_seeds(mappings, problems) if has_sdtm else None
    for source, kind, folder in sources(Path(proact_dir), Path(sites_dir), problems):
        names = unreadable_names(folder)
        if names:
            problems.append(
                f"{source}: the name of a file is no UTF-8: {', '.join(names)}; "
                "rename it"
            )
            continue
        n_before = len(rows)
        of_kind = (
            tables[tables["source_kind"] == kind],
            columns[columns["source_kind"] == kind],
        )
        check_manifest(folder, problems)
        given = (*of_kind, Path(copies_dir), problems)
        if kind == "site" and source in mapped:
            rows += describe_mapped_site(source, folder, mapped[source], *given)
        elif kind == "site" and seeds and sdtm_files(folder, encodings.get(source)):
            of_site = encodings.get(source, {})
            rows += describe_sdtm_site(source, folder, seeds, of_site, *given)
        else:
            rows += describe_tables(source, kind, folder, *given)
        root = folder if kind == "proact" else folder.parent
        name_links(rows[n_before:], folder, root)
        rows += [
            unused_file(source, kind, name, note) for name, note in odd_entries(folder)
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
            row["link_target"] = link_out(folder / row["file_name"], root)


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
    tables: pd.DataFrame,
    columns: pd.DataFrame,
    copies_dir: Path,
    problems: list[str],
) -> list[dict]:
    """Return a row per table of PRO-ACT or of a site in the form of the template."""
    found = files_by_table(folder, kind, set(tables["table_name"]), problems)
    rows = unused_files(source, kind, folder, found)
    for table in tables.itertuples():
        expected = columns[columns["table_name"] == table.table_name]
        path = found.get(table.table_name)
        if path is None and table.is_required:
            problems.append(missing_table(source, table.table_name, kind, folder))
        row = describe_file(
            source,
            kind,
            table.table_name,
            path,
            expected.sort_values("position"),
            copies_dir,
        )
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
            "folder of the PRO-ACT CSVs, or make a delivery up with "
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
    folder: Path, kind: str, known: set[str], problems: list[str]
) -> dict[str, Path]:
    """Return the file of each known table; note tables that have two."""
    found: dict[str, Path] = {}
    for path in visible_files(folder):
        table = table_of(path.name, kind)
        if table not in known:
            continue
        if table in found:
            problems.append(
                f"{folder}: two files for the table {table}: {found[table].name} and "
                f"{path.name}; keep one"
            )
            continue
        found[table] = path
    return found


def unused_files(
    source: str, kind: str, folder: Path, found: dict[str, Path]
) -> list[dict]:
    """Return a row for each file of the folder that holds no table we read."""
    used = [path.name for path in found.values()]
    return [
        unused_file(
            source,
            kind,
            path.name,
            why_unused(path, used)
            or "not used: its name stands for no table that is read",
        )
        for path in visible_files(folder)
        if path.name not in used
    ]


def unused_file(source: str, kind: str, name: str, note: str) -> dict:
    """Return the row of a file that holds no table."""
    return {
        "source": source,
        "source_kind": kind,
        "is_delivered": True,
        "file_name": name,
        "note": note,
    }


def missing_table(source: str, table: str, kind: str, folder: Path) -> str:
    """Say which file was looked for, where, and what was found."""
    wanted = (
        f"{table}.csv, PROACT_{table.upper()}.csv or F_PROACT_{table.upper()}.csv"
        if kind == "proact"
        else f"{table}.csv"
    )
    names = [path.name for path in visible_files(folder)]
    names += [
        f"{name} ({note.removeprefix('not used: ')})"
        for name, note in odd_entries(folder)
    ]
    return (
        f"{source}: the required table {table} is missing; looked for {wanted} (also "
        f".csv.gz, any case) in {folder}, found {', '.join(names) or 'no file'}"
    )


def describe_file(
    source: str,
    kind: str,
    table: str,
    path: Path | None,
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
    if path is None:
        return row
    try:
        file = read_csv_file(path, copies_dir)
    except UnreadableFileError as error:
        return row | {"problems": [f"{path.parent}: {error}"]}
    required = expected.loc[expected["heading_is_required"], "column_name"]
    missing = [column for column in required if column not in file.headings]
    problems = [
        f"{path}: line 1: the required column {column} of the table {table} is "
        f"missing; found {', '.join(file.headings)}"
        for column in missing
    ]
    return row | {
        "is_delivered": True,
        "file_name": path.name,
        "layout": layout_of(path.name) if kind == "proact" else "template",
        "sha256": file.sha256,
        "absent_columns": ", ".join(c for c in wanted if c not in file.headings),
        "unexpected_columns": ", ".join(c for c in file.headings if c not in wanted),
        "note": None,
        "reader": reader_sql(source, file, wanted),
        "problems": problems,
        **line_columns(file.counts),
    }
