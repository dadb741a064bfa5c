"""The scenarios of `designs.py`: patients, and the ascertainment of deaths of controls.

Patients come from the latent model of the demo. Both arms are drawn from one
population, so that only the design, the ascertainment of deaths or calendar drift can
cause bias.
"""

from dataclasses import dataclass

import numpy as np
from truth_worlds import (
    PROACT,
    Records,
    control_records,
    known_until,
    random_ends,
)
from truth_worlds import WORLDS as TRUTH_WORLDS

from counterarm.demo.patients import (
    BULBAR,
    HAZARD,
    LIMB,
    MONTH,
    Patients,
    draw_patients,
    take,
)

(KNOWN_STATUS,) = (world for world in TRUTH_WORLDS if world.name == "known status")
# assumed ratio of the hazard of earlier patients, at equal covariates
DRIFT = 1.25


@dataclass(frozen=True)
class DesignWorld:
    """Ascertainment of the controls, and the factor of their hazard."""

    name: str
    is_complete: bool
    drift: float
    says: str


DESIGN_WORLDS = (
    DesignWorld(
        "complete",
        True,
        1.0,
        "deaths and survival of both arms are known until the end of follow-up",
    ),
    DesignWorld(
        "PRO-ACT",
        False,
        1.0,
        "as in the demo, deaths of controls are ascertained for months after the last "
        "visit, survival only to the last visit",
    ),
    DesignWorld(
        "calendar drift",
        True,
        DRIFT,
        "as complete, but the controls are from earlier years, with a hazard of death "
        f"{DRIFT} times as high at equal covariates",
    ),
)


@dataclass(frozen=True)
class Cohort:
    """Patients of one arm with their follow-up as recorded.

    `days` from day 0 of the latent model (entry) to death or the last day known alive
    and `died` have one element each. `records` are those of controls in trials that
    ascertain deaths as PRO-ACT's do.
    """

    patients: Patients
    days: np.ndarray
    died: np.ndarray
    records: Records | None = None


def drawn(
    rng: np.random.Generator, n: int, hazard_ratio: float, longest_duration: float
) -> Patients:
    """Draw patients with limb or bulbar onset within some days before entry."""
    found = draw_patients(rng, 6 * n + 50, PROACT, hazard_ratio=hazard_ratio)
    fits = np.isin(found.onset, (LIMB, BULBAR))
    fits &= found.onset_day >= -longest_duration
    index = np.flatnonzero(fits)[:n]
    if len(index) < n:
        raise RuntimeError(f"{len(index)} of {n} patients fit: draw more")
    return take(found, index)


def followed(
    rng: np.random.Generator, patients: Patients, *, is_complete: bool
) -> Cohort:
    """Follow patients from entry, completely or as the trials of PRO-ACT do."""
    if is_complete:
        return Cohort(patients, *known_until(patients, random_ends(rng, len(patients))))
    records = control_records(rng, patients, KNOWN_STATUS)
    died = np.isfinite(records.death)
    days = np.where(died, records.death, np.maximum(records.last_visit, 1))
    return Cohort(patients, days, died, records)


def treated_from(patients: Patients, start: np.ndarray, ratio: float) -> Patients:
    """Return the patients with hazards multiplied by `ratio` from day `start` on.

    The cumulative hazard at death is standard exponential; the remainder at the start
    of treatment accumulates `ratio` times as fast.
    """
    at_death = cumulative_hazard(patients, patients.death_day)
    at_start = cumulative_hazard(patients, start)
    left = at_start + (at_death - at_start) / ratio
    death = day_of(patients, np.maximum(left, 0))
    is_reached = patients.death_day > start
    return with_deaths(patients, np.where(is_reached, death, patients.death_day))


def cumulative_hazard(patients: Patients, day: np.ndarray) -> np.ndarray:
    """Return the cumulative hazard without treatment from entry to a day, 0 before."""
    since = np.maximum(day, 0) / HAZARD.scale_days
    return since**HAZARD.shape * np.exp(patients.linear_predictor)


def day_of(patients: Patients, hazard: np.ndarray) -> np.ndarray:
    """Return the day by which a cumulative hazard is reached."""
    unit = hazard / np.exp(patients.linear_predictor)
    return HAZARD.scale_days * unit ** (1 / HAZARD.shape)


def with_deaths(patients: Patients, death_day: np.ndarray) -> Patients:
    """Return the patients with other days of death."""
    found = take(patients, np.arange(len(patients)))
    found.death_day = np.maximum(death_day, 1.0)
    return found


def symptom_months(patients: Patients) -> np.ndarray:
    """Return the months from symptom onset to entry."""
    return -patients.onset_day / MONTH


# What a design may match on or adjust for, by name.
MEASURED = {
    "age": lambda p: p.age,
    "age_at_onset": lambda p: p.age + p.onset_day / 365.25,
    "male": lambda p: p.male,
    "bulbar": lambda p: p.onset == BULBAR,
    "riluzole": lambda p: p.riluzole,
    "total": lambda p: 48 - p.loss,
    "loss_per_month": lambda p: p.loss / symptom_months(p),
    "symptom_months": symptom_months,
    "diagnostic_delay": lambda p: (p.diagnosis_day - p.onset_day) / MONTH,
    "months_from_diagnosis": lambda p: -p.diagnosis_day / MONTH,
    "vital_capacity": lambda p: p.vital_capacity,
    "bmi": lambda p: p.weight / (p.height / 100) ** 2,
}


def measured(patients: Patients, names: tuple[str, ...]) -> np.ndarray:
    """Return the named measurements at entry, a column each."""
    return np.column_stack([MEASURED[name](patients).astype(float) for name in names])
