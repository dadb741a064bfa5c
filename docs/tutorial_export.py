"""Write the export that the tutorial reads: the patients of a synthetic hospital.

    python docs/tutorial_export.py ~/my_trial/demo/sites/hanyang ~/my_trial/sites/ulm

The patients are those of a site of the demo. Headings, codes and dates are those that a
hospital might use, in three files with semicolons.
"""

import csv
import datetime as dt
import sys
from pathlib import Path

SEX = {"F": "1", "M": "2"}
ONSET = {"BULBAR": "bulbar", "LIMB": "spinal", "LIMB AND BULBAR": "both"}
RILUZOLE = {"Y": "yes", "N": "no"}
ITEMS = (
    *("q1_speech", "q2_salivation", "q3_swallowing", "q4_handwriting"),
    *("q5_cutting", "q6_dressing", "q7_turning", "q8_walking", "q9_climbing"),
    *("r1_dyspnea", "r2_orthopnea", "r3_respiratory_insufficiency"),
)


def write_export(site: Path, folder: Path) -> None:
    """Write patients.csv, alsfrs.csv and infusions.csv of a site of the demo."""
    folder.mkdir(parents=True, exist_ok=True)
    last = {
        kind: {
            row["subject_id"]: row["event_date"]
            for row in rows(site / "events.csv")
            if row["event"] == kind
        }
        for kind in ("DEATH", "LAST_CONTACT")
    }
    write(
        folder / "patients.csv",
        *("Patient", "Sex", "Age", "Site of onset", "First symptom", "Diagnosis"),
        *("Riluzole", "Date of death", "Last contact"),
        rows=[
            (
                number(row),
                SEX.get(row["sex"], ""),
                row["age_at_first_dose"],
                ONSET.get(row["onset_site"], row["onset_site"].lower()),
                day(row["onset_date"]),
                day(row["diagnosis_date"]),
                RILUZOLE.get(row["riluzole"], ""),
                day(last["DEATH"].get(row["subject_id"], "")),
                day(last["LAST_CONTACT"].get(row["subject_id"], "")),
            )
            for row in rows(site / "subjects.csv")
        ],
    )
    write(
        folder / "alsfrs.csv",
        *("Patient", "Visit date", "Speech", "Salivation", "Swallowing"),
        *("Handwriting", "Cutting food", "Dressing and hygiene", "Turning in bed"),
        *("Walking", "Climbing stairs", "Dyspnea", "Orthopnea"),
        *("Respiratory insufficiency", "ALSFRS-R total"),
        rows=[
            (
                number(row),
                day(row["visit_date"]),
                *(row[item] for item in ITEMS),
                row["alsfrs_r_total"],
            )
            for row in rows(site / "visits.csv")
        ],
    )
    write(
        folder / "infusions.csv",
        *("Patient", "Infusion no.", "Infusion date", "Dose"),
        rows=[
            (number(row), row["dose_number"], day(row["dose_date"]), row["dose"])
            for row in rows(site / "doses.csv")
        ],
    )


def rows(file: Path) -> list[dict[str, str]]:
    """Read a table in the form of the template."""
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def number(row: dict[str, str]) -> str:
    """Return the number of a patient as the hospital writes it."""
    return row["subject_id"].replace("HYU", "UL")


def day(text: str) -> str:
    """Write a date as 31.12.2019; an empty or partial one stays as it is."""
    return dt.date.fromisoformat(text).strftime("%d.%m.%Y") if len(text) == 10 else text


def write(file: Path, *headings: str, rows: list[tuple[str, ...]]) -> None:
    """Write rows with semicolons between the values."""
    with file.open("w", newline="") as lines:
        csv.writer(lines, delimiter=";").writerows([headings, *rows])


if __name__ == "__main__":
    write_export(Path(sys.argv[1]), Path(sys.argv[2]))
