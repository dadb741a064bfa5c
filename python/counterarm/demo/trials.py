"""The hidden trials: what was recorded for a subject is decided by its trial.

PRO-ACT pools 23 trials whose identity is stripped (proact.md 1.0); which tables and
columns exist is a matter of the trial, not of chance (proact.md 4.5). A subject is
given one of the trials of `trials.csv`, the trial decides what is written, and is then
dropped. A trial is named by its row in that file, from 0.

The trials are tuned so that the margins of proact.md section 4 come out together:
revised-scale trials are the better documented ones (4.5, the cohort flow of [PAP]).
"""

import csv
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Self

import numpy as np

GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Trial:
    """What one hidden trial recorded, and how it followed its subjects."""

    # subjects at full size, 11,675 in all
    subjects: int
    # ALSFRS items: none, first (ALSFRS), revised (ALSFRS-R) or both (proact.md 2 #4)
    scale: str
    # DEATHDATA rows: none, yes (only the dead) or full (Yes and No) (#14)
    deaths: str
    # share of placebo; NaN: observational, no TREATMENT row
    placebo: float
    # RILUZOLE rows: none, yes (only users) or full (#17)
    riluzole: str
    # ALSHISTORY: none (no row), bare (row without a site), text, flags, both (#19)
    onset_site: str
    # ALSHISTORY: onset (Onset_Delta), diagnosis (Diagnosis_Delta), symptoms (on a row
    # apart)
    history: frozenset[str]
    # DEMOGRAPHICS: years, fraction, birth, both or none (#20)
    age: str
    # DEMOGRAPHICS: race, ethnicity
    people: frozenset[str]
    # tables besides DEMOGRAPHICS and those of the columns above
    tables: frozenset[str]
    # days between visits, months of visits, and further months of recording deaths
    spacing_days: int
    visit_months: float
    death_months: float
    # visits before day 0 (#10)
    run_in_visits: int
    # VITALSIGNS (#21, #22): spelt_out (Kilograms), symbols (kg), imperial (Pounds,
    # Inches), none (blank), metres (blank, heights in metres, Fahrenheit)
    units: str
    # ADVERSEEVENTS severity, one of the vocabularies `terms.SEVERITIES` (#27)
    severity: str
    # Q5b filled for all subjects (inference of proact.md 3.6)
    always_q5b: bool
    # LABS: how its laboratory writes, one of `lab_tests.STYLE_NAMES`, or none
    labs: str

    @classmethod
    def from_row(cls, row: dict[str, str]) -> Self:
        """Read a row of `trials.csv`, a text per field."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            text = row[field.name]
            if field.type is bool:
                values[field.name] = text == "yes"
            elif field.type is float:
                values[field.name] = float(text or "nan")
            elif field.type is int:
                values[field.name] = int(text)
            elif field.type is str:
                values[field.name] = text
            else:
                values[field.name] = frozenset(text.split()) - {"none"}
        return cls(**values)


@cache
def trials() -> tuple[Trial, ...]:
    """Read the trials in the order of the file."""
    text = (files("counterarm.demo") / "trials.csv").read_text(encoding="utf-8")
    return tuple(Trial.from_row(row) for row in csv.DictReader(text.splitlines()))


def trial_array(name: str) -> np.ndarray:
    """Give one field of all trials as an array, indexed by trial."""
    if name not in {f.name for f in fields(Trial)}:
        raise ValueError(f"a trial has no field {name!r}")
    return np.array([getattr(trial, name) for trial in trials()])


def records(trial: np.ndarray, name: str, recorded: str) -> np.ndarray:
    """Say per subject whether its trial's field `name` contains `recorded`."""
    return np.array([recorded in getattr(t, name) for t in trials()])[trial]


def assign_trials(index: np.ndarray) -> np.ndarray:
    """Give subjects (their running numbers) their trials, as numbers from 0.

    A golden-section sequence, not a draw: shares come out as tabulated for any number
    of subjects, and subject 17 is in the same trial however many subjects follow.
    """
    edges = np.cumsum(trial_array("subjects"))
    place = np.mod((index + 0.5) * GOLDEN, 1.0) * edges[-1]
    return np.searchsorted(edges, place, side="right")
