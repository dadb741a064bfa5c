"""measurements.csv of a synthetic site: vital capacity, weight and height."""

import numpy as np
import pyarrow as pa

from counterarm.demo.cohort import Cohort
from counterarm.demo.patients import MONTH
from counterarm.demo.quirks import Rows, number
from counterarm.demo.vitals import WEIGHT_LOSS, WEIGHT_SD

HEADINGS = ("subject_id", "measurement_date", "test", "result", "unit")
FIRST_DAY, SPACING, LAST_DAY = -91, 91, 910
CAPACITY_SD = 4.0  # %-points, as in PRO-ACT's FVC
MISSED = 0.1  # of the planned days but the first


def measurements(rng: np.random.Generator, cohort: Cohort) -> Rows:
    """Write FVC in litres and weight every 91 days from 91 days before the first dose.

    Height is written once, on the first of these days. Rows are in file order.
    """
    patients = cohort.patients
    planned = np.arange(FIRST_DAY, LAST_DAY + 1, SPACING).astype(float)
    kept = rng.random((len(patients), len(planned))) >= MISSED
    kept[:, 0] = True
    kept &= planned < cohort.last_day[:, None]
    kept &= planned > patients.onset_day[:, None]
    who, column = np.nonzero(kept)
    day = planned[column]
    months = day / MONTH
    percent = patients.vital_capacity[who] - patients.vital_capacity_slope[who] * months
    percent = np.clip(percent + rng.normal(0, CAPACITY_SD, len(who)), 8.0, 160.0)
    litres = np.round(percent / 100 * patients.predicted_liters[who], 2)
    kilograms = patients.weight[who] - WEIGHT_LOSS * months
    kilograms += rng.normal(0, WEIGHT_SD, len(who))
    first = np.unique(who, return_index=True)[1]
    parts = [
        (who, day, "FVC", litres, "L"),
        (who, day, "WEIGHT", np.round(np.maximum(kilograms, 30.0), 1), "kg"),
        (who[first], day[first], "HEIGHT", patients.height[who[first]], "cm"),
    ]
    tests, units = (
        np.concatenate([np.repeat(part[k], len(part[0])) for part in parts])
        for k in (2, 4)
    )
    who, day, result = (np.concatenate([part[k] for part in parts]) for k in (0, 1, 3))
    return cohort.rows(
        who,
        {
            "measurement_date": cohort.dates(who, day),
            "test": pa.array(tests.tolist(), pa.string()),
            "result": number(result),
            "unit": pa.array(units.tolist(), pa.string()),
        },
    )
