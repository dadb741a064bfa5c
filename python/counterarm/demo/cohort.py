"""The dosed patients of a site, how long they were followed, and their doses.

A hidden clock of days from the first dose is turned into dates at the very end.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from counterarm.demo.patients import Patients, draw_patients
from counterarm.demo.quirks import Rows, take_rows
from counterarm.demo.site_plans import CUT_OFF, SitePlan


@dataclass
class Cohort:
    """Dosed patients of a site; arrays run over them (n), days from the first dose."""

    plan: SitePlan
    patients: Patients
    name: np.ndarray
    first_dose: np.ndarray  # dates
    withdrawal_day: np.ndarray
    last_day: np.ndarray  # last day on which the site knew how the patient was
    died: np.ndarray
    order: np.ndarray  # place in the files

    def rows(self, who: np.ndarray, columns: Rows) -> Rows:
        """Prefix columns with the subject, and put the rows in the files' order."""
        rows = {"subject_id": pa.array(self.name[who].tolist(), pa.string()), **columns}
        return take_rows(rows, np.argsort(self.order[who], kind="stable"))

    def dates(self, who: np.ndarray, day: np.ndarray) -> pa.Array:
        """Turn days into ISO dates; NaN stays missing."""
        known = np.isfinite(day)
        days = np.where(known, day, 0).astype("timedelta64[D]")
        text = (self.first_dose[who] + days).astype(str)
        return pa.array(text.tolist(), pa.string(), mask=~known)


def draw_cohort(
    rng: np.random.Generator,
    plan: SitePlan,
    hazard_ratio: float,
    slope_ratio: float,
    *,
    is_complete: bool = False,
) -> Cohort:
    """Draw the dosed patients of a site and how long they were followed.

    Where `is_complete` no patient withdraws: all live to the site's last day or die.
    """
    n = plan.patients
    patients = draw_patients(
        rng,
        n,
        plan.population,
        hazard_ratio=hazard_ratio,
        slope_ratio=slope_ratio,
    )
    first = np.datetime64(plan.first_dose)
    span = int((np.datetime64(plan.last_first_dose) - first).astype(int))
    first_dose = first + rng.integers(0, span + 1, n).astype("timedelta64[D]")
    end = (CUT_OFF - first_dose).astype(float)
    withdrawal = np.ceil(rng.exponential(365.25 / plan.withdrawal_per_year, n))
    withdrawal += np.inf if is_complete else plan.dose_days[-1] + 30
    death = np.ceil(patients.death_day)
    died = death <= np.minimum(end, withdrawal)
    rank = rng.permutation(n)
    return Cohort(
        plan=plan,
        patients=patients,
        name=np.array([f"{plan.prefix}-{i:04d}" for i in range(1, n + 1)]),
        first_dose=first_dose,
        withdrawal_day=np.where(
            withdrawal < np.minimum(end, death), withdrawal, np.inf
        ),
        last_day=np.where(died, death, np.minimum(end, withdrawal)),
        died=died,
        order=rank,
    )


def dose_days(rng: np.random.Generator, cohort: Cohort) -> tuple[np.ndarray, ...]:
    """Give every dose: patient, dose number from 1, day. The dead are not dosed."""
    plan, n = cohort.plan, len(cohort.patients)
    # boosters go to those who are there to get them, the slower ones first
    score = -np.log(cohort.patients.slope) + rng.normal(0, 0.7, n)
    score[cohort.last_day < 330] = -np.inf
    boosted = np.zeros(n, dtype=bool)
    boosted[np.argsort(-score, kind="stable")[: plan.boosted]] = True
    boosted &= np.isfinite(score)
    gone = cohort.last_day <= plan.dose_days[-1]
    stopped = np.zeros(n, dtype=bool)
    luck = np.where(boosted | gone, 2.0, rng.random(n))
    spare = max(plan.stopped - int(gone.sum()), 0)
    stopped[np.argsort(luck, kind="stable")[:spare]] = True

    doses = []
    for patient in range(n):
        days = [d + (int(rng.integers(-3, 4)) if d else 0) for d in plan.dose_days]
        if boosted[patient]:
            for _ in range(min(int(rng.geometric(0.45)), 8)):
                first = len(days) == len(plan.dose_days)
                gap = rng.integers(91, 290 if first else 365)
                days.append(days[-1] + int(gap))
        if stopped[patient]:
            days = days[:1]
        days = [d for d in days if d < cohort.last_day[patient] or d == 0]
        doses += [(patient, k, day) for k, day in enumerate(days, start=1)]
    who, k, day = np.array(doses).T
    return who, k, day.astype(float)
