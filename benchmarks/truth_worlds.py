"""The synthetic worlds of `simulated_truth.py`: who is treated, dies and is seen.

Patients come from the demo's own latent model, which knows the true hazard ratio. A
world says which confounders are measured and how follow-up ends.
"""

from dataclasses import dataclass

import numpy as np

from counterarm.demo.ascertainment import is_still_ascertained, last_day_to_come
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
from counterarm.demo.trials import trials
from counterarm.demo.visits import LEAVING

SITE = SITE_PLANS["hanyang"]
N_TREATED, N_CONTROL = 179, 793  # eligible for Nam's analysis in the full-size demo
# symptoms for less than 24 months
LONGEST_DURATION = 730


@dataclass(frozen=True)
class World:
    """Which confounders are measured, and how deaths and survival are ascertained.

    Where `is_like_demo` controls are followed as in the demo, their deaths for months
    after the last visit; then `half_life` and `stops_coming` are those of the demo's
    `Ascertainment`. Elsewhere both arms are censored at random.
    """

    name: str
    measures_slope: bool
    is_like_demo: bool
    says: str
    half_life: float | None = None
    stops_coming: float = 0.0


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
        "is ascertained for months after the last visit, survival is not",
    ),
    World("as the demo", False, True, "both of the above"),
)
# where remedies against the follow-up of "known status" may fail
HARDER_WORLDS = (
    World(
        "declining ascertainment",
        True,
        True,
        "as known status, but of the controls' deaths after the next planned visit "
        "fewer and fewer are ascertained: half of those 125 days after it, a quarter "
        "of those 250 days after it",
        half_life=125.0,
    ),
    World(
        "visits end early",
        True,
        True,
        "as known status, but half of the controls have no visit in the last 60 to 180 "
        "days of their lives",
        stops_coming=0.5,
    ),
)
DEATHS = np.array([trial.deaths for trial in trials()])


@dataclass(frozen=True)
class Records:
    """What PRO-ACT would hold of the controls, one element each; days from entry.

    `last_visit` is the day of the last visit and `death` that of the recorded death,
    NaN without one; `trial` numbers the trial, `deaths` says whether it recorded them
    (none, yes or full), `spacing` is the days planned between visits. Nobody else knows
    `true_death`, and `recorded_until`, the day until which the trial recorded deaths.
    """

    last_visit: np.ndarray
    death: np.ndarray
    trial: np.ndarray
    deaths: np.ndarray
    spacing: np.ndarray
    true_death: np.ndarray
    recorded_until: np.ndarray


@dataclass(frozen=True)
class Sample:
    """Subjects of both arms: covariates (n, p), days, events; the treated first.

    `records` are those of the controls where the world is followed as the demo is.
    """

    covariates: np.ndarray
    treated: np.ndarray
    days: np.ndarray
    died: np.ndarray
    records: Records | None = None


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
    """Draw the trials of controls, and until when they are seen and their deaths kept.

    Returns the number of the trial, the last day on which each may be seen, and the
    day until which a death would be recorded, 0 where deaths are not.
    """
    numbers = [
        number
        for number, t in enumerate(trials())
        if t.scale in ("revised", "both") and t.placebo > 0
    ]
    drawn = [trials()[number] for number in numbers]
    weight = np.array([t.subjects * t.placebo for t in drawn])
    which = rng.choice(len(drawn), n, p=weight / weight.sum())
    months = np.array([t.visit_months for t in drawn])[which]
    further = np.array([t.death_months for t in drawn])[which]
    end = months * MONTH * rng.uniform(0.72, 1.12, n)
    seen = np.minimum(end, rng.exponential(1 / LEAVING, n) * MONTH)
    until = end + further * MONTH * rng.uniform(0.8, 1.6, n)
    trial = np.array(numbers)[which]
    return trial, seen, np.where(DEATHS[trial] == "none", 0.0, until)


def control_records(
    rng: np.random.Generator, patients: Patients, world: World
) -> Records:
    """Draw what the trials record of their controls, followed as the demo is."""
    n, death = len(patients), np.ceil(patients.death_day)
    trial, seen, until = trial_ends(rng, n)
    spacing = np.array([t.spacing_days for t in trials()])[trial]
    if world.stops_coming:
        comes = last_day_to_come(rng, patients.death_day, world.stops_coming)
        seen = np.minimum(seen, comes)
    last_visit = np.minimum(seen, death - 1) // spacing * spacing
    is_recorded = death <= until
    if world.half_life is not None:
        is_recorded &= is_still_ascertained(
            rng, death, last_visit + spacing, world.half_life
        )
    return Records(
        last_visit=last_visit,
        death=np.where(is_recorded, death, np.nan),
        trial=trial,
        deaths=DEATHS[trial],
        spacing=spacing,
        true_death=death,
        recorded_until=until,
    )


def known_until(patients: Patients, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return days and deaths of patients whose fate is known until `end`."""
    death = np.ceil(patients.death_day)
    died = death <= end
    return np.where(died, death, np.maximum(end, 1)), died


def draw_sample(rng: np.random.Generator, world: World, hazard_ratio: float) -> Sample:
    """Draw the eligible subjects of both arms of one replication."""
    arms = (
        eligible(rng, N_TREATED, SITE.population, hazard_ratio),
        eligible(rng, N_CONTROL, PROACT),
    )
    ends = site_ends if world.is_like_demo else random_ends
    treated = known_until(arms[0], ends(rng, N_TREATED))
    records = None
    if world.is_like_demo:
        records = control_records(rng, arms[1], world)
        died = np.isfinite(records.death)
        last = np.maximum(records.last_visit, 1)
        controls = np.where(died, records.death, last), died
    else:
        controls = known_until(arms[1], random_ends(rng, N_CONTROL))
    return Sample(
        covariates=np.vstack([covariates(arm, world) for arm in arms]),
        treated=np.repeat([True, False], [N_TREATED, N_CONTROL]),
        days=np.concatenate([treated[0], controls[0]]),
        died=np.concatenate([treated[1], controls[1]]),
        records=records,
    )


def both_fates(
    rng: np.random.Generator, world: World, hazard_ratio: float, n: int
) -> Sample:
    """Draw `n` treated twice, with and without treatment, and nothing selected.

    Each copy is followed to the end that its arm would have had; controls in whose
    trials deaths are recorded, as long as they are.
    """
    seed = int(rng.integers(2**32))
    arms = [
        eligible(np.random.default_rng(seed), n, SITE.population, ratio)
        for ratio in (hazard_ratio, 1.0)
    ]
    ends = [random_ends(rng, n), random_ends(rng, n)]
    if world.is_like_demo:
        _, seen, recorded_until = trial_ends(rng, n)
        ends = [site_ends(rng, n), np.maximum(seen, recorded_until)]
    fates = [known_until(arm, end) for arm, end in zip(arms, ends, strict=True)]
    return Sample(
        covariates=np.empty((2 * n, 0)),
        treated=np.repeat([True, False], n),
        days=np.concatenate([days for days, _ in fates]),
        died=np.concatenate([died for _, died in fates]),
    )
