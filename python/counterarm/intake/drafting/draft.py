"""Write the first draft of a site's mapping seeds."""

import csv
import tempfile
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from counterarm.intake.drafting.codes import CODELISTS, add_codes, codes_of
from counterarm.intake.drafting.dates import Order, order_of
from counterarm.intake.drafting.file_dates import FileDates
from counterarm.intake.drafting.guess import Guess, Words, assign, likeliest_table
from counterarm.intake.drafting.look import (
    DELIMITERS,
    VALUES_KEPT,
    Seen,
    SeenFile,
    commonest,
    count_subjects,
    look_at,
)
from counterarm.intake.drafting.redcap import is_bookkeeping
from counterarm.intake.forms import filter_text
from counterarm.intake.locate import DeliveredFile, csv_stem
from counterarm.intake.mapping import TO_CONFIRM
from counterarm.intake.raw_bytes import UnreadableFileError
from counterarm.intake.workbooks import delivered_files

HEADINGS = {
    "site_files": [
        "site",
        "file_name",
        "delimiter",
        "encoding",
        "date_format",
        "decimal_mark",
        "missing_values",
        "note",
    ],
    "site_columns": [
        "site",
        "file_name",
        "table_name",
        "record",
        "row_filter",
        "site_column",
        "column_name",
        "constant",
        "checkbox_level",
        "date_format",
        "decimal_mark",
        "note",
    ],
    "site_codes": ["site", "table_name", "column_name", "raw_value", "value", "note"],
}
# Columns that an export hardly ever has, since all patients have the same value.
OFTEN_CONSTANT = {"doses": ("treatment", "dose_unit")}
VALUES_SHOWN = 3


class DraftError(ValueError):
    """Why no draft can be written."""


class Draft(NamedTuple):
    """What a draft holds: the rows of each seed, and what no column was found for.

    `not_found` has the columns, as `doses.dose_date`, without which a row of a required
    table is rejected.
    """

    n_rows: dict[str, int]
    not_found: list[str]


def write_draft(site_dir: Path, out: Path, seeds: Path) -> Draft:
    """Write the draft of a site's three mapping seeds to `out`.

    Every row is a guess whose note begins with CONFIRM, which keeps it from being used.
    `seeds` is the project's folder of seeds. Raises `DraftError` where the site has no
    CSV or workbook or one that cannot be opened, and where a file would be overwritten.
    """
    problems: list[str] = []
    files = [
        file
        for file in delivered_files(site_dir, problems)
        if file.sheet is not None or csv_stem(file.path.name)
    ]
    if problems:
        raise DraftError("; ".join(problems))
    if not files:
        raise DraftError(f"{site_dir}: looked for .csv, .csv.gz or .xlsx, found none")
    there = [str(out / f"{name}.csv") for name in HEADINGS if file_is_there(out, name)]
    if there:
        raise DraftError(f"{', '.join(there)}: already exists; move it or use --out")
    words = Words(
        pd.read_csv(seeds / "mappings" / "raw_columns.csv"),
        pd.read_csv(seeds / "mappings" / "heading_words.csv", keep_default_na=False),
    )
    terms = pd.read_csv(seeds / "codelists" / "raw_terms.csv", keep_default_na=False)
    rows: dict[str, list[dict]] = {name: [] for name in HEADINGS}
    with tempfile.TemporaryDirectory(prefix="counterarm-map-") as copies:
        seen = [one for one in look_at_all(files, Path(copies)) if one is not None]
        order = order_of(one for file in seen for one in file.dates)
        for file in seen:
            draft_file(site_dir.name.lower(), file, words, terms, order, rows)
    out.mkdir(parents=True, exist_ok=True)
    for name, headings in HEADINGS.items():
        with (out / f"{name}.csv").open("x", newline="", encoding="utf-8") as written:
            writer = csv.DictWriter(written, headings, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows[name])
    return Draft(
        {name: len(drafted) for name, drafted in rows.items()},
        not_found(rows["site_columns"], words, seeds),
    )


def not_found(columns: list[dict], words: Words, seeds: Path) -> list[str]:
    """Return the needed columns of required tables that no row of a draft fills."""
    tables = pd.read_csv(seeds / "mappings" / "raw_tables.csv")
    is_needed = (tables["source_kind"] == "site") & tables["is_required"]
    filled = {(row.get("table_name"), row.get("column_name")) for row in columns}
    return sorted(
        f"{table}.{column}"
        for table, column in words.required - filled
        if table in set(tables.loc[is_needed, "table_name"]) and column != "subject_id"
    )


def look_at_all(files: list[DeliveredFile], copies: Path) -> list[SeenFile | None]:
    """Look at each file; raise `DraftError` for one whose headings make no sense."""
    found = []
    for file in files:
        try:
            found.append(look_at(file, copies))
        except UnreadableFileError as error:
            raise DraftError(str(error)) from None
    return found


def file_is_there(out: Path, name: str) -> bool:
    """Tell whether the draft of a seed would overwrite a file."""
    return (out / f"{name}.csv").exists()


def draft_file(
    site: str,
    file: SeenFile,
    words: Words,
    terms: pd.DataFrame,
    of_site: Order | None,
    rows: dict[str, list[dict]],
) -> None:
    """Add the rows of one file to the drafts; `of_site` is the order of its dates."""
    place = {"site": site, "file_name": file.name}
    dates = FileDates(file, order_of(file.dates) or of_site)
    rows["site_files"].append(
        place
        | {
            "delimiter": "" if file.is_sheet else DELIMITERS[file.read.delimiter],
            "encoding": "" if file.is_sheet else file.encoding.removesuffix("-sig"),
            "date_format": dates.of_file,
            "decimal_mark": "," if file.has_decimal_comma else "",
            "missing_values": "|".join(file.missing_values),
            "note": "; ".join([f"{TO_CONFIRM} as the file looks", *dates.notes]),
        }
    )
    subject = subject_column(file, words)
    count_subjects(file, subject)
    kept = [c for c in file.columns if is_bookkeeping(c.heading, set(c.values))]
    rest = [
        column
        for column in file.columns
        if column is not subject
        and column not in kept
        and column.heading not in ("", file.event, file.repeat)
    ]
    unused: list[Seen] = []
    for tables, columns, row_filter in groups(file, rest, words):
        guesses, left = assign(columns, tables, words)
        unused += left
        for table, record, chosen in records(guesses):
            first = {"table_name": table, "record": record, "row_filter": row_filter}
            if table == "subjects" and file.is_redcap:
                first["row_filter"] = baseline_filter(file, chosen)
            add_record(place, first, subject, chosen, terms, dates, rows)
            add_constants(place, first, chosen, rows)
            add_codes(site, table, chosen, terms, rows)
    rows["site_columns"] += [
        place
        | {
            "site_column": seen.heading,
            "note": f"{TO_CONFIRM} no column of the template"
            if words.is_not_read(seen)
            else f"{TO_CONFIRM} not known: {seen.looks}",
        }
        for seen in unused
    ]
    rows["site_columns"] += [
        place | {"site_column": seen.heading, "note": f"{TO_CONFIRM} REDCap's own"}
        for seen in kept
    ]


def subject_column(file: SeenFile, words: Words) -> Seen:
    """Return the column that names the subject: the likeliest, else the first unknown.

    In an export of REDCap it is the first, whatever the question is called. Elsewhere
    a column that is rather something else (`sex of the patient`) is not the subject.
    """
    if file.is_redcap:
        return file.columns[0]
    likely: list[tuple[float, Seen]] = []
    unknown: list[Seen] = []
    for column in file.columns:
        scores = {True: 0.0, False: 0.0}
        for guess in words.best(column, words.tables):
            is_subject = guess.target.column_name == "subject_id"
            scores[is_subject] = max(scores[is_subject], guess.score)
        if scores[True] > scores[False]:
            likely.append((scores[True], column))
        elif not scores[False]:
            unknown.append(column)
    if likely:
        return max(likely, key=lambda one: one[0])[1]
    return [*unknown, *file.columns][0]


def groups(
    file: SeenFile, columns: list[Seen], words: Words
) -> list[tuple[list[str], list[Seen], str]]:
    """Split columns into those that tell of one table: tables, columns, row filter.

    A file tells of one table, and of events by a date of each. In a flat export of
    REDCap each repeated instrument tells of one table, and the rest of any.
    """
    if not file.is_redcap:
        table = likeliest_table(file.stem, columns, words)
        return [([table, "events"] if table == "subjects" else [table], columns, "")]
    found = []
    instruments = sorted({one for c in columns for one in c.instruments if one})
    for instrument in instruments:
        own = [column for column in columns if column.instruments == {instrument}]
        if own:
            table = likeliest_table(instrument, own, words)
            found.append(([table], own, filter_text(file.repeat, [instrument])))
    taken = {column.heading for _, own, _ in found for column in own}
    rest = [column for column in columns if column.heading not in taken]
    others = [table for table in words.tables if table in SINGLE_TABLES]
    return [(others, rest, ""), *found]


# What a line of no repeated instrument may tell of.
SINGLE_TABLES = ("subjects", "visits", "events")


def records(guesses: list[Guess]) -> list[tuple[str, str, list[Guess]]]:
    """Split guesses into records: table, name of the record, its columns."""
    found: dict[tuple[str, str], list[Guess]] = {}
    for guess in guesses:
        record = (guess.target.event or "").lower()
        found.setdefault((guess.target.table_name, record), []).append(guess)
    return [(table, record, chosen) for (table, record), chosen in found.items()]


def baseline_filter(file: SeenFile, chosen: list[Guess]) -> str:
    """Return the filter of the lines that describe the subjects."""
    filled = [guess.seen.events for guess in chosen if guess.seen.n_filled]
    events = sorted(set.intersection(*filled) - {""}) if filled else []
    conditions = [filter_text(file.event, events)] if events else []
    if file.repeat:
        conditions.append(filter_text(file.repeat, [""]))
    return " & ".join(conditions)


def add_record(
    place: dict,
    first: dict,
    subject: Seen,
    chosen: list[Guess],
    terms: pd.DataFrame,
    dates: FileDates,
    rows: dict[str, list[dict]],
) -> None:
    """Add the rows of one record, the subject first."""
    note = f"{TO_CONFIRM} subject"
    part = place | {"table_name": first["table_name"], "record": first["record"]}
    names = {"site_column": subject.heading, "column_name": "subject_id", "note": note}
    rows["site_columns"].append(part | first | names)
    event = chosen[0].target.event
    if event:
        rows["site_columns"].append(
            part
            | {"column_name": "event", "constant": event, "note": f"{TO_CONFIRM} event"}
        )
    rows["site_columns"] += [
        part
        | {
            "site_column": guess.seen.heading,
            "column_name": guess.target.column_name,
            "checkbox_level": guess.level or "",
            "date_format": dates.of_column(guess.seen),
            "note": "; ".join([note_of(guess, terms), *dates.notes_of(guess.seen)]),
        }
        for guess in chosen
    ]


def add_constants(
    place: dict, first: dict, chosen: list[Guess], rows: dict[str, list[dict]]
) -> None:
    """Ask for the columns that no file has where all patients have the same value."""
    filled = {guess.target.column_name for guess in chosen}
    part = place | {"table_name": first["table_name"], "record": first["record"]}
    rows["site_columns"] += [
        part
        | {
            "column_name": column,
            "note": f"{TO_CONFIRM} no column seems to hold it: write a constant, or "
            "delete the row",
        }
        for column in OFTEN_CONSTANT.get(first["table_name"], ())
        if column not in filled
    ]


def note_of(guess: Guess, terms: pd.DataFrame) -> str:
    """Return a note that asks for a look, with examples of codes alone.

    A date or a free text may tell of one patient, and seeds lie in a repository.
    """
    note = f"{TO_CONFIRM} likeness {guess.score:.2f}"
    if guess.target.column_name not in CODELISTS or guess.level:
        return note
    codes = codes_of(guess, terms)
    shown = [one for one in commonest(guess.seen, VALUES_KEPT) if one in codes]
    n_hidden = len(guess.seen.known) - len(codes)
    hidden = f"more than {n_hidden}" if guess.seen.is_cut else str(n_hidden)
    if shown:
        note += f"; holds {', '.join(shown[:VALUES_SHOWN])}"
    if n_hidden:
        note += f"; values not shown: {hidden}"
    return note
