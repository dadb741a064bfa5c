"""What the mapping seeds say of a site: its files, columns and codes."""

import codecs
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from counterarm.intake.forms import (
    Condition,
    FormError,
    date_forms,
    key_of,
    nfc,
    parse_filter,
)

SEEDS = ("site_files", "site_columns", "site_codes")
# A drafted row is used only once a person has taken this word out of its note.
TO_CONFIRM = "CONFIRM"
DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
LINES_SHOWN = 8


@dataclass(frozen=True)
class FileForm:
    """How the text of a site's file is written."""

    delimiter: str = ","
    encoding: str = "utf-8"
    date_format: str | None = None
    decimal_mark: str = "."
    missing_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One column of a site's file, or a fixed text, that fills a template column."""

    column_name: str
    site_column: str | None = None
    constant: str | None = None
    checkbox_level: str | None = None
    date_format: str | None = None
    decimal_mark: str | None = None


@dataclass
class Record:
    """What a line of a file is turned into: one row of a template table."""

    table_name: str
    name: str
    row_filter: str | None = None
    parts: list[Part] = field(default_factory=list)
    takes_all: bool = False

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Conditions that a line must meet; none: a line that fills a column of it."""
        return parse_filter(self.row_filter) if self.row_filter else ()

    @property
    def site_columns(self) -> list[str]:
        """Columns of the site's file that the record reads, filter included."""
        named = [part.site_column for part in self.parts if part.site_column]
        return list(dict.fromkeys([*named, *(c.column for c in self.conditions)]))


@dataclass
class FileMapping:
    """One file of a site: its form, its records, the columns that are not wanted."""

    file_name: str
    form: FileForm = field(default_factory=FileForm)
    records: list[Record] = field(default_factory=list)
    unused_columns: set[str] = field(default_factory=set)

    @property
    def comma_columns(self) -> set[str]:
        """Columns of the file whose numbers are to have a decimal comma."""
        return {
            part.site_column
            for record in self.records
            for part in record.parts
            if part.site_column and (part.decimal_mark or self.form.decimal_mark) == ","
        }


@dataclass
class SiteMapping:
    """All mapping rows of one site; `codes` by table and column, raw text to value.

    `forms` are those of files of a site without `files`: it has the template's columns.
    """

    files: dict[str, FileMapping] = field(default_factory=dict)
    codes: dict[tuple[str, str], dict[str, str | None]] = field(default_factory=dict)
    forms: dict[str, FileForm] = field(default_factory=dict)

    @property
    def is_described(self) -> bool:
        """Whether a site with the template's columns writes them differently."""
        return bool(self.forms or self.codes)


def read_mappings(
    seeds: Mapping[str, pd.DataFrame],
    columns: pd.DataFrame,
    problems: list[str],
    sdtm_sites: Collection[str] = (),
) -> dict[str, SiteMapping]:
    """Return the mapping of each site that has rows; note every row that is wrong.

    `seeds` holds the rows of `SEEDS`, in the order of their files; `columns` those of
    raw_columns.csv. Of `sdtm_sites`, unless they are mapped, site_files.csv has the
    encodings of datasets. A problem names seed, line, column and value.
    """
    if not any(len(seeds[seed]) for seed in SEEDS if seed in seeds):
        return {}
    types = {
        (row.table_name, row.column_name): row.data_type
        for row in columns[columns["source_kind"] == "site"].itertuples()
    }
    sites: dict[str, SiteMapping] = {}
    note = _Notes(problems)
    for line, row in lines(seeds, "site_columns", note):
        site = sites.setdefault(row["site"], SiteMapping())
        _add_column(site, row, types, lambda *w, n=line: note("site_columns", n, *w))
    for line, row in lines(seeds, "site_files", note):
        if row["site"] in sdtm_sites and row["site"] not in sites:
            continue
        site = sites.setdefault(row["site"], SiteMapping())
        _add_form(site, row, lambda *w, n=line: note("site_files", n, *w))
    for line, row in lines(seeds, "site_codes", note):
        if row["site"] in sdtm_sites and row["site"] not in sites:
            text = "has SDTM, whose codes are not mapped; delete the row"
            note("site_codes", line, "site", row["site"], text)
            continue
        site = sites.setdefault(row["site"], SiteMapping())
        _add_code(site, row, types, lambda *w, n=line: note("site_codes", n, *w))
    note.unconfirmed()
    return sites


class _Notes:
    """Collects problems with the place where they stand."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        self.to_confirm: dict[tuple[str, str], list[int]] = {}

    def __call__(
        self, seed: str, line: int, column: str, value: str | None, text: str
    ) -> None:
        shown = "" if value is None else f" {value!r}"
        self.problems.append(
            f"seeds/mappings/{seed}.csv line {line}: {column}{shown} {text}"
        )

    def unconfirmed(self) -> None:
        for (seed, site), found in self.to_confirm.items():
            shown = ", ".join(map(str, found[:LINES_SHOWN]))
            more = "" if len(found) <= LINES_SHOWN else ", ..."
            self.problems.append(
                f"seeds/mappings/{seed}.csv: {len(found)} row(s) of the site {site} "
                f"are still marked {TO_CONFIRM} (line {shown}{more}); check each, "
                "correct it and remove the word from its note"
            )


def lines(
    seeds: Mapping[str, pd.DataFrame], seed: str, note: _Notes
) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Yield line number and cells of each row with a site; an empty cell is None."""
    rows = seeds[seed].to_dict("records") if seed in seeds else []
    for line, row in enumerate(rows, start=2):
        cells = {
            column: None
            if value is None or value is pd.NA or value != value or not str(value)
            else nfc(str(value)).strip() or None
            for column, value in row.items()
        }
        if cells["site"] is None:
            note(seed, line, "site", None, "must not be empty")
            continue
        cells["site"] = cells["site"].lower()
        if (cells.get("note") or "").startswith(TO_CONFIRM):
            note.to_confirm.setdefault((seed, cells["site"]), []).append(line)
        yield line, cells


def _add_form(site: SiteMapping, row: dict, note) -> None:
    key = key_of(row["file_name"] or "")
    if not key or (site.files and key not in site.files):
        note("file_name", row["file_name"], "has no row in site_columns.csv")
        return
    encoding = row["encoding"] or "utf-8"
    try:
        codecs.lookup(encoding)
    except LookupError:
        note("encoding", encoding, "is not an encoding that Python knows")
        encoding = "utf-8"
    delimiter = DELIMITERS.get(row["delimiter"] or "comma", row["delimiter"])
    if len(delimiter) != 1:
        note("delimiter", delimiter, f"is none of {', '.join(DELIMITERS)}")
        delimiter = ","
    form = FileForm(
        delimiter=delimiter,
        encoding=encoding,
        date_format=_date_format(row["date_format"], note),
        decimal_mark=_decimal_mark(row["decimal_mark"], note) or ".",
        missing_values=tuple(
            value.strip() for value in (row["missing_values"] or "").split("|")
        ),
    )
    if site.files:
        site.files[key].form = form
    else:
        site.forms[key] = form


def _add_column(site: SiteMapping, row: dict, types: dict, note) -> None:
    if row["file_name"] is None:
        note("file_name", None, "must not be empty")
        return
    key = key_of(row["file_name"])
    file = site.files.setdefault(key, FileMapping(row["file_name"]))
    source = key_of(row["site_column"]) if row["site_column"] else None
    table, column = row["table_name"], row["column_name"]
    if table is None and column is None and source is not None:
        file.unused_columns.add(source)
        return
    data_type = types.get((table, column))
    if data_type is None:
        note("column_name", column, f"is not a column of the template table {table}")
        return
    if (source is None) == (row["constant"] is None):
        note("site_column", source, "or constant must be given, and not both")
        return
    name = row["record"] or ""
    record = next(
        (r for r in file.records if (r.table_name, r.name) == (table, name)), None
    )
    if record is None:
        record = Record(table, name)
        file.records.append(record)
    if row["row_filter"] is not None:
        if record.row_filter not in (None, row["row_filter"]):
            note(
                "row_filter",
                row["row_filter"],
                f"is not that of an earlier row of the record, {record.row_filter!r}",
            )
            return
        try:
            parse_filter(row["row_filter"])
            record.row_filter = row["row_filter"]
        except FormError as error:
            note("row_filter", row["row_filter"], str(error))
    for other in record.parts:
        if other.column_name == column and (
            (other.checkbox_level is None) != (row["checkbox_level"] is None)
        ):
            note("checkbox_level", None, f"is given for a part of {column} only")
    if row["date_format"] is not None and data_type != "date":
        note("date_format", row["date_format"], f"is given for {column}, no date")
    record.parts.append(
        Part(
            column_name=column,
            site_column=source,
            constant=row["constant"],
            checkbox_level=row["checkbox_level"],
            date_format=_date_format(row["date_format"], note),
            decimal_mark=_decimal_mark(row["decimal_mark"], note),
        )
    )


def _add_code(site: SiteMapping, row: dict, types: dict, note) -> None:
    key = (row["table_name"], row["column_name"])
    if key not in types:
        note("column_name", key[1], f"is not a column of the template table {key[0]}")
        return
    if site.files and not any(
        part.column_name == key[1]
        for file in site.files.values()
        for record in file.records
        if record.table_name == key[0]
        for part in record.parts
    ):
        note("column_name", key[1], "is filled by no row of site_columns.csv")
    if row["raw_value"] is None:
        note("raw_value", None, "must not be empty; an empty value is missing anyway")
        return
    codes = site.codes.setdefault(key, {})
    raw = row["raw_value"].lower()
    if codes.get(raw, row["value"]) != row["value"]:
        note("raw_value", row["raw_value"], f"has two meanings, {codes[raw]!r} is one")
    codes[raw] = row["value"]


def _date_format(text: str | None, note) -> str | None:
    if text is None:
        return None
    try:
        date_forms(text)
    except FormError as error:
        note("date_format", text, str(error))
        return None
    return text


def _decimal_mark(text: str | None, note) -> str | None:
    if text not in (None, ".", ","):
        note("decimal_mark", text, "is neither . nor ,")
        return None
    return text
