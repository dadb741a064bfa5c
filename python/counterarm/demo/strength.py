"""PRO-ACT tables of strength: HANDGRIPSTRENGTH and MUSCLESTRENGTH, in pounds.

A muscle's strength follows the points that its part of the body has left on the scale.
"""

from typing import NamedTuple

import numpy as np

from counterarm.demo.patients import latent_items
from counterarm.demo.quirks import (
    REPEATED,
    Rows,
    blank,
    file_order,
    identifiers,
    number,
    pick,
    repeat_some,
    take_rows,
)
from counterarm.demo.trials import records
from counterarm.demo.visits import Block

# items of the scale that a part of the body answers for
HAND, ARM, LEG = (3, 4, 5), (4, 5, 6), (7, 8)
SIDES = ("LEFT", "RIGHT")


class Movement(NamedTuple):
    """A movement whose strength is measured, and what a healthy man reaches."""

    test: str
    location: str
    items: tuple[int, ...]
    pounds: float


GRIP_POUNDS = 92.0
# the names are those of CDISC terminology; proact.md 1.16 gives their beginning
_NAME = "Isometric Muscle Strength, "
MOVEMENTS = (
    Movement(_NAME + "Flexion", "SHOULDER JOINT", ARM, 42),
    Movement(_NAME + "Flexion", "ELBOW JOINT", ARM, 55),
    Movement(_NAME + "Extension", "ELBOW JOINT", ARM, 38),
    Movement(_NAME + "Extension", "WRIST JOINT", HAND, 33),
    Movement(_NAME + "Flexion", "HIP JOINT", LEG, 52),
    Movement(_NAME + "Extension", "KNEE JOINT", LEG, 78),
    Movement(_NAME + "Dorsiflexion", "ANKLE JOINT", LEG, 56),
)
LOCATIONS = (*(movement.location for movement in MOVEMENTS), "Wristjoint")
WRIST = 3
WOMEN = 0.62  # strength of women against men
BETWEEN, SIDE, NOISE = 0.18, 0.15, 0.08  # SDs of the logarithm
POWER = 1.3  # of the share of points left

VISIT_SHARE = 0.85
MUSCLE_VISIT_SHARE = 0.81
# trials that squeeze three times and number the tries; others give the best alone
NUMBERED_TRIALS = (0,)
# trials that number the tries of muscles, always the first
NUMBERED_MUSCLE_TRIALS = (3, 6)
TRY_MISSING = 0.01  # 1.15: Test_trial missing on some rows
NOT_DONE = 0.03
WRIST_TYPO = 0.1  # 1.16
BROKEN = 0.22  # 1.16: Test_Break is yes or missing
DAY_MISSING = 0.002
SETTINGS = ("2", "3")


def _visits(
    rng: np.random.Generator, block: Block, table: str, share: float
) -> tuple[np.ndarray, np.ndarray]:
    measured = records(block.trial, "tables", table)[block.who]
    visit = np.flatnonzero(measured & (rng.random(len(block.who)) < share))
    return block.who[visit], block.day[visit]


def _strength(
    rng: np.random.Generator,
    block: Block,
    who: np.ndarray,
    day: np.ndarray,
    items: tuple[int, ...],
    pounds: float,
) -> np.ndarray:
    """Measure left and right at each visit, shape (len(day), 2)."""
    patients = block.patients
    left = latent_items(patients, who, day)[:, list(items)].mean(axis=1) / 4
    own = BETWEEN * rng.standard_normal(len(patients))
    side = SIDE * rng.standard_normal((len(patients), 2))
    healthy = pounds * np.where(patients.male, 1.0, WOMEN) * np.exp(own)
    noise = np.exp(NOISE * rng.standard_normal((len(who), 2)))
    return (healthy[who] * left**POWER)[:, None] * np.exp(side)[who] * noise


def hand_grip(rng: np.random.Generator, block: Block) -> Rows:
    """Write HANDGRIPSTRENGTH: both hands, three tries or the best of them."""
    who, day = _visits(rng, block, "HANDGRIPSTRENGTH", VISIT_SHARE)
    pounds = _strength(rng, block, who, day, HAND, GRIP_POUNDS)
    numbered = np.isin(block.trial[who], NUMBERED_TRIALS)
    visit = np.repeat(np.arange(len(who)), np.where(numbered, 6, 2))
    # within a visit: tries 1 to 3 of the left hand, then of the right
    place = np.arange(len(visit)) - np.searchsorted(visit, visit)
    side = np.where(numbered[visit], place // 3, place)
    attempt = np.where(numbered[visit], place % 3 + 1.0, np.nan)
    n = len(visit)
    tired = 1 - 0.02 * np.nan_to_num(attempt - 1)
    value = pounds[visit, side] * tired * np.exp(0.04 * rng.standard_normal(n))
    right_handed = rng.random(len(block.subject_id)) < 0.9
    asked = block.trial[who[visit]] == NUMBERED_TRIALS[0]
    dominant = np.where(right_handed[who[visit]], 1, 0)
    setting = rng.integers(0, 2, len(block.subject_id))[who[visit]]
    who, day = who[visit], day[visit]
    rows = {
        "subject_id": identifiers(block.subject_id[who]),
        "Test_Name": pick(["Grip Strength"], np.zeros(n)),
        "Test_Category": pick(["HAND GRIP"], np.zeros(n)),
        "Test_Location": pick(["HAND"], np.zeros(n)),
        "Test_Laterality": pick(SIDES, side),
        "Test_Result": number(blank(rng, np.round(value, 1), NOT_DONE)),
        "Test_Unit": pick(["Pounds"], np.zeros(n)),
        "Test_trial": number(blank(rng, attempt, TRY_MISSING)),
        "Test_Setting": pick(SETTINGS, np.where(asked, setting, -1)),
        "DominantHand": pick(SIDES, np.where(asked, dominant, -1)),
        "MS_Delta": number(blank(rng, day, DAY_MISSING)),
    }
    order = repeat_some(rng, file_order(rng, who, day), REPEATED)
    return take_rows(rows, order)


def muscle_strength(rng: np.random.Generator, block: Block) -> Rows:
    """Write MUSCLESTRENGTH: seven movements on both sides."""
    who, day = _visits(rng, block, "MUSCLESTRENGTH", MUSCLE_VISIT_SHARE)
    pounds = np.concatenate(
        [
            _strength(rng, block, who, day, movement.items, movement.pounds)
            for movement in MOVEMENTS
        ],
        axis=1,
    )
    # columns: movement by movement, left and right
    visit, column = np.nonzero(rng.random(pounds.shape) > NOT_DONE)
    movement, side = column // 2, column % 2
    value, who, day = pounds[visit, column], who[visit], day[visit]
    n = len(visit)
    typo = (movement == WRIST) & (rng.random(n) < WRIST_TYPO)
    numbered = np.isin(block.trial[who], NUMBERED_MUSCLE_TRIALS)
    attempt = np.where(numbered, 1.0, np.nan)
    # the examiner overcomes the weak more often
    weak = value < np.array([m.pounds for m in MOVEMENTS])[movement] / 2
    broken = rng.random(n) < BROKEN * np.where(weak, 1.5, 0.75)
    rows = {
        "subject_id": identifiers(block.subject_id[who]),
        "Test_Name": pick([m.test for m in MOVEMENTS], movement),
        "Test_Category": pick(["HAND HELD DYNAMOMETRY"], np.zeros(n)),
        "Test_Location": pick(LOCATIONS, np.where(typo, len(MOVEMENTS), movement)),
        "Test_Laterality": pick(SIDES, side),
        "Test_trial": number(blank(rng, attempt, TRY_MISSING)),
        "Test_Result": number(blank(rng, np.round(value, 1), 0.01)),
        "Test_Unit": pick(["Pounds"], np.zeros(n)),
        "Test_Break": pick(["yes"], np.where(broken & numbered, 0, -1)),
        "MS_Delta": number(blank(rng, day, DAY_MISSING)),
    }
    order = repeat_some(rng, file_order(rng, who, day), REPEATED)
    return take_rows(rows, order)
