"""The benchmark of designs: its patients die as it says, and its remedies are right."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from design_studies import AS_DESIGNED, DESIGNS, NEVER, TIME_ZERO, Estimate, fates
from design_worlds import (
    DESIGN_WORLDS,
    cumulative_hazard,
    day_of,
    drawn,
    treated_from,
)
from designs import verdict

COMPLETE, PROACT, _ = DESIGN_WORLDS
BY_NAME = {design.preset: design for design in DESIGNS}


@pytest.fixture(scope="module")
def patients():
    return drawn(np.random.default_rng(1), 400, 1.0, 700)


def test_a_day_is_found_again_from_its_cumulative_hazard(patients):
    day = np.linspace(1, 2000, len(patients))
    again = day_of(patients, cumulative_hazard(patients, day))
    assert again == pytest.approx(day)


def test_cumulative_hazards_at_death_are_standard_exponential(patients):
    """By definition of a hazard: mean 1, variance 1, within 4 standard errors."""
    found = cumulative_hazard(patients, patients.death_day)
    assert abs(found.mean() - 1) < 4 / np.sqrt(len(found))


def test_treatment_moves_nobody_who_died_before_it(patients):
    start = np.full(len(patients), 300.0)
    treated = treated_from(patients, start, 0.5)
    early = patients.death_day <= 300
    assert (treated.death_day[early] == patients.death_day[early]).all()
    assert (treated.death_day[~early] > patients.death_day[~early]).all()


def test_half_the_hazard_doubles_what_is_left_of_a_constant_one(patients):
    """With Weibull shape a, time from day 0 is multiplied by 2 to the power 1 / a."""
    treated = treated_from(patients, np.zeros(len(patients)), 0.5)
    ratio = treated.death_day / patients.death_day
    assert ratio == pytest.approx(np.full(len(ratio), 2 ** (1 / 1.3)))


def test_those_never_treated_have_the_hazard_of_their_years(patients):
    start = np.where(np.arange(len(patients)) < 200, 0.0, NEVER)
    found = fates(patients, start, 2.0, 1.0)
    assert found.death_day[:200] == pytest.approx(patients.death_day[:200])
    assert (found.death_day[200:] < patients.death_day[200:]).all()


def mean_ratios(name: str, world, draws: int) -> dict[str, float]:
    """Return the geometric mean hazard ratio of each analysis without an effect."""
    found: dict[str, list[float]] = {}
    for seed in range(draws):
        study = BY_NAME[name].study(np.random.default_rng(seed), world, 1.0)
        for each in study:
            found.setdefault(each.analysis, []).append(each.log_ratio)
    return {analysis: float(np.exp(np.mean(v))) for analysis, v in found.items()}


def test_immortal_time_favors_the_treated_and_a_matched_index_day_removes_it():
    ratios = mean_ratios("tudca_registry", COMPLETE, 24)
    assert ratios[AS_DESIGNED] < 0.87
    assert ratios["index drawn among days untreated"] == pytest.approx(1, abs=0.12)


def test_deaths_without_lives_favor_the_treated_and_a_window_removes_it():
    ratios = mean_ratios("amx0035_centaur", PROACT, 16)
    assert ratios[AS_DESIGNED] < 0.5
    assert ratios["window 182 d"] == pytest.approx(1, abs=0.2)


def test_the_verdict_is_that_of_intervals_that_hold_1():
    designed = Estimate(AS_DESIGNED, "", np.log(0.5), 0.2)
    holds_1 = Estimate("another index", TIME_ZERO, np.log(0.8), 0.2)
    agrees = Estimate("another index", TIME_ZERO, np.log(0.55), 0.2)
    assert verdict([designed, holds_1]) == "not supported"
    assert verdict([designed, agrees]) == "not overturned by what could be checked"
    assert verdict([holds_1._replace(analysis=AS_DESIGNED, challenge="")]) == (
        "not supported"
    )
