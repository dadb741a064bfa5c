"""The files of a site that has rows in the mapping seeds."""

from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd

from counterarm.intake.csv_file import CsvFile, line_columns
from counterarm.intake.forms import key_of
from counterarm.intake.leftover import special, unused_file
from counterarm.intake.locate import DeliveredFile
from counterarm.intake.mapped_reader import lines_read_sql, mapped_reader_sql
from counterarm.intake.mapping import FileMapping, Record, SiteMapping
from counterarm.intake.opened import read_delivered, sheet_form
from counterarm.intake.raw_bytes import UnreadableFileError
from counterarm.intake.reader import empty_reader_sql
from counterarm.intake.repeated import repeated_columns
from counterarm.intake.roles import role_hint
from counterarm.intake.workbooks import delivered_files


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
    used: list[DeliveredFile] = []
    first_row = dict.fromkeys(tables["table_name"], 0)
    there = delivered_files(folder, problems)
    for file in mapping.files.values():
        delivered = find_file(source, folder, file, there, problems)
        if delivered is None:
            continue
        if delivered in used:
            problems.append(
                f"{folder / delivered.name}: matches two names in site_columns.csv, "
                f"one of them {file.file_name}; write the same name in all its rows"
            )
            continue
        used.append(delivered)
        try:
            found, remarks = read_delivered(
                delivered, file.form, copies_dir, file.comma_columns
            )
        except UnreadableFileError as error:
            problems.append(f"{folder}: {error}")
            continue
        missing = missing_headings(delivered, file, found)
        problems += missing
        if not missing:
            given = (source, delivered, file, found, mapping, columns, first_row)
            note = "; ".join(remarks) or None
            rows += [row | {"note": note} for row in file_rows(*given)]
    rows += empty_tables(source, mapping, tables, columns, problems)
    problems += unfilled_columns(source, mapping, columns)
    return rows + [
        unused_file(
            source,
            "site",
            file.name,
            special(file, used) or "not used: no row of site_columns.csv names it",
        )
        for file in there
        if file not in used
    ]


def goes_by(file: DeliveredFile, name: str) -> bool:
    """Tell whether a file goes by a name of the seeds; `*` is what changes in it."""
    wanted = key_of(name).replace("[", "[[]")
    return any(
        fnmatch(key_of(one), form)
        for one in file.names
        for form in (wanted, f"{wanted}.gz")
    )


def find_file(
    source: str,
    folder: Path,
    file: FileMapping,
    there: list[DeliveredFile],
    problems: list[str],
) -> DeliveredFile | None:
    """Return the file that a mapping names, with `*` for what changes in its name."""
    found = [one for one in there if goes_by(one, file.file_name)]
    names = [one.name for one in there]
    if len(found) == 1:
        return found[0]
    if found:
        problems.append(
            f"{folder}: several files are {file.file_name} of site_columns.csv: "
            f"{', '.join(one.name for one in found)}; keep one, or give each rows of "
            "its own"
        )
    else:
        problems.append(
            f"{source}: the file {file.file_name} of site_columns.csv is missing; "
            f"looked in {folder}, found {', '.join(names) or 'no file'}"
        )
    return None


def missing_headings(
    delivered: DeliveredFile, file: FileMapping, found: CsvFile
) -> list[str]:
    """Say which columns the mapping names that the file does not have, or has twice."""
    place = f"{delivered.path.parent / delivered.name}: {found.heading.place}"
    named = [column for record in file.records for column in record.site_columns]
    twice = repeated_columns(
        dict.fromkeys(named),
        found.repeated,
        "name the one that is meant in site_columns.csv, {first} to {last}",
    )
    named += sorted(file.unused_columns)
    return [f"{place}: {text}" for text in twice] + [
        f"{place}: the column {column} of site_columns.csv is missing; found "
        f"{', '.join(found.headings)}"
        for column in dict.fromkeys(named)
        if column not in found.headings and column not in found.repeated
    ]


def file_rows(
    source: str,
    delivered: DeliveredFile,
    file: FileMapping,
    found: CsvFile,
    mapping: SiteMapping,
    columns: pd.DataFrame,
    first_row: dict[str, int],
) -> list[dict]:
    """Return a row for each template table that a file fills.

    `first_row` is moved on by the records of the file for each record, as if the file
    had been delivered once for each: so rows of a table keep unique numbers.
    """
    named = {column for record in file.records for column in record.site_columns}
    named |= numbered(file.unused_columns, found)
    form = sheet_form(delivered, file.form)
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
                    form,
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
                "file_name": delivered.name,
                "layout": "mapped",
                "sha256": found.sha256,
                "absent_columns": ", ".join(c for c in types if c not in filled),
                "unexpected_columns": ", ".join(
                    heading for heading in found.headings if heading not in named
                ),
                "note": None,
                "reader": all_of(readers),
                "lines_reader": lines_read_sql(source, found, form, file.records),
            }
            | line_columns(found.counts)
        )
    return rows


def numbered(columns: Iterable[str], found: CsvFile) -> set[str]:
    """Return the columns of a file by some names; a heading twice stands for both."""
    return {
        name
        for column in columns
        for name in (
            [f"{column} ({n + 1})" for n in range(len(found.repeated[column]))]
            if column in found.repeated
            else [column]
        )
    }


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
                f"{table.table_name}{role_hint(source, table)}"
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
