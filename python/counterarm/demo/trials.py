"""The hidden trials: what was recorded for a subject is decided by its trial.

PRO-ACT pools 23 trials whose identity is stripped (proact.md 1.0); which tables and
columns exist is a matter of the trial, not of chance (proact.md 4.5). A subject is
given one of the trials below, the trial decides what is written, and is then dropped.
"""

from dataclasses import dataclass, fields

import numpy as np

GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Trial:
    """What one hidden trial recorded, and how it followed its subjects."""

    # subjects at full size, 11,675 in all
    subjects: int
    # ALSFRS items: none, old (ALSFRS), rev (ALSFRS-R) or both (proact.md 2 #4)
    scale: str
    # DEATHDATA rows: none, yes (only the dead) or full (Yes and No) (#14)
    deaths: str
    # share of placebo; negative: observational, no TREATMENT row
    placebo: float
    # RILUZOLE rows: none, yes (only users) or full (#17)
    riluzole: str
    # ALSHISTORY: none (no row), bare (row without a site), text, flags, both (#19)
    site: str
    # ALSHISTORY: "o" Onset_Delta, "d" Diagnosis_Delta, "s" a row apart for symptoms
    history: str
    # DEMOGRAPHICS: years, fraction, birth, both or none (#20)
    age: str
    # DEMOGRAPHICS: "r" race, "e" ethnicity
    people: str
    # "f" FVC, "s" SVC, "v" VITALSIGNS, "a" ADVERSEEVENTS, "c" CONMEDS, "e" ELESCORIAL,
    # "h" FAMILYHISTORY, "g" HANDGRIPSTRENGTH, "m" MUSCLESTRENGTH, "n" NEUROFILAMENT
    tables: str
    # days between visits, months of visits, further months in which deaths were heard
    spacing: int
    months: float
    heard: float
    # visits before day 0 (#10)
    run_in: int = 0
    # VITALSIGNS units: 0 Kilograms/Centimeters, 1 kg/cm, 2 blank, 3 Pounds/Inches,
    # 4 blank with heights in metres and temperatures in Fahrenheit (#21, #22)
    units: int = 2
    # ADVERSEEVENTS severity: 0 MILD, 1 Mild, 2 Marked, 3 Yes/No, 4 blank (#27)
    severity: int = 4
    # Q5b filled for everybody (inference of proact.md 3.6)
    always_q5b: bool = False
    # LABS: habits of its laboratory, a style of `lab_tests`; negative: no LABS
    labs: int = -1


# Tuned so that the margins of proact.md section 4 come out together: revised-scale
# trials are the better documented ones (4.5, the cohort flow of [PAP]).
TRIALS = (
    # revised scale
    Trial(
        920, "rev", "full", 0.3, "full", "text", "od", "years", "re",
        "fvaceg", 30, 12, 7, 1, 0, 0, labs=0,
    ),
    Trial(
        820, "rev", "yes", 0.4, "full", "text", "od", "years", "r",
        "fvacehn", 42, 13, 9, 0, 0, 1, labs=1,
    ),
    Trial(
        700, "rev", "yes", 0.35, "full", "flags", "od", "years", "r",
        "fvacen", 30, 10, 9, 1, 0, 0, labs=0,
    ),
    Trial(
        560, "rev", "full", 0.28, "full", "text", "od", "fraction", "re",
        "fsvacem", 30, 12, 9, 0, 2, 2, labs=1,
    ),
    Trial(
        470, "rev", "none", 0.2, "yes", "text", "od", "birth", "re",
        "svac", 61, 18, 6, 0, 0, 1,
    ),
    Trial(
        420, "rev", "full", 0.33, "full", "flags", "ods", "years", "r",
        "fvachgm", 28, 12, 7, 2, 0, 0, labs=0,
    ),
    # both scales
    Trial(
        520, "both", "yes", 0.4, "full", "flags", "ods", "years", "r",
        "fvacem", 42, 14, 9, 0, 2, 0, True,
    ),
    Trial(
        300, "both", "full", 0.25, "full", "text", "od", "both", "re",
        "fsvae", 28, 36, 6, 1, 1, 2, labs=1,
    ),
    # first scale
    Trial(
        860, "old", "yes", 0.4, "full", "flags", "os", "years", "r",
        "fvach", 30, 12, 9, 0, 2, 3, labs=3,
    ),
    Trial(
        620, "old", "none", 0.12, "yes", "text", "os", "years", "r",
        "fva", 45, 12, 6, 1, 2, 1,
    ),
    Trial(
        500, "old", "yes", 0.4, "full", "both", "os", "years", "",
        "fvach", 42, 17, 7, 0, 2, 0, labs=2,
    ),
    Trial(
        420, "old", "none", -1, "yes", "flags", "od", "birth", "",
        "fc", 91, 24, 6, 0, 2, 4,
    ),
    Trial(
        360, "old", "none", 0.15, "none", "text", "", "none", "re",
        "fva", 30, 9, 6, 0, 4, 2,
    ),
    # no scale in the release
    Trial(
        900, "none", "yes", 0.35, "full", "flags", "", "years", "",
        "fvac", 42, 12, 6, 0, 0, 1, labs=2,
    ),
    Trial(
        640, "none", "yes", 0.4, "full", "flags", "ods", "years", "r",
        "vach", 30, 12, 9, 1, 0, 0, labs=0,
    ),
    Trial(
        560, "none", "none", -1, "yes", "text", "", "none", "",
        "", 91, 12, 6,
    ),
    Trial(
        480, "none", "full", 0.3, "full", "text", "o", "years", "re",
        "vaceg", 42, 15, 7, 0, 0, 3, labs=1,
    ),
    Trial(
        380, "none", "none", 0.15, "yes", "none", "", "none", "r",
        "va", 30, 12, 6, 0, 3, 4, labs=0,
    ),
    Trial(
        330, "none", "full", 0.3, "full", "flags", "", "years", "",
        "fvac", 30, 12, 8, 0, 2, 0, labs=3,
    ),
    Trial(
        320, "none", "none", 0.1, "full", "none", "", "none", "",
        "v", 42, 9, 6, 0, 2, 4,
    ),
    Trial(
        255, "none", "none", 0.2, "yes", "none", "", "none", "",
        "va", 42, 12, 6, 0, 4, 3,
    ),
    Trial(
        190, "none", "none", -1, "none", "none", "", "none", "r",
        "", 91, 18, 6,
    ),
    Trial(
        150, "none", "none", 0.2, "full", "bare", "o", "both", "",
        "sc", 61, 12, 6,
    ),
)  # fmt: skip


def trial_array(name: str) -> np.ndarray:
    """Give one field of all trials as an array, indexed by trial."""
    if name not in {f.name for f in fields(Trial)}:
        raise ValueError(f"a trial has no field {name!r}")
    return np.array([getattr(trial, name) for trial in TRIALS])


def records(trial: np.ndarray, name: str, letter: str) -> np.ndarray:
    """Say per subject whether its trial's field `name` holds `letter`."""
    return np.array([letter in getattr(t, name) for t in TRIALS])[trial]


def assign_trials(index: np.ndarray) -> np.ndarray:
    """Give subjects (their running numbers) their trials, as numbers from 0.

    A golden-section sequence, not a draw: shares come out as tabulated for any number
    of subjects, and subject 17 is in the same trial however many subjects follow.
    """
    edges = np.cumsum(trial_array("subjects"))
    place = np.mod((index + 0.5) * GOLDEN, 1.0) * edges[-1]
    return np.searchsorted(edges, place, side="right")
