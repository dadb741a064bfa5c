"""Exports of the two treating sites in the template form (design.md section 3)."""

from collections.abc import Callable

import numpy as np

from counterarm.demo.cohort import Cohort, dose_days, draw_cohort
from counterarm.demo.layout import SITE_ITEMS
from counterarm.demo.patients import generator, score_items
from counterarm.demo.quirks import Rows, number, pick, take_rows
from counterarm.demo.site_events import adverse_events, events, medications
from counterarm.demo.site_measurements import measurements
from counterarm.demo.site_plans import (
    DUPLICATES,
    ITEM_MISSING,
    SITE_PLANS,
    TOTAL_MISSING,
    TOTAL_WRONG,
)

ONSETS = ("LIMB", "BULBAR", "LIMB AND BULBAR", "OTHER")
CERTAINTIES = ("DEFINITE", "PROBABLE")
WESTERN_RACES = ("WHITE", "ASIAN", "BLACK OR AFRICAN AMERICAN", "OTHER")


def subject_rows(rng: np.random.Generator, cohort: Cohort) -> Rows:
    """Write subjects.csv."""
    plan, patients = cohort.plan, cohort.patients
    n = len(patients)
    who = np.arange(n)
    share = np.array(list(plan.countries.values()))
    country = rng.choice(len(share), size=n, p=share / share.sum())
    names = list(plan.countries)
    asian = np.isin(np.array(names)[country], ["KOR", "CHN"])
    polish = np.array(names)[country] == "POL"
    race = rng.choice(4, size=n, p=[0.8, 0.12, 0.05, 0.03])
    race = np.where(asian, 1, np.where(polish, 0, race))
    return cohort.rows(
        who,
        {
            "sex": pick(["M", "F"], np.where(patients.male, 0, 1)),
            "age_at_first_dose": number(np.floor(patients.age)),
            "race": pick(WESTERN_RACES, race),
            "country": pick(names, country),
            "onset_site": pick(ONSETS, patients.onset),
            "onset_date": cohort.dates(who, patients.onset_day),
            "diagnosis_date": cohort.dates(who, patients.diagnosis_day),
            "riluzole": pick(["Y", "N"], np.where(patients.riluzole, 0, 1)),
            "el_escorial": pick(CERTAINTIES, rng.random(n) > plan.definite),
        },
    )


def _doses(
    cohort: Cohort, who: np.ndarray, number_of: np.ndarray, day: np.ndarray
) -> Rows:
    plan, n = cohort.plan, len(who)
    return cohort.rows(
        who,
        {
            "dose_number": number(number_of),
            "dose_date": cohort.dates(who, day),
            "treatment": pick([plan.treatment], np.zeros(n)),
            "dose": number(np.full(n, plan.dose)),
            "dose_unit": pick([plan.dose_unit], np.zeros(n)),
        },
    )


def visit_rows(
    rng: np.random.Generator, cohort: Cohort, dose_who: np.ndarray, dose: np.ndarray
) -> Rows:
    """Write visits.csv; `dose_who` and `dose` are patients and days of the doses."""
    plan, patients = cohort.plan, cohort.patients
    n = len(patients)
    later = np.arange(plan.visit_days[-1] + plan.spacing[0], 366, plan.spacing[0])
    last = later[-1] if len(later) else plan.visit_days[-1]
    later = np.concatenate([later, np.arange(last + plan.spacing[1], 3000, 91)])
    planned = np.concatenate([plan.visit_days, later]).astype(float)
    day = planned + np.rint(rng.normal(0, 3, (n, len(planned))))
    day = np.where(planned == 0, 0.0, day)
    kept = rng.random(day.shape) >= plan.missed_visits
    kept |= planned == 0
    # visits thin out with the years
    kept &= (planned < 400) | (rng.random(day.shape) < 0.75)
    kept &= (day < cohort.last_day[:, None]) | (planned == 0)
    kept &= day > patients.onset_day[:, None] + 20
    seen_alive = np.flatnonzero(cohort.last_day > 90)
    lost = rng.permutation(seen_alive)[: plan.never_seen_again]
    kept[lost] &= planned <= 0
    who, column = np.nonzero(kept)
    when = day[who, column]
    if not plan.missed_visits:
        # a visit planned at a dose is held on the day of the dose
        for patient, at in zip(dose_who, dose, strict=True):
            near = (who == patient) & (np.abs(when - at) <= 14)
            when[near] = at

    items = score_items(rng, patients, who, when)
    total = items.sum(axis=1)
    wrong = rng.random(len(who)) < TOTAL_WRONG
    total = np.where(wrong, np.maximum(total - 2, 0), total)
    total[rng.random(len(who)) < TOTAL_MISSING] = np.nan
    gap = rng.random(len(who)) < ITEM_MISSING
    items[gap, rng.integers(0, 12, len(who))[gap]] = np.nan
    rows = cohort.rows(
        who,
        {
            "visit_date": cohort.dates(who, when),
            **{name: number(items[:, k]) for k, name in enumerate(SITE_ITEMS)},
            "gastrostomy": pick(["N", "Y"], when >= patients.gastrostomy_day[who]),
            "alsfrs_r_total": number(total),
        },
    )
    twice = rng.choice(len(who), DUPLICATES, replace=False)
    return take_rows(rows, np.sort(np.concatenate([np.arange(len(who)), twice])))


def site_tables(
    site: str,
    seed: int,
    *,
    hazard_ratio: float,
    slope_ratio: float,
    is_complete: bool = False,
    with_measurements: bool = False,
) -> dict[str, Rows]:
    """Make the six tables of a site, rows in file order.

    `is_complete`: no patient is lost to follow-up. `with_measurements`: a seventh
    table, `measurements`, which changes no other.
    Raises KeyError for a site without a plan.
    """
    plan = SITE_PLANS[site]
    rng = generator(seed, 3, plan.site_number)
    cohort = draw_cohort(rng, plan, hazard_ratio, slope_ratio, is_complete=is_complete)
    who, number_of, day = dose_days(rng, cohort)
    makers: dict[str, Callable[[], Rows]] = {
        "subjects": lambda: subject_rows(rng, cohort),
        "doses": lambda: _doses(cohort, who, number_of, day),
        "visits": lambda: visit_rows(rng, cohort, who, day),
        "events": lambda: events(rng, cohort),
        "adverse_events": lambda: adverse_events(rng, cohort, who, day),
        "medications": lambda: medications(rng, cohort),
    }
    if with_measurements:
        own = generator(seed, 4, plan.site_number)
        makers["measurements"] = lambda: measurements(own, cohort)
    return {table: make() for table, make in makers.items()}
