"""PRO-ACT tables of function: ALSFRS, FVC, SVC; several rows per subject.

Each function gives the text of one table for one block, rows in file order.
"""

import numpy as np

from counterarm.demo.patients import MONTH, score_items
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
from counterarm.demo.trials import records, trial_array
from counterarm.demo.visits import Block

# columns of the ten items that both scales share, Q5 apart
SHARED = {
    0: "Q1_Speech",
    1: "Q2_Salivation",
    2: "Q3_Swallowing",
    3: "Q4_Handwriting",
    5: "Q6_Dressing_and_Hygiene",
    6: "Q7_Turning_in_Bed",
    7: "Q8_Walking",
    8: "Q9_Climbing_Stairs",
}
REVISED = {
    9: "R_1_Dyspnea",
    10: "R_2_Orthopnea",
    11: "R_3_Respiratory_Insufficiency",
}
# trial that records the mode and the respondent (proact.md 1.1: mostly empty)
ASKED_TRIAL = 5

# rates of quirks, by row (number of the quirk in proact.md section 2)
SAME_DAY = 0.004  # #11: rated again on the same day
HALF_POINT = 0.008  # #8, of rows of the first scale
ITEM_MISSING = 0.006
CUTTING_MISSING = 0.004  # #6: neither Q5a nor Q5b
CUTTING_BOTH = 0.0008  # #6: 14 rows in 2015
TOTAL_WRONG = 0.007  # #5
TOTAL_MISSING = 0.008
NEITHER_SCALE = 0.004  # #4
DAY_MISSING = 0.003  # #9
JUNK = 0.0006  # #22
LITER_JUNK = (". 0", "X.XX", "85%")


def _half_points(
    rng: np.random.Generator, items: np.ndarray, rows: np.ndarray
) -> np.ndarray:
    hit = np.flatnonzero(rows & (rng.random(len(items)) < HALF_POINT))
    column = rng.integers(0, 9, len(hit))
    items = items.copy()
    items[hit, column] += np.where(items[hit, column] > 0, -0.5, 0.5)
    return items


def alsfrs(rng: np.random.Generator, block: Block) -> Rows:
    """Write ALSFRS: the first scale, the revised one, or both, by trial (#4)."""
    scale_of_trial = trial_array("scale")[block.trial]
    visit = np.flatnonzero((scale_of_trial != "none")[block.who])
    visit = repeat_some(rng, visit, SAME_DAY)
    who, day = block.who[visit], block.day[visit]
    n, scale = len(who), scale_of_trial[who]
    items = score_items(rng, block.patients, who, day)
    items = _half_points(rng, items, scale == "first")
    q10 = items[:, 9].copy()
    uses_b = (day >= block.patients.gastrostomy_day[who]) | trial_array("always_q5b")[
        block.trial[who]
    ]
    q5a = np.where(uses_b, np.nan, items[:, 4])
    q5b = np.where(uses_b, items[:, 4], np.nan)

    def total(values: np.ndarray) -> np.ndarray:
        wrong = rng.random(n) < TOTAL_WRONG
        off = rng.integers(1, 4, n) * rng.choice([-1, 1], n)
        return np.clip(values + np.where(wrong, off, 0), 0, None)

    old = total(items[:, :9].sum(axis=1) + q10)
    revised = np.minimum(total(np.floor(items.sum(axis=1))), 48)
    both_cut = rng.random(n) < CUTTING_BOTH
    q5a[both_cut] = q5b[both_cut] = items[both_cut, 4]
    if block.is_first_block:
        # one row reaches 44 through both cutting items (#6, #7)
        best = np.where(scale == "first", old, -1)
        if n and best.max() >= 0:
            row = int(best.argmax())
            items[row] = q10[row] = q5a[row] = q5b[row] = 4.0
            old[row] = 44.0
    neither_cut = (rng.random(n) < CUTTING_MISSING) & ~both_cut
    q5a[neither_cut] = q5b[neither_cut] = np.nan
    gap = rng.random(n) < ITEM_MISSING
    items[gap, rng.integers(0, 12, n)[gap]] = np.nan

    neither = rng.random(n) < NEITHER_SCALE
    is_old = np.isin(scale, ["first", "both"]) & ~neither
    is_revised = np.isin(scale, ["revised", "both"]) & ~neither
    asked = block.trial[who] == ASKED_TRIAL
    mode = np.where(asked & (rng.random(n) < 0.3), rng.integers(0, 2, n), -1)
    rows = {
        "subject_id": identifiers(block.subject_id[who]),
        "Q5a_Cutting_without_Gastrostomy": number(q5a),
        "Q5b_Cutting_with_Gastrostomy": number(q5b),
        "Q10_Respiratory": number(np.where(is_old, q10, np.nan)),
        "ALSFRS_Delta": number(blank(rng, day, DAY_MISSING)),
        "ALSFRS_Total": number(
            blank(rng, np.where(is_old, old, np.nan), TOTAL_MISSING)
        ),
        "ALSFRS_R_Total": number(
            blank(rng, np.where(is_revised, revised, np.nan), TOTAL_MISSING)
        ),
        "Mode_of_Administration": pick(["In Clinic", "Telephone"], mode),
        "ALSFRS_Responded_By": pick(["Patient", "Caregiver"], mode),
    }
    for column, name in SHARED.items():
        rows[name] = number(items[:, column])
    for column, name in REVISED.items():
        rows[name] = number(np.where(is_revised, items[:, column], np.nan))
    order = repeat_some(rng, file_order(rng, who, day), REPEATED)
    return take_rows(rows, order)


def _vital_capacity(
    rng: np.random.Generator, block: Block, table: str, share: float, slow: float
) -> Rows:
    """Blow three times; give the columns that FVC and SVC share under short names."""
    measured = records(block.trial, "tables", table)[block.who]
    # at entry nearly always, later by the trial's plan
    chance = np.where(block.day == 0, 0.97, share)
    visit = np.flatnonzero(measured & (rng.random(len(block.who)) < chance))
    who, day = block.who[visit], block.day[visit]
    n, patients, trial = len(who), block.patients, block.trial[who]
    months = day / MONTH
    pct = patients.vital_capacity[who] - patients.vital_capacity_slope[who] * months
    pct = np.clip(pct + slow + rng.normal(0, 4.0, n), 8.0, 160.0)
    normal = patients.predicted_liters[who]
    liters = np.round(pct / 100 * normal, 2)
    pct = np.round(pct, 0)
    writes_pct = (trial % 2 == 0) | (rng.random(n) < 0.3)
    three = trial % 3 == 0
    second = np.round(liters - np.abs(rng.normal(0, 0.06, n)), 2)
    third = np.round(liters - np.abs(rng.normal(0, 0.09, n)), 2)
    second = np.where(three, np.maximum(second, 0.1), np.nan)
    third = np.where(three & (rng.random(n) < 0.9), np.maximum(third, 0.1), np.nan)
    rows = {
        "subject_id": identifiers(block.subject_id[who]),
        "l1": spoil(rng, number(blank(rng, liters, 0.01)), JUNK, LITER_JUNK),
        "l2": number(second),
        "l3": number(third),
        "p1": number(np.where(writes_pct, pct, np.nan)),
        "p2": number(np.where(writes_pct, np.round(second / normal * 100), np.nan)),
        "p3": number(np.where(writes_pct, np.round(third / normal * 100), np.nan)),
        "normal": number(blank(rng, normal, np.where(writes_pct, 0.4, 0.02))),
        "day": number(blank(rng, day, DAY_MISSING)),
        "unit": pick(["Liters"], np.where(rng.random(n) < 0.9, 0, -1)),
    }
    order = repeat_some(rng, file_order(rng, who, day), REPEATED)
    return take_rows(rows, order)


def _renamed(rows: Rows, names: tuple[str, ...]) -> Rows:
    return dict(zip(names, rows.values(), strict=True))


def fvc(rng: np.random.Generator, block: Block) -> Rows:
    """Write FVC: litres, percent, or predicted litres to compute it from."""
    rows = _vital_capacity(rng, block, "FVC", 0.63, 0.0)
    return _renamed(
        rows,
        (
            "subject_id",
            "Subject_Liters_Trial_1",
            "Subject_Liters_Trial_2",
            "Subject_Liters_Trial_3",
            "pct_of_Normal_Trial_1",
            "pct_of_Normal_Trial_2",
            "pct_of_Normal_Trial_3",
            "Subject_Normal",
            "Forced_Vital_Capacity_Delta",
            "Forced_Vital_Capacity_Units",
        ),
    )


def svc(rng: np.random.Generator, block: Block) -> Rows:
    """Write SVC, whose headings are spelt unlike those of FVC."""
    rows = _vital_capacity(rng, block, "SVC", 0.59, 2.0)
    return _renamed(
        rows,
        (
            "subject_id",
            "Subject_Liters_Trial_1",
            "Subject_Liters__Trial_2_",
            "Subject_Liters__Trial_3_",
            "pct_of_Normal_Trial_1",
            "pct_of_Normal_Trial_2",
            "pct_of_Normal_Trial_3",
            "Subject_Normal",
            "Slow_vital_Capacity_Delta",
            "Slow_Vital_Capacity_Units",
        ),
    )
