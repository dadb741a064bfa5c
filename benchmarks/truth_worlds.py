"""The made-up worlds of `simulated_truth.py`: who is treated, who dies, who is seen.

Patients come from the demo's own latent model, which knows the true hazard ratio. A
world says which confounders are measured and how follow-up ends.
"""

from dataclasses import dataclass

import numpy as np

from counterarm.demo.patients import (
    BULBAR,
    LIMB,
    MONTH,
    PROACT,
    Patients,
    Population,
    draw_patients,
    take,
)
from counterarm.demo.site_plans import CUT_OFF, SITE_PLANS
from counterarm.demo.trials import TRIALS
from counterarm.demo.visits import LEAVING

SITE = SITE_PLANS["hanyang"]
N_TREATED, N_CONTROL = 179, 793  # eligible for Nam's analysis in the full-size demo
# symptoms for less than 24 months
LONGEST_DURATION = 730


@dataclass(frozen=True)
class World:
    """Which confounders are seen, and whether deaths are heard of more than lives."""

    name: str
    measures_slope: bool
    hears_of_deaths: bool
    says: str


WORLDS = (
    World(
        "ideal",
        True,
        False,
        "every confounder is measured; both arms are censored at random, after one to "
        "three years",
    ),
    World(
        "unmeasured",
        False,
        False,
        "the speed of decline is not measured; the treated are the slower ones",
    ),
    World(
        "known status",
        True,
        True,
        "every confounder is measured; controls are followed as in the demo: a death "
        "is heard of for months after the last visit, survival is not",
    ),
    World("as the demo", False, True, "both at once"),
)


@dataclass(frozen=True)
class Sample:
    """Subjects of both arms: covariates (n, p), days, events; the treated first."""

    covariates: np.ndarray
    treated: np.ndarray
    days: np.ndarray
    died: np.ndarray


def eligible(
    rng: np.random.Generator, n: int, population: Population, hazard_ratio: float = 1.0
) -> Patients:
    """Draw `n` patients with limb or bulbar onset less than 24 months ago."""
    drawn = draw_patients(rng, 3 * n + 50, population, hazard_ratio=hazard_ratio)
    fits = np.isin(drawn.onset, (LIMB, BULBAR)) & (drawn.onset_day > -LONGEST_DURATION)
    index = np.flatnonzero(fits)[:n]
    if len(index) < n:
        raise RuntimeError(f"{len(index)} of {n} eligible: draw more")
    return take(drawn, index)


def covariates(patients: Patients, world: World) -> np.ndarray:
    """Return what is measured of the patients, a column each."""
    columns = [
        patients.age,
        patients.male,
        patients.onset == BULBAR,
        48 - patients.loss,
        patients.riluzole,
        -patients.diagnosis_day / MONTH,
    ]
    if world.measures_slope:
        columns.append(np.log(patients.slope))
    return np.column_stack(columns).astype(float)


def random_ends(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw ends of follow-up that know nothing of the patient, in days."""
    return np.floor(rng.uniform(365, 3 * 365, n))


def site_ends(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw ends of follow-up of the treated as the demo's site has them."""
    first = np.datetime64(SITE.first_dose)
    span = int((np.datetime64(SITE.last_first_dose) - first).astype(int))
    end = (CUT_OFF - first).astype(int) - rng.integers(0, span + 1, n)
    left = np.ceil(rng.exponential(365.25 / SITE.withdrawal_per_year, n))
    return np.minimum(end, left + SITE.dose_days[-1] + 30).astype(float)


def trial_ends(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
    """Draw the days until which controls are seen and their deaths heard of."""
    trials = [t for t in TRIALS if t.scale in ("rev", "both") and t.placebo > 0]
    weight = np.array([t.subjects * t.placebo for t in trials])
    which = rng.choice(len(trials), n, p=weight / weight.sum())
    months = np.array([t.months for t in trials])[which]
    further = np.array([t.heard for t in trials])[which]
    end = months * MONTH * rng.uniform(0.72, 1.12, n)
    seen = np.minimum(end, rng.exponential(1 / LEAVING, n) * MONTH)
    heard = end + further * MONTH * rng.uniform(0.8, 1.6, n)
    recorded = np.array([t.deaths != "none" for t in trials])[which]
    spacing = np.array([t.spacing for t in trials])[which]
    return seen, np.where(recorded, heard, 0.0), spacing


def followed(
    rng: np.random.Generator, patients: Patients, world: World, is_treated: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return days and deaths as they are recorded, whole days from 1."""
    n, death = len(patients), np.ceil(patients.death_day)
    if not world.hears_of_deaths:
        end = random_ends(rng, n)
    elif is_treated:
        end = site_ends(rng, n)
    else:
        seen, heard, spacing = trial_ends(rng, n)
        last_visit = np.minimum(seen, death - 1) // spacing * spacing
        died = death <= heard
        return np.where(died, death, np.maximum(last_visit, 1)), died
    died = death <= end
    return np.where(died, death, np.maximum(end, 1)), died


def draw_sample(rng: np.random.Generator, world: World, hazard_ratio: float) -> Sample:
    """Draw the eligible subjects of both arms of one replication."""
    arms = (
        eligible(rng, N_TREATED, SITE.population, hazard_ratio),
        eligible(rng, N_CONTROL, PROACT),
    )
    follow_ups = [
        followed(rng, arm, world, is_treated)
        for arm, is_treated in zip(arms, (True, False), strict=True)
    ]
    return Sample(
        covariates=np.vstack([covariates(arm, world) for arm in arms]),
        treated=np.repeat([True, False], [N_TREATED, N_CONTROL]),
        days=np.concatenate([days for days, _ in follow_ups]),
        died=np.concatenate([died for _, died in follow_ups]),
    )


def both_fates(
    rng: np.random.Generator, world: World, hazard_ratio: float, n: int
) -> Sample:
    """Draw `n` treated twice, with and without treatment, and nothing selected.

    Each copy is followed to the end that its arm would have had; for controls in whose
    trials deaths are heard of, until they would have been.
    """
    seed = int(rng.integers(2**32))
    arms = [
        eligible(np.random.default_rng(seed), n, SITE.population, ratio)
        for ratio in (hazard_ratio, 1.0)
    ]
    ends = [random_ends(rng, n), random_ends(rng, n)]
    if world.hears_of_deaths:
        seen, heard, _ = trial_ends(rng, n)
        ends = [site_ends(rng, n), np.maximum(seen, heard)]
    days, died = [], []
    for arm, end in zip(arms, ends, strict=True):
        death = np.ceil(arm.death_day)
        days.append(np.maximum(np.minimum(death, end), 1))
        died.append(death <= end)
    return Sample(
        covariates=np.empty((2 * n, 0)),
        treated=np.repeat([True, False], n),
        days=np.concatenate(days),
        died=np.concatenate(died),
    )
