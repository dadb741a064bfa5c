"""Write the delivery that the facts of invented patients describe."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from counterarm.assurance.facts import SOURCE_OF_TRIALS, Rows, site_rows, trial_rows
from counterarm.assurance.patients import Patient
from counterarm.intake.locate import SYNTHETIC_MARKER

# A PRO-ACT number has six digits.
FIRST_NUMBER = 100_001


@dataclass(frozen=True)
class Layout:
    """The tables of one kind of source: columns in order, and which must be there."""

    columns: dict[str, list[str]]
    required_columns: dict[str, list[str]]
    required: set[str]


def write_patients(
    patients: Sequence[Patient], folder: Path, mappings: Path
) -> dict[str, Patient]:
    """Write `folder/proact` and `folder/sites` with the patients of one build.

    `mappings` is the project's `seeds/mappings`, which names tables and columns.
    Returns the patient of each unique subject id (`USUBJID`), copies left out. Raises
    `PatientsFileError` for a row of an unknown table or column.
    """
    layouts = {kind: read_layout(mappings, kind) for kind in ("proact", "site")}
    subjects: dict[str, Patient] = {}
    tables: dict[Path, dict[str, list[dict[str, str]]]] = {}
    is_trial_file = {folder / "proact": True}
    tables[folder / "proact"] = defaultdict(list)
    number = FIRST_NUMBER
    for patient in patients:
        is_trial = patient.source == SOURCE_OF_TRIALS
        layout = layouts["proact" if is_trial else "site"]
        place = folder / ("proact" if is_trial else f"sites/{patient.source.lower()}")
        is_trial_file[place] = is_trial
        filled = tables.setdefault(place, defaultdict(list))
        rows = rows_of(patient, layout)
        for copy in range(patient.copies + 1):
            subject = str(number) if is_trial else f"P-{number}"
            number += 1
            for table, found in rows.items():
                filled[table] += [{"subject_id": subject} | row for row in found]
            if not copy:
                subjects[f"{patient.source}-{subject}"] = patient
    (folder / "sites").mkdir(parents=True, exist_ok=True)
    for place, filled in tables.items():
        layout = layouts["proact" if is_trial_file[place] else "site"]
        write_tables(place, filled, layout, is_trial=is_trial_file[place])
    return subjects


def rows_of(patient: Patient, layout: Layout) -> Rows:
    """Return the rows of the facts, and those that are given as rows."""
    is_trial = patient.source == SOURCE_OF_TRIALS
    rows = (trial_rows if is_trial else site_rows)(patient.facts)
    for table, given in patient.rows.items():
        for row in given:
            for column, entry in row.items():
                entry.known(table, set(layout.columns), "table of the source")
                entry.known(column, set(layout.columns[table]), f"column of {table}")
        rows.setdefault(table, [])
        rows[table] += [
            {column: str(entry.value or "") for column, entry in row.items()}
            for row in given
        ]
    return rows


def read_layout(mappings: Path, kind: str) -> Layout:
    """Read the tables and columns of one kind of source from the seeds."""
    columns: dict[str, list[str]] = defaultdict(list)
    required_columns: dict[str, list[str]] = defaultdict(list)
    for row in _seed(mappings / "raw_columns.csv"):
        if row["source_kind"] == kind:
            columns[row["table_name"]].append(row["column_name"])
            if row["heading_is_required"] == "true":
                required_columns[row["table_name"]].append(row["column_name"])
    required = {
        row["table_name"]
        for row in _seed(mappings / "raw_tables.csv")
        if row["source_kind"] == kind and row["is_required"] == "true"
    }
    return Layout(dict(columns), dict(required_columns), required)


def _seed(file: Path) -> Iterable[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


def write_tables(
    place: Path,
    filled: dict[str, list[dict[str, str]]],
    layout: Layout,
    *,
    is_trial: bool,
) -> None:
    """Write the tables of a source, the required ones even if empty."""
    place.mkdir(parents=True, exist_ok=True)
    (place / SYNTHETIC_MARKER).write_text("invented patients\n", encoding="utf-8")
    for table in sorted({*filled, *layout.required}):
        rows = filled.get(table, [])
        used = {name for row in rows for name in row}
        used |= set(layout.required_columns.get(table, []))
        heading = [name for name in layout.columns[table] if name in used]
        name = f"PROACT_{table.upper()}.csv" if is_trial else f"{table}.csv"
        with (place / name).open("w", newline="", encoding="utf-8") as written:
            writer = csv.DictWriter(written, heading, lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(rows)
