"""How the two made-up sites recruit, dose and follow (the papers of design.md 5)."""

from dataclasses import dataclass

import numpy as np

from counterarm.demo.patients import Population

# last day of follow-up of both made-up sites
CUT_OFF = np.datetime64("2022-01-31")

# quirks of template sites, by row
ITEM_MISSING, TOTAL_MISSING, TOTAL_WRONG = 0.004, 0.008, 0.003
DUPLICATES = 3  # rows of visits that stand twice
LISTED_ELSEWHERE = 0.03  # patients with riluzole in one file and not in the other


@dataclass(frozen=True)
class SitePlan:
    """How one made-up site recruits, doses and follows its patients."""

    prefix: str
    patients: int
    treatment: str
    dose: float
    dose_unit: str
    population: Population
    countries: dict[str, float]
    first_dose: str
    last_first_dose: str
    # days of the protocol's doses; boosters come 3 to 12 months apart after them
    dose_days: tuple[int, ...]
    boosted: int
    stopped: int
    # days of visits up to half a year, then the spacing in and after the first year
    visit_days: tuple[int, ...]
    spacing: tuple[int, int]
    missed_visits: float
    never_seen_again: int
    withdrawal_per_year: float
    definite: float
    # ventilated for good before the first dose
    ventilated_before: int
    site_number: int


SITE_PLANS = {
    # Nam 2023: 257 dosed, about 170 with symptoms for less than 24 months, 34 boosted
    "hanyang": SitePlan(
        prefix="HYU",
        patients=257,
        treatment="lenzumestrocel",
        dose=1,
        dose_unit="1E6 CELLS/KG",
        population=Population(
            age_mean=55.3,
            age_sd=10.7,
            male=0.64,
            onset=(0.775, 0.215, 0.005, 0.005),
            riluzole=0.9,
            duration_median=17.5,
            duration_log_sd=0.52,
            loss_median=11.0,
            loss_log_sd=0.48,
            slope_factor=0.8,
        ),
        countries={"KOR": 0.79, "USA": 0.12, "CHN": 0.04, "AUS": 0.03, "GBR": 0.02},
        first_dose="2015-03-02",
        last_first_dose="2021-09-30",
        dose_days=(0, 28),
        boosted=34,
        stopped=3,
        visit_days=(-122, -61, -28, 0, 28, 61, 122, 182),
        spacing=(61, 91),
        missed_visits=0.1,
        never_seen_again=8,
        withdrawal_per_year=0.05,
        definite=0.45,
        ventilated_before=0,
        site_number=1,
    ),
    # Barczewska 2020: three doses two months apart, half a year of run-in assessments
    "olsztyn": SitePlan(
        prefix="OLS",
        patients=100,
        treatment="WJ-MSC",
        dose=30,
        dose_unit="1E6 CELLS",
        population=Population(
            age_mean=57.0,
            age_sd=9.5,
            male=0.58,
            onset=(0.745, 0.245, 0.005, 0.005),
            riluzole=0.75,
            duration_median=22.0,
            duration_log_sd=0.45,
            loss_median=10.8,
            loss_log_sd=0.45,
            slope_factor=0.88,
        ),
        countries={"POL": 1.0},
        first_dose="2015-06-01",
        last_first_dose="2020-12-31",
        dose_days=(0, 61, 122),
        boosted=0,
        stopped=0,
        visit_days=(-213, -183, -152, -122, -91, -61, -30, 0, 61, 122, 182),
        spacing=(61, 91),
        missed_visits=0.0,
        never_seen_again=0,
        withdrawal_per_year=0.05,
        definite=0.57,
        ventilated_before=1,
        site_number=2,
    ),
}
