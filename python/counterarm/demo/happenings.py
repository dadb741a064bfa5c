"""PRO-ACT tables of what happened to a subject: ADVERSEEVENTS and CONMEDS."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from counterarm.demo.patients import MONTH
from counterarm.demo.quirks import (
    REPEATED,
    Rows,
    blank,
    file_order,
    identifiers,
    number,
    pick,
    repeat_some,
    spoil,
    take_rows,
)
from counterarm.demo.terms import (
    EVENTS,
    MEDICATIONS,
    ORGAN_CLASSES,
    OUTCOMES,
    RILUZOLE,
    SEVERITIES,
)
from counterarm.demo.trials import records, trial_array
from counterarm.demo.visits import Block

# adverse events per subject and month, and how unlike subjects are
EVENTS_PER_MONTH, EVENTS_AT_ENTRY, EVENT_SHAPE = 0.59, 1.25, 1.5
MEDICATIONS_PER_SUBJECT, MEDICATION_SHAPE = 6.6, 2.5
# proact.md 1.11: 2,252 subjects with riluzole at entry among the medications
RILUZOLE_LISTED = 0.36
RILUZOLE_LISTED_NON_USER = 0.006  # #18
OUTCOME_SHARES = (0.3, 0.4, 0.25, 0.04, 0.01)
FAR_OFFSET = 0.0006  # #26: days up to a million
DOSE_JUNK = 0.002
# of a medication joined by ";" against one that is not (1.11)
JOINED_WEIGHT = 0.2


def _far(rng: np.random.Generator, day: np.ndarray) -> np.ndarray:
    hit = rng.random(len(day)) < FAR_OFFSET
    return np.where(hit, rng.integers(20_000, 1_000_000, len(day)), day)


def adverse_events(rng: np.random.Generator, block: Block) -> Rows:
    """Write ADVERSEEVENTS: terms with their classes, severity in mixed words (#27)."""
    has = records(block.trial, "tables", "ADVERSEEVENTS")
    seen = block.seen_until
    rate = (EVENTS_AT_ENTRY + EVENTS_PER_MONTH * seen / MONTH) * has
    frailty = rng.gamma(EVENT_SHAPE, 1 / EVENT_SHAPE, len(seen))
    who = np.repeat(np.arange(len(seen)), rng.poisson(rate * frailty))
    n = len(who)
    start = np.floor(rng.random(n) * (seen[who] + 20) - 10)
    start = np.minimum(start, np.floor(block.patients.death_day[who]))
    length = np.floor(rng.exponential(25.0, n))
    weight = np.array([event[5] for event in EVENTS])
    code = rng.choice(len(EVENTS), size=n, p=weight / weight.sum())

    classes = [event[4] for event in EVENTS]
    rows = {
        "subject_id": identifiers(block.subject_id[who]),
        "Lowest_Level_Term": pick([event[0] for event in EVENTS], code),
        "Preferred_Term": pick([event[1] for event in EVENTS], code),
        "High_Level_Term": pick([event[2] for event in EVENTS], code),
        "High_Level_Group_Term": pick([event[3] for event in EVENTS], code),
        "System_Organ_Class": pick(classes, code),
        "SOC_Abbreviation": pick([ORGAN_CLASSES[c][0] for c in classes], code),
        "SOC_Code": pick([ORGAN_CLASSES[c][1] for c in classes], code),
        "Severity": _severity(rng, trial_array("severity")[block.trial[who]]),
        "Outcome": pick(OUTCOMES, rng.choice(5, size=n, p=OUTCOME_SHARES)),
        "Start_Date_Delta": number(_far(rng, blank(rng, start, 0.03))),
        "End_Date_Delta": number(_far(rng, blank(rng, start + length, 0.3))),
    }
    order = repeat_some(rng, file_order(rng, who, start), REPEATED)
    return take_rows(rows, order)


def _severity(rng: np.random.Generator, vocabulary: np.ndarray) -> pa.Array:
    level = np.minimum(rng.geometric(0.6, len(vocabulary)) - 1, 4)
    words: list[str] = []
    code = np.zeros(len(vocabulary), dtype=int)
    for name, grades in SEVERITIES.items():
        graded = len(words) + np.minimum(level, len(grades) - 1)
        code = np.where(vocabulary == name, graded, code)
        words += grades
    return pick(words, np.where(rng.random(len(code)) < 0.04, -1, code))


def concomitant_medications(rng: np.random.Generator, block: Block) -> Rows:
    """Write CONMEDS: free of units' sense, RILUZOLE among them (#18)."""
    has = records(block.trial, "tables", "CONMEDS")
    n_subjects = len(has)
    mean = MEDICATIONS_PER_SUBJECT * has
    frailty = rng.gamma(MEDICATION_SHAPE, 1 / MEDICATION_SHAPE, n_subjects)
    who = np.repeat(np.arange(n_subjects), rng.poisson(mean * frailty))
    single = [";" not in word[0] for word in MEDICATIONS]
    weight = np.where(single, 1.0, JOINED_WEIGHT)
    code = rng.choice(len(weight), size=len(who), p=weight / weight.sum())
    listed = np.where(
        block.patients.riluzole, RILUZOLE_LISTED, RILUZOLE_LISTED_NON_USER
    )
    user = np.flatnonzero(has & (rng.random(n_subjects) < listed))
    user = repeat_some(rng, user, 0.12)
    who = np.concatenate([who, user])
    code = np.concatenate([code, np.full(len(user), len(MEDICATIONS))])
    n = len(who)

    at_entry = rng.random(n) < np.where(code == len(MEDICATIONS), 0.9, 0.55)
    before = -np.floor(rng.exponential(300.0, n))
    during = np.floor(rng.random(n) * (block.seen_until[who] + 1))
    start = np.where(at_entry, before, during)
    stop = start + np.floor(rng.exponential(200.0, n))
    stop = np.minimum(stop, block.seen_until[who])
    stop = np.where(stop < start, np.nan, stop)

    words = [*MEDICATIONS, RILUZOLE]
    rows = {
        "subject_id": identifiers(block.subject_id[who]),
        "Medication_Coded": pick([word[0] for word in words], code),
        "Start_Delta": number(_far(rng, blank(rng, start, 0.12))),
        "Stop_Delta": number(_far(rng, blank(rng, stop, 0.5))),
        "Dose": spoil(rng, pick([w[1] for w in words], code), DOSE_JUNK, ["ND", "1-2"]),
        "Unit": pick([word[2] for word in words], code),
        "Frequency": pick([word[3] for word in words], code),
        "Route": pick([word[4] for word in words], code),
    }
    rows["Dose"] = pc.if_else(
        pa.array(rng.random(n) < 0.15), pa.scalar(None, pa.string()), rows["Dose"]
    )
    order = repeat_some(rng, file_order(rng, who, start), REPEATED)
    return take_rows(rows, order)
