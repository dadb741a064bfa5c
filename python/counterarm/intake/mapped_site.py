"""The files of a site that has rows in the mapping seeds."""

from fnmatch import fnmatch
from pathlib import Path

import pandas as pd

from counterarm.intake.csv_file import CsvFile, line_columns, read_csv_file
from counterarm.intake.locate import visible_files
from counterarm.intake.mapped_reader import lines_read_sql, mapped_reader_sql
from counterarm.intake.mapping import FileMapping, Record, SiteMapping
from counterarm.intake.raw_bytes import UnreadableFileError
from counterarm.intake.reader import empty_reader_sql


def describe_mapped_site(
    source: str,
    folder: Path,
    mapping: SiteMapping,
    tables: pd.DataFrame,
    columns: pd.DataFrame,
    copies_dir: Path,
    problems: list[str],
) -> list[dict]:
    """Return one row of `describe_delivery` per template table and file that fills it.

    `tables` and `columns` are those of the template. What is wrong goes to `problems`.
    """
    rows: list[dict] = []
    used: set[str] = set()
    first_row = dict.fromkeys(tables["table_name"], 0)
    for file in mapping.files.values():
        path = find_file(source, folder, file, problems)
        if path is None:
            continue
        used.add(path.name)
        form = file.form
        try:
            found = read_csv_file(path, copies_dir, form.delimiter, form.encoding)
        except UnreadableFileError as error:
            problems.append(f"{folder}: {error}")
            continue
        missing = missing_headings(path, file, found)
        problems += missing
        if not missing:
            rows += file_rows(source, path, file, found, mapping, columns, first_row)
    rows += empty_tables(source, mapping, tables, columns, problems)
    problems += unfilled_columns(source, mapping, columns)
    rows += [
        {
            "source": source,
            "source_kind": "site",
            "is_delivered": True,
            "file_name": path.name,
            "note": "not used: no row of site_columns.csv names it",
        }
        for path in visible_files(folder)
        if path.name not in used
    ]
    return rows


def find_file(
    source: str, folder: Path, file: FileMapping, problems: list[str]
) -> Path | None:
    """Return the file that a mapping names, with `*` for what changes in its name."""
    names = [path.name for path in visible_files(folder)]
    wanted = file.file_name.lower()
    found = [
        name
        for name in names
        if fnmatch(name.lower(), wanted) or fnmatch(name.lower(), f"{wanted}.gz")
    ]
    if len(found) == 1:
        return folder / found[0]
    if found:
        problems.append(
            f"{folder}: several files are {file.file_name} of site_columns.csv: "
            f"{', '.join(found)}; keep one, or give each rows of its own"
        )
    else:
        problems.append(
            f"{source}: the file {file.file_name} of site_columns.csv is missing; "
            f"looked in {folder}, found {', '.join(names) or 'no file'}"
        )
    return None


def missing_headings(path: Path, file: FileMapping, found: CsvFile) -> list[str]:
    """Say which columns the mapping names that the file does not have."""
    named = [column for record in file.records for column in record.site_columns]
    named += sorted(file.unused_columns)
    return [
        f"{path}: line 1: the column {column} of site_columns.csv is missing; found "
        f"{', '.join(found.headings)}"
        for column in dict.fromkeys(named)
        if column not in found.headings
    ]


def file_rows(
    source: str,
    path: Path,
    file: FileMapping,
    found: CsvFile,
    mapping: SiteMapping,
    columns: pd.DataFrame,
    first_row: dict[str, int],
) -> list[dict]:
    """Return a row for each template table that a file fills.

    `first_row` is moved on by the lines of the file for each record, as if the file
    had been delivered once for each: so rows of a table keep numbers of their own.
    """
    named = {column for record in file.records for column in record.site_columns}
    by_table: dict[str, list[Record]] = {}
    for record in file.records:
        by_table.setdefault(record.table_name, []).append(record)
    rows = []
    for table, records in by_table.items():
        expected = columns[columns["table_name"] == table].sort_values("position")
        types = dict(zip(expected["column_name"], expected["data_type"], strict=True))
        readers = []
        for record in records:
            readers.append(
                mapped_reader_sql(
                    source,
                    found,
                    file.form,
                    record,
                    {
                        column: codes
                        for (of, column), codes in mapping.codes.items()
                        if of == table
                    },
                    types,
                    first_row[table],
                    takes_broken_lines=record is file.records[0],
                )
            )
            first_row[table] += found.counts.n_records
        filled = {part.column_name for record in records for part in record.parts}
        rows.append(
            {
                "source": source,
                "source_kind": "site",
                "table_name": table,
                "is_delivered": True,
                "file_name": path.name,
                "layout": "mapped",
                "sha256": found.sha256,
                "absent_columns": ", ".join(c for c in types if c not in filled),
                "unexpected_columns": ", ".join(
                    heading
                    for heading in found.headings
                    if heading not in named | file.unused_columns
                ),
                "note": None,
                "reader": all_of(readers),
                "lines_reader": lines_read_sql(source, found, file.form, file.records),
            }
            | line_columns(found.counts)
        )
    return rows


def all_of(readers: list[str]) -> str:
    """Return the query that reads what several queries of one form read."""
    if len(readers) == 1:
        return readers[0]
    together = "\n    union all\n".join(f"({reader})" for reader in readers)
    return f"select * from ({together})"


def empty_tables(
    source: str,
    mapping: SiteMapping,
    tables: pd.DataFrame,
    columns: pd.DataFrame,
    problems: list[str],
) -> list[dict]:
    """Return a row for each table that nothing fills; note those that are required."""
    filled = {
        record.table_name for file in mapping.files.values() for record in file.records
    }
    rows = []
    for table in tables.itertuples():
        if table.table_name in filled:
            continue
        if table.is_required:
            problems.append(
                f"{source}: no row of site_columns.csv fills the required table "
                f"{table.table_name}"
            )
        wanted = columns[columns["table_name"] == table.table_name]
        rows.append(
            {
                "source": source,
                "source_kind": "site",
                "table_name": table.table_name,
                "is_delivered": False,
                "note": "not mapped: read as an empty table",
                "reader": empty_reader_sql(
                    source, wanted.sort_values("position")["column_name"].tolist()
                ),
            }
        )
    return rows


def unfilled_columns(
    source: str, mapping: SiteMapping, columns: pd.DataFrame
) -> list[str]:
    """Say which records fill no column without which every row would be rejected."""
    required = columns[columns["value_is_required"]]
    return [
        f"{source}: no row of site_columns.csv fills {column}, which every row of "
        f"{record.table_name} needs, from {file.file_name}"
        + (f" (record {record.name})" if record.name else "")
        for file in mapping.files.values()
        for record in file.records
        for column in required.loc[
            required["table_name"] == record.table_name, "column_name"
        ]
        if column not in {part.column_name for part in record.parts}
    ]
