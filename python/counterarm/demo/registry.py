"""A natural-history registry in the template form: nobody in it is dosed.

Its hidden clock begins at enrolment, as a trial's does at entry: who was diagnosed
earlier had to live until then. Nobody is treated, so that the hazard is the one that
controls of PRO-ACT have.
"""

from dataclasses import replace

import numpy as np

from counterarm.demo.cohort import draw_cohort
from counterarm.demo.layout import SITE_HEADINGS
from counterarm.demo.patients import Population, generator
from counterarm.demo.quirks import Rows
from counterarm.demo.site_events import events, medications
from counterarm.demo.site_plans import SitePlan
from counterarm.demo.sites import subject_rows, visit_rows

REGISTRY = "registry"
# A subject's age is that at enrolment, day 0; a registry has no first dose.
HEADINGS = {
    "subjects": (*SITE_HEADINGS["subjects"], "enrolment_date"),
    "visits": SITE_HEADINGS["visits"],
    "events": SITE_HEADINGS["events"],
    "medications": SITE_HEADINGS["medications"],
}
# patients of whom the date of enrolment was not written down
ENROLMENT_MISSING = 0.02
FEWEST = 20

PLAN = SitePlan(
    prefix="REG",
    patients=0,
    treatment="",
    dose=0,
    dose_unit="",
    population=Population(
        age_mean=60.5,
        age_sd=11.0,
        male=0.58,
        onset=(0.66, 0.29, 0.03, 0.02),
        riluzole=0.8,
        duration_median=14.0,
        duration_log_sd=0.6,
        loss_median=9.0,
        loss_log_sd=0.55,
        slope_factor=1.05,
    ),
    countries={"ITA": 1.0},
    first_dose="2010-01-11",
    last_first_dose="2020-12-31",
    dose_days=(0,),
    boosted=0,
    stopped=0,
    visit_days=(0, 91, 182),
    spacing=(91, 122),
    missed_visits=0.15,
    never_seen_again=0,
    withdrawal_per_year=0.04,
    definite=0.4,
    ventilated_before=0,
    site_number=3,
)


def registry_tables(patients: int, seed: int) -> dict[str, Rows]:
    """Make the four tables of a registry of so many patients, rows in file order.

    The random numbers are those of no other part of the demo.
    """
    rng = generator(seed, 3, PLAN.site_number)
    cohort = draw_cohort(rng, replace(PLAN, patients=patients), 1.0, 1.0)
    subjects = subject_rows(rng, cohort)
    enrolled = np.zeros(patients)
    enrolled[rng.random(patients) < ENROLMENT_MISSING] = np.nan
    dates = cohort.rows(
        np.arange(patients),
        {"enrolment_date": cohort.dates(np.arange(patients), enrolled)},
    )
    none = np.empty(0)
    return {
        "subjects": {**subjects, "enrolment_date": dates["enrolment_date"]},
        "visits": visit_rows(rng, cohort, none, none),
        "events": events(rng, cohort),
        "medications": medications(rng, cohort),
    }
