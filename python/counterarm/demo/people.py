"""PRO-ACT tables of one row per subject, by intention: who the subjects are.

Each function gives the text of one table for one block, rows in file order.
"""

import numpy as np

from counterarm.demo.patients import BULBAR, LIMB, LIMB_AND_BULBAR
from counterarm.demo.quirks import (
    Rows,
    blank,
    identifiers,
    number,
    pick,
    repeat_some,
    stack_rows,
    take_rows,
)
from counterarm.demo.terms import LOCATIONS, SYMPTOMS
from counterarm.demo.trials import records, trial_array
from counterarm.demo.visits import Block

# proact.md 1.4: race flags by count
RACES = {
    "Race_Caucasian": 7581,
    "Race_Other": 148,
    "Race_Black_African_American": 136,
    "Race_Asian": 73,
    "Race_Unknown": 25,
    "Race_Americ_Indian_Alaska_Native": 12,
    "Race_Hawaiian_Pacific_Islander": 1,
}
ETHNICITIES = ("Non-Hispanic or Latino", "Hispanic or Latino", "Unknown")
ETHNICITY_SHARES = (0.925, 0.052, 0.023)  # proact.md 1.4, of 1,737 filled
SITE_TEXTS = (
    "Onset: Limb",
    "Onset: Bulbar",
    "Onset: Limb and Bulbar",
    "Onset: Other",
    "Onset: Spine",
)
# trials that write Spine for a third of their limb onsets
SPINE_TRIALS = (4, 12)

# rates of quirks, by subject (number of the quirk in proact.md section 2)
SEX_MISSING = 0.0005  # 4.5
ETHNICITY_TWICE = 0.0035  # #25: 37 of 10,723
TWO_RACES = 0.002
HISTORY_TWICE = 0.03  # #2
ONSET_MISSING, DIAGNOSIS_MISSING, SITE_MISSING = 0.07, 0.04, 0.03
SWAPPED = 0.008  # #12: onset after diagnosis
WRONG_SIGN = 0.004  # #12: days after entry
FLAG_ZERO = 0.01  # third value of the flags, 1.2
DAY_MISSING = 0.035  # #14: Yes without a day
DEATH_ROW_MISSING = 0.005
SEEN_AFTER_DEATH = 0.012  # #14


def demographics(rng: np.random.Generator, block: Block) -> Rows:
    """Write DEMOGRAPHICS: one row per subject, a few twice through Ethnicity."""
    n, patients = len(block.subject_id), block.patients
    kind = trial_array("age")[block.trial]
    years = np.where(kind == "fraction", np.round(patients.age, 1), patients.age // 1)
    years[np.isin(kind, ["birth", "none"])] = np.nan
    birth = -np.floor(patients.age * 365.25)
    birth[~np.isin(kind, ["birth", "both"])] = np.nan

    delta = np.where(rng.random(n) < 0.7, 0.0, rng.integers(-35, 1, n))
    delta = np.where(rng.random(n) < 0.02, rng.integers(1, 33, n), delta)
    delta = blank(rng, delta, 0.05)
    weight = np.array(list(RACES.values()), dtype=float)
    race = rng.choice(len(RACES), size=n, p=weight / weight.sum())
    second = np.where(rng.random(n) < TWO_RACES, 1, -1)
    known = records(block.trial, "people", "race") & (rng.random(n) < 0.97)
    asked = records(block.trial, "people", "ethnicity") & (rng.random(n) < 0.96)
    ethnicity = rng.choice(3, size=n, p=np.array(ETHNICITY_SHARES))
    male = np.where(rng.random(n) < SEX_MISSING, -1, np.where(patients.male, 0, 1))

    specified = known & (race == 1) & (rng.random(n) < 0.5)
    rows = {
        "subject_id": identifiers(block.subject_id),
        "Demographics_Delta": number(delta),
        "Age": number(blank(rng, years, 0.01)),
        "Date_of_Birth": number(birth),
        "Ethnicity": pick(ETHNICITIES, np.where(asked, ethnicity, -1)),
        "Race_Other_Specify": pick(
            ["MIXED", "Middle Eastern", "not given, other"],
            np.where(specified, rng.integers(0, 3, n), -1),
        ),
        "Sex": pick(["Male", "Female"], male),
    }
    for code, name in enumerate(RACES):
        flagged = known & ((race == code) | (second == code))
        rows[name] = pick(["1"], np.where(flagged, 0, -1))

    # the same subject again with another Ethnicity (#25)
    again = np.flatnonzero(asked & (rng.random(n) < ETHNICITY_TWICE / 0.25))
    twice = take_rows(rows, again)
    twice["Ethnicity"] = pick(ETHNICITIES, (ethnicity[again] + 1) % 3)
    order = np.argsort(np.concatenate([np.arange(n), again]), kind="stable")
    return take_rows(stack_rows(rows, twice), order)


def als_history(rng: np.random.Generator, block: Block) -> Rows:
    """Write ALSHISTORY: site, onset and diagnosis; symptoms on a row of their own."""
    n, patients = len(block.subject_id), block.patients
    coding = trial_array("onset_site")[block.trial]
    present = (coding != "none") & (rng.random(n) < 0.975)
    has_onset = records(block.trial, "history", "onset") & (
        rng.random(n) > ONSET_MISSING
    )
    has_diagnosis = records(block.trial, "history", "diagnosis")
    has_diagnosis &= rng.random(n) > DIAGNOSIS_MISSING
    onset = np.where(has_onset, patients.onset_day, np.nan)
    diagnosis = np.where(has_diagnosis, patients.diagnosis_day, np.nan)
    swapped = (rng.random(n) < SWAPPED) & has_onset & has_diagnosis
    onset, diagnosis = (
        np.where(swapped, diagnosis, onset),
        np.where(swapped, onset, diagnosis),
    )
    onset = np.where(rng.random(n) < WRONG_SIGN, -onset, onset)
    diagnosis = np.where(rng.random(n) < WRONG_SIGN, -diagnosis, diagnosis)

    site_known = rng.random(n) > SITE_MISSING
    by_text = rng.random(n) < 0.6
    text = site_known & ((coding == "text") | ((coding == "both") & by_text))
    overlap = rng.random(n) < 0.05
    flags = (coding == "flags") | ((coding == "both") & (~by_text | overlap))
    flags &= site_known
    spine = np.isin(block.trial, SPINE_TRIALS) & (rng.random(n) < 0.33)
    word = np.where(spine & (patients.onset == LIMB), 4, patients.onset)
    zero = rng.random((2, n)) < FLAG_ZERO

    def flag(codes: tuple[int, ...], zeros: np.ndarray) -> np.ndarray:
        is_set = np.isin(patients.onset, codes)
        return np.where(flags & is_set, 0, np.where(flags & zeros, 1, -1))

    delta = np.where(rng.random(n) < 0.95, 0.0, rng.integers(-3, 0, n))
    rows = {
        "subject_id": identifiers(block.subject_id),
        "Site_of_Onset___Bulbar": pick("10", flag((BULBAR, LIMB_AND_BULBAR), zero[0])),
        "Site_of_Onset___Limb": pick("10", flag((LIMB, LIMB_AND_BULBAR), zero[1])),
        "Subject_ALS_History_Delta": number(blank(rng, delta, 0.06)),
        "Site_of_Onset": pick(SITE_TEXTS, np.where(text, word, -1)),
        "Onset_Delta": number(onset),
        "Diagnosis_Delta": number(diagnosis),
    }
    main = repeat_some(rng, np.flatnonzero(present), HISTORY_TWICE)

    # symptom and place on another row, without onset or site (#1)
    split = (
        records(block.trial, "history", "symptoms") & present & (rng.random(n) < 0.76)
    )
    apart = repeat_some(rng, np.flatnonzero(split), 0.06)
    weight = np.array(list(SYMPTOMS.values()), dtype=float)
    symptom = rng.choice(len(SYMPTOMS), size=len(apart), p=weight / weight.sum())
    speech = np.isin(patients.onset[apart], (BULBAR, LIMB_AND_BULBAR))
    symptom = np.where(speech & (rng.random(len(apart)) < 0.6), 2, symptom)
    place = rng.integers(0, len(LOCATIONS), len(apart))
    other = np.where(symptom == len(SYMPTOMS) - 1, 0, -1)
    symptoms = {
        "subject_id": identifiers(block.subject_id[apart]),
        "Symptom": pick(tuple(SYMPTOMS), symptom),
        "Symptom_Other_Specify": pick(["weight loss, tiredness"], other),
        "Location": pick(LOCATIONS, place),
        "Subject_ALS_History_Delta": number(np.zeros(len(apart))),
    }
    both = stack_rows(take_rows(rows, main), symptoms)
    # the row with symptoms stands before or after the other
    first = np.where(rng.random(len(apart)) < 0.5, -0.5, 0.5)
    return take_rows(both, np.argsort(np.concatenate([main, apart + first])))


def treatment(rng: np.random.Generator, block: Block) -> Rows:
    """Write TREATMENT: one row per subject of a trial with arms."""
    n = len(block.subject_id)
    placebo = trial_array("placebo")[block.trial]
    arm = np.where(rng.random(n) < placebo, 1, 0)
    delta = np.where(rng.random(n) < 0.9, 0.0, rng.integers(1, 15, n))
    delta = np.where(rng.random(n) < 0.002, rng.integers(366, 700, n), delta)
    rows = {
        "subject_id": identifiers(block.subject_id),
        "Study_Arm": pick(["Active", "Placebo"], arm),
        "Treatment_Group_Delta": number(blank(rng, delta, 0.02)),
    }
    return take_rows(rows, np.flatnonzero(np.isfinite(placebo)))


def riluzole(rng: np.random.Generator, block: Block) -> Rows:
    """Write RILUZOLE: Yes and No, only Yes, or nothing, by trial (#17)."""
    n, user = len(block.subject_id), block.patients.riluzole
    kind = trial_array("riluzole")[block.trial]
    kept = (kind == "full") | ((kind == "yes") & user)
    kept &= rng.random(n) < 0.925
    delta = np.where(rng.random(n) < 0.8, 0.0, -rng.integers(1, 60, n))
    rows = {
        "subject_id": identifiers(block.subject_id),
        "Subject_used_Riluzole": pick(["Yes", "No"], np.where(user, 0, 1)),
        "Riluzole_use_Delta": number(blank(rng, delta, 0.03)),
    }
    return take_rows(rows, np.flatnonzero(kept))


def death_data(rng: np.random.Generator, block: Block) -> Rows:
    """Write DEATHDATA: not a register, by trial (#14); one subject died twice (#2)."""
    n, patients = len(block.subject_id), block.patients
    kind = trial_array("deaths")[block.trial]
    died = block.is_ascertained
    kept = (kind == "full") | ((kind == "yes") & died)
    kept &= rng.random(n) > DEATH_ROW_MISSING
    if block.is_complete:
        kept[:] = True
    day = np.ceil(patients.death_day)
    early = rng.random(n) < SEEN_AFTER_DEATH
    last_seen = np.zeros(n)
    np.maximum.at(last_seen, block.who, block.day)
    day = np.where(early, np.maximum(last_seen - rng.integers(5, 40, n), 1), day)
    day = np.where(died, day, np.nan)
    day = blank(rng, day, 0.0 if block.is_complete else DAY_MISSING)
    rows = {
        "subject_id": identifiers(block.subject_id),
        "Subject_Died": pick(["Yes", "No"], np.where(died, 0, 1)),
        "Death_Days": number(day),
    }
    index = np.flatnonzero(kept)
    dated = np.flatnonzero(kept & np.isfinite(day) & ~early)
    if not block.is_first_block or not len(dated):
        return take_rows(rows, index)
    twice = take_rows(rows, dated[:1])
    twice["Death_Days"] = number(day[dated[:1]] + 11)
    both = stack_rows(take_rows(rows, index), twice)
    order = np.argsort(np.concatenate([index, dated[:1]]), kind="stable")
    return take_rows(both, order)
