"""PRO-ACT table VITALSIGNS: 36 columns, most of them empty, units a matter of luck."""

import numpy as np
import pyarrow as pa

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
from counterarm.demo.trials import records, trial_array
from counterarm.demo.visits import Block

# proact.md 4.1: weight varies by 2.8 kg within a subject; loss in kg per month
WEIGHT_SD = 2.0
WEIGHT_LOSS = 0.25
KG_PER_POUND, CM_PER_INCH = 0.45359237, 2.54
# trials with lying and standing readings, and with baseline and endpoint columns
POSTURE_TRIAL, ENDPOINT_TRIAL = 4, 9

# rates (number of the quirk in proact.md section 2)
VISIT_SHARE = 0.78
POUNDS_SHARE = 0.1  # of the subjects of the trial that used both (#21)
BLANK_POUNDS = 0.004  # #21: pounds without a unit
METRES_SHARE = 0.28  # #21: of the subjects of a trial that wrote metres
JUNK = 0.0004  # #22
JUNK_WORDS = ("ND", "N/A", ".")

WEIGHT_UNITS = ("Kilograms", "kg", "Pounds")
# pounds and inches stand beside other units spelt out
SPELT = ["spelt_out", "imperial"]
HEIGHT_UNITS = ("Centimeters", "cm", "Inches")


def vital_signs(rng: np.random.Generator, block: Block) -> Rows:
    """Write VITALSIGNS for one block, rows in file order."""
    measured = records(block.trial, "tables", "VITALSIGNS")[block.who]
    chance = np.where(block.day == 0, 0.97, VISIT_SHARE)
    visit = np.flatnonzero(measured & (rng.random(len(block.who)) < chance))
    who, day = block.who[visit], block.day[visit]
    n, trial = len(who), block.trial[who]
    units = trial_array("units")[trial]
    named = np.isin(units, ["spelt_out", "symbols"])
    luck = rng.random(len(block.subject_id))[who]

    weight, weight_unit = _weights(rng, block, who, day, units, luck)
    height, height_unit = _heights(rng, block, who, day, units, luck)
    temperature = rng.normal(36.6, 0.35, n)
    fahrenheit = units == "metres"
    temperature = np.where(fahrenheit, temperature * 1.8 + 32, temperature)
    celsius = np.where((named) & (rng.random(n) < 0.8), 0, -1)

    systolic = np.rint(rng.normal(131, 16, n))
    diastolic = np.rint(np.minimum(rng.normal(80, 10, n), systolic - 10))
    pulse = np.rint(rng.normal(77, 11, n))
    posture = trial == POSTURE_TRIAL
    plain = np.where(posture, np.nan, 1.0)
    lying = np.where(posture, 1.0, np.nan)
    rows = {
        "subject_id": identifiers(block.subject_id[who]),
        "Blood_Pressure_Diastolic": number(blank(rng, diastolic * plain, 0.06)),
        "Blood_Pressure_Diastolic_Units": pick(["MMHG"], np.where(named, 0, -1)),
        "Blood_Pressure_Systolic": spoil(
            rng, number(blank(rng, systolic * plain, 0.06)), JUNK, JUNK_WORDS
        ),
        "Blood_Pressure_Systolic_Units": pick(["MMHG"], np.where(named, 0, -1)),
        "Height": height,
        "Height_Units": height_unit,
        "Pulse": spoil(rng, number(blank(rng, pulse * plain, 0.07)), JUNK, JUNK_WORDS),
        "Pulse_Units": pick(["BEATS/MIN"], np.where(named, 0, -1)),
        "Respiratory_Rate": number(blank(rng, np.rint(rng.normal(17, 2.5, n)), 0.3)),
        "Respiratory_Rate_Units": pick(
            ["BREATHS/MIN"], np.where(units == "spelt_out", 0, -1)
        ),
        "Temperature": number(blank(rng, np.round(temperature, 1), 0.35)),
        "Temperature_Units": pick(["C"], celsius),
        "Weight": weight,
        "Weight_Units": weight_unit,
        "Vital_Signs_Delta": number(blank(rng, day, 0.002)),
        "Supine_Pulse": number(pulse * lying),
        "Standing_Pulse": number((pulse + 8) * lying),
        "Supine_BP_Diastolic": number(diastolic * lying),
        "Supine_BP_Systolic": number(systolic * lying),
        "Standing_BP_Diastolic": number((diastolic - 3) * lying),
        "Standing_BP_Systolic": number((systolic - 6) * lying),
    }
    rows |= _baseline_columns(rng, trial, day, systolic, diastolic, pulse)
    order = repeat_some(rng, file_order(rng, who, day), REPEATED)
    return take_rows(rows, order)


def _weights(
    rng: np.random.Generator,
    block: Block,
    who: np.ndarray,
    day: np.ndarray,
    units: np.ndarray,
    luck: np.ndarray,
) -> tuple[pa.Array, pa.Array]:
    n = len(who)
    kilograms = block.patients.weight[who] - WEIGHT_LOSS * day / MONTH
    kilograms = np.maximum(kilograms + rng.normal(0, WEIGHT_SD, n), 30.0)
    pounds = (units == "imperial") & (luck < POUNDS_SHARE)
    unmarked = np.isin(units, ["none", "metres"]) & (rng.random(n) < BLANK_POUNDS)
    value = np.where(pounds | unmarked, kilograms / KG_PER_POUND, kilograms)
    # a few rows of every trial lack the unit
    word = np.select([pounds, units == "symbols", np.isin(units, SPELT)], [2, 1, 0], -1)
    word = np.where(rng.random(n) < 0.04, -1, word)
    value = blank(rng, np.round(value, 1), 0.18)
    text = spoil(rng, number(value), JUNK, JUNK_WORDS)
    return text, pick(WEIGHT_UNITS, np.where(np.isnan(value), -1, word))


def _heights(
    rng: np.random.Generator,
    block: Block,
    who: np.ndarray,
    day: np.ndarray,
    units: np.ndarray,
    luck: np.ndarray,
) -> tuple[pa.Array, pa.Array]:
    n = len(who)
    centimeters = block.patients.height[who]
    metres = (units == "metres") & (luck < METRES_SHARE)
    inches = (units == "imperial") & (luck < 0.5)
    value = np.select(
        [metres, inches],
        [np.round(centimeters / 100, 2), np.round(centimeters / CM_PER_INCH, 1)],
        centimeters,
    )
    written = (day == 0) | (rng.random(n) < 0.08)
    value = np.where(written & (rng.random(n) < 0.93), value, np.nan)
    word = np.select([inches, units == "symbols", np.isin(units, SPELT)], [2, 1, 0], -1)
    word = np.where((rng.random(n) < 0.04) | np.isnan(value), -1, word)
    return number(value), pick(HEIGHT_UNITS, word)


def _baseline_columns(
    rng: np.random.Generator,
    trial: np.ndarray,
    day: np.ndarray,
    systolic: np.ndarray,
    diastolic: np.ndarray,
    pulse: np.ndarray,
) -> Rows:
    """Fill the Baseline_ and Endpoint_ columns of the one trial that had them."""
    here = trial == ENDPOINT_TRIAL
    rows: Rows = {}
    for name, on_row in (("Baseline", day == 0), ("Endpoint", day > 240)):
        kept = np.where(here & on_row, 1.0, np.nan)
        rows[f"{name}_Standing_BP_Diastolic"] = number((diastolic - 3) * kept)
        rows[f"{name}_Standing_BP_Systolic"] = number((systolic - 6) * kept)
        rows[f"{name}_Supine_BP_Diastolic"] = number(diastolic * kept)
        rows[f"{name}_Supine_BP_Systolic"] = number(systolic * kept)
        rows[f"{name}_Supine_Pulse"] = number(pulse * kept)
        rows[f"{name}_Standing_Pulse"] = number((pulse + 8) * kept)
        weight = np.round(rng.normal(76, 14, len(trial)), 1)
        rows[f"{name}_Weight"] = number(np.clip(weight, 38, 140) * kept)
    return rows
