"""PRO-ACT tables of few rows per subject: ELESCORIAL, FAMILYHISTORY, NEUROFILAMENT."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from counterarm.demo.patients import DECLINE, LIMB
from counterarm.demo.quirks import (
    Rows,
    blank,
    file_order,
    identifiers,
    number,
    pick,
    take_rows,
)
from counterarm.demo.trials import records, trial_array
from counterarm.demo.visits import Block

# proact.md 1.14; the shares are the demo's own
EL_ESCORIAL = {
    "Definite": 0.36,
    "Probable": 0.36,
    "Possible": 0.11,
    "Suspected": 0.03,
    "Probable Laboratory Supported": 0.14,
}
LEVEL_MISSING = 0.015

# proact.md 1.13: 1,007 subjects, 64 of them with a second row; about 131 answered Yes
FAMILY_SHARE = 0.311  # of the subjects of trials that asked
# trials that ask Yes or No; the others write down only diseases
YES_NO_TRIALS = (5, 14)
YES_SHARE = 0.37
SECOND_DISEASE = 0.08
SECOND_RELATIVE = 0.25
DISEASES = {
    "DAT": 0.16,
    "OTHER": 0.15,
    "STROKE-NOS": 0.19,
    "BRAIN TUMOR": 0.06,
    "PARKINSON'S DISEASE": 0.14,
    "DEMENTIA-NOS": 0.14,
    "ALS": 0.1,
    "STROKE-ISCHEMIC": 0.04,
    "STROKE-HEMORRHAGIC": 0.02,
}
OTHER_DISEASES = ("MULTIPLE SCLEROSIS", "EPILEPSY", "neuropathy, cause not known")
# the columns of the other relatives stay empty, as most do in the release
RELATIVES = {
    "Mother": 24,
    "Father": 22,
    "Grandmother__Maternal_": 9,
    "Grandfather__Maternal_": 6,
    "Grandmother__Paternal_": 6,
    "Grandfather__Paternal_": 5,
    "Sister": 6,
    "Brother": 7,
    "Sibling": 3,
    "Aunt__Maternal_": 5,
    "Aunt__Paternal_": 4,
    "Uncle__Maternal_": 4,
    "Uncle__Paternal_": 4,
    "Cousin": 3,
    "Son": 1,
    "Daughter": 1,
    "Other": 2,
}


@dataclass(frozen=True)
class Neurofilament:
    """Neurofilament light chain in serum, pg/mL (proact.md 1.17)."""

    # baseline median 78.5, IQR 52.6 to 115.1; none above 840
    median: float = 78.5
    log_sd: float = 0.58
    most: float = 840.0
    # correlation of the logarithm with that of the true slope; -0.43 with the raw one
    slope_correlation: float = 0.5
    # SD of the logarithm from draw to draw, part of log_sd
    draw_log_sd: float = 0.14
    # first draw day 0 to 90, median 27
    first_shape: tuple[float, float] = (1.1, 2.3)
    last_first_day: int = 90
    limb_share: float = 0.76
    other_share: float = 0.02
    later_draws: float = 4.6
    spacing: int = 45
    # subjects with liquor taken twice: 90 of 3,670 rows
    csf_share: float = 0.056
    csf_factor: float = 35.0
    csf_outlier: float = 27_212.0


NEUROFILAMENT = Neurofilament()


def _choice(
    rng: np.random.Generator, weights: Mapping[str, float], size: int
) -> np.ndarray:
    weight = np.array(list(weights.values()), dtype=float)
    return rng.choice(len(weight), size=size, p=weight / weight.sum())


def el_escorial(rng: np.random.Generator, block: Block) -> Rows:
    """Write ELESCORIAL: one row per subject of the trials that graded the diagnosis."""
    n = len(block.subject_id)
    kept = records(block.trial, "tables", "ELESCORIAL") & (rng.random(n) < 0.985)
    level = _choice(rng, EL_ESCORIAL, n)
    # the criteria of the first scale's time have no laboratory support
    supported = level == list(EL_ESCORIAL).index("Probable Laboratory Supported")
    level[supported & (trial_array("scale")[block.trial] == "first")] = 1
    level = np.where(rng.random(n) < LEVEL_MISSING, -1, level)
    delta = np.where(rng.random(n) < 0.75, 0.0, -rng.integers(1, 43, n))
    rows = {
        "subject_id": identifiers(block.subject_id),
        "el_escorial": pick(tuple(EL_ESCORIAL), level),
        "delta_days": number(blank(rng, delta, 0.03)),
    }
    return take_rows(rows, np.flatnonzero(kept))


def family_history(rng: np.random.Generator, block: Block) -> Rows:
    """Write FAMILYHISTORY: flags of relatives are 1 or missing, most columns empty."""
    subjects = len(block.subject_id)
    kept = records(block.trial, "tables", "FAMILYHISTORY")
    kept &= rng.random(subjects) < FAMILY_SHARE
    asks = np.isin(block.trial, YES_NO_TRIALS)
    ill = ~asks | (rng.random(subjects) < YES_SHARE)
    # a second disease stands on a second row (#2)
    second = np.where(rng.random(subjects) < SECOND_DISEASE, 2, 1)
    who = np.repeat(np.arange(subjects), np.where(kept, np.where(ill, second, 1), 0))
    n = len(who)
    asks, ill = asks[who], ill[who]

    disease = np.where(ill, _choice(rng, DISEASES, n), -1)
    again = np.zeros(n, dtype=bool)
    again[1:] = who[1:] == who[:-1]
    before = np.roll(disease, 1)
    other = rng.integers(1, len(DISEASES), n)
    disease = np.where(again, (before + other) % len(DISEASES), disease)
    first = _choice(rng, RELATIVES, n)
    extra = np.where(rng.random(n) < SECOND_RELATIVE, _choice(rng, RELATIVES, n), first)
    is_other = disease == list(DISEASES).index("OTHER")
    delta = np.where(rng.random(n) < 0.9, 0.0, -rng.integers(1, 43, n))
    rows = {
        "subject_id": identifiers(block.subject_id[who]),
        "Family_History_Delta": number(blank(rng, delta, 0.04)),
        "Family_Hx_of_Neuro_Disease": pick(
            ["Yes", "No"], np.where(asks, np.where(ill, 0, 1), -1)
        ),
        "Neurological_Disease": pick(tuple(DISEASES), disease),
        "Neurological_Disease_Other": pick(
            OTHER_DISEASES, np.where(is_other, rng.integers(0, 3, n), -1)
        ),
    }
    for code, name in enumerate(RELATIVES):
        flagged = ill & ((first == code) | (extra == code))
        rows[name] = pick(["1"], np.where(flagged, 0, -1))
        if name == "Other":
            rows["Other_Specify"] = pick(["great-aunt"], np.where(flagged, 0, -1))
    return take_rows(rows, np.arange(n))


def neurofilament(rng: np.random.Generator, block: Block) -> Rows:
    """Write NEUROFILAMENT: serum, seldom liquor, nearly all of limb onset."""
    plan, patients, n = NEUROFILAMENT, block.patients, len(block.subject_id)
    share = np.where(patients.onset == LIMB, plan.limb_share, plan.other_share)
    kept = records(block.trial, "tables", "NEUROFILAMENT") & (rng.random(n) < share)
    first = np.floor((plan.last_first_day + 1) * rng.beta(*plan.first_shape, n))
    first = np.minimum(first, np.minimum(block.seen_until, plan.last_first_day))
    room = np.floor((block.seen_until - first) / plan.spacing)
    later = np.minimum(rng.poisson(plan.later_draws, n), room).astype(int)
    csf = kept & (rng.random(n) < plan.csf_share)
    serum = np.repeat(np.arange(n), np.where(kept, 1 + later, 0))
    place = np.arange(len(serum)) - np.searchsorted(serum, serum)
    tapped = np.repeat(np.flatnonzero(csf), 2)
    who = np.concatenate([serum, tapped])
    is_csf = np.arange(len(who)) >= len(serum)
    draw = np.concatenate([place, np.arange(len(tapped)) % 2 * later[tapped]])
    jitter = np.where(draw > 0, rng.integers(-4, 5, len(who)), 0)
    day = np.minimum(first[who] + draw * plan.spacing + jitter, block.seen_until[who])

    # the logarithm: speed of decline, the subject's own level, and the draw
    speed = np.log(patients.slope / DECLINE.slope_mean) / DECLINE.slope_log_sd
    speed += DECLINE.slope_log_sd / 2
    correlation = plan.slope_correlation
    steady = np.sqrt(plan.log_sd**2 - plan.draw_log_sd**2)
    own = correlation * speed + np.sqrt(1 - correlation**2) * rng.standard_normal(n)
    log = steady * own[who] + plan.draw_log_sd * rng.standard_normal(len(who))
    result = np.minimum(plan.median * np.exp(log), plan.most)
    result = np.round(np.where(is_csf, plan.csf_factor * result, result), 1)
    if block.is_first_block and is_csf.any():
        result[np.flatnonzero(is_csf)[0]] = plan.csf_outlier
    rows = {
        "subject_id": identifiers(block.subject_id[who]),
        "Collection_Delta": number(day),
        "Result": number(result),
        "Matrix": pick(["Serum", "CSF"], np.where(is_csf, 1, 0)),
        "Analyte": pick(["Neurofilament light chain"], np.zeros(len(who))),
        "Unit": pick(["pg/mL"], np.zeros(len(who))),
    }
    return take_rows(rows, file_order(rng, who, day))
