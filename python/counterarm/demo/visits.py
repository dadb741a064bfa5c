"""When the subjects of the hidden trials were seen."""

from dataclasses import dataclass

import numpy as np

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
    heard_until: np.ndarray  # last day on which a death would be heard of
    who: np.ndarray  # visits: number of the subject in the block
    day: np.ndarray  # visits: day, ascending within a subject
    is_first_block: bool


def plan_block(
    rng: np.random.Generator,
    subject_id: np.ndarray,
    trial: np.ndarray,
    patients: Patients,
    is_first_block: bool,
) -> Block:
    """Lay out the visits of a block: run-in, day 0, then the trial's spacing."""
    n = len(subject_id)
    spacing = trial_array("spacing")[trial][:, None]
    run_in = trial_array("run_in")[trial][:, None]
    # recruitment is staggered: the last subjects in are followed for less
    end = trial_array("months")[trial] * MONTH * rng.uniform(0.72, 1.12, n)
    left = rng.exponential(1 / LEAVING, n) * MONTH
    seen = np.floor(np.minimum(np.minimum(end, left), patients.death_day - 1))
    heard = end + trial_array("heard")[trial] * MONTH * rng.uniform(0.8, 1.6, n)

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
    return Block(
        subject_id=subject_id,
        trial=trial,
        patients=patients,
        seen_until=np.maximum(seen, 0.0),
        heard_until=heard,
        who=who,
        day=day[who, column],
        is_first_block=is_first_block,
    )
