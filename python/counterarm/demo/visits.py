"""When the subjects of the hidden trials were seen."""

from dataclasses import dataclass

import numpy as np

from counterarm.demo.ascertainment import (
    Ascertainment,
    is_still_ascertained,
    last_day_to_come,
)
from counterarm.demo.patients import MONTH, Patients
from counterarm.demo.trials import trial_array

# proact.md 4.3: at most 38 ALSFRS rows per subject, repeated rows included
MOST_VISITS = 36
# monthly chance to leave the trial, and chance to miss a visit
LEAVING = 0.018
MISSING = 0.05


@dataclass
class Block:
    """A block of subjects with their trials; arrays run over its subjects (n)."""

    subject_id: np.ndarray
    trial: np.ndarray
    patients: Patients
    seen_until: np.ndarray  # last day on which the subject could be seen
    is_ascertained: np.ndarray  # whether the trial ascertained the subject's death
    who: np.ndarray  # visits: number of the subject in the block
    day: np.ndarray  # visits: day, ascending within a subject
    is_first_block: bool
    is_complete: bool  # no death and no day of death is missing


def plan_block(
    rng: np.random.Generator,
    subject_id: np.ndarray,
    trial: np.ndarray,
    patients: Patients,
    is_first_block: bool,
    ascertainment: Ascertainment,
    also: np.random.Generator,
) -> Block:
    """Lay out the visits of a block: run-in, day 0, then the trial's spacing.

    What `ascertainment` changes is drawn from `also`, so that `rng` gives the same
    patients and days whatever is changed.
    """
    n = len(subject_id)
    spacing = trial_array("spacing_days")[trial][:, None]
    run_in = trial_array("run_in_visits")[trial][:, None]
    # recruitment is staggered: the last subjects in are followed for less
    end = trial_array("visit_months")[trial] * MONTH * rng.uniform(0.72, 1.12, n)
    left = rng.exponential(1 / LEAVING, n) * MONTH
    until = end + trial_array("death_months")[trial] * MONTH * rng.uniform(0.8, 1.6, n)
    stays = np.minimum(end, left)
    if ascertainment.is_complete:
        # not beyond the last visit that the layout of a trial has room for
        until = np.minimum(until, ((MOST_VISITS - 1 - run_in) * spacing)[:, 0])
        stays = until
    elif ascertainment.stops_coming:
        comes = last_day_to_come(also, patients.death_day, ascertainment.stops_coming)
        stays = np.minimum(stays, comes)
    seen = np.floor(np.minimum(stays, patients.death_day - 1))

    number = np.arange(MOST_VISITS)[None, :]
    day = (number - run_in) * spacing + np.rint(rng.normal(0, 3, (n, MOST_VISITS)))
    day = np.where(number == run_in, 0.0, day)
    # negative days are rare: few of a trial's subjects have run-in rows (#10)
    keeps_run_in = rng.random(n) < 0.75
    kept = (day <= seen[:, None]) & (rng.random(day.shape) > MISSING)
    kept |= number == run_in
    kept &= (number >= run_in) | keeps_run_in[:, None]
    kept &= day >= patients.onset_day[:, None]
    who, column = np.nonzero(kept | (number == run_in))
    is_ascertained = patients.death_day <= until
    if ascertainment.half_life is not None:
        last_visit = np.zeros(n)
        np.maximum.at(last_visit, who, day[who, column])
        is_ascertained &= is_still_ascertained(
            also,
            patients.death_day,
            last_visit + spacing[:, 0],
            ascertainment.half_life,
        )
    return Block(
        subject_id=subject_id,
        trial=trial,
        patients=patients,
        seen_until=np.maximum(seen, 0.0),
        is_ascertained=is_ascertained,
        who=who,
        day=day[who, column],
        is_first_block=is_first_block,
        is_complete=ascertainment.is_complete,
    )
