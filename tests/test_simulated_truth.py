"""The benchmark of simulated truth: its worlds have the truth that it says."""

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from simulated_truth import (
    dose_estimates,
    estimates,
    first,
    one,
    summary,
    true_marginal,
)
from truth_worlds import WORLDS, both_fates, draw_sample

IDEAL, UNMEASURED, KNOWN_STATUS, _ = WORLDS


def test_replications_are_summed_up_by_hand():
    # Log hazard ratios 0, 2, 1 and one that did not settle, SE 0.5, truth 0 and 1.
    found = np.array([[0, 0.5], [2, 0.5], [1, 0.5], [np.nan, np.nan]])
    truths = {"marginal": 1.0, "conditional": 0.0}
    mean, ratio, marginal, conditional, spread, error, covered, rejected, lost = (
        summary(found, truths, "marginal")
    )
    assert (mean, ratio, error, lost) == ("1.000", "2.72", "0.500", "1")
    # spread 1, so that the mean of three has the error 1 / sqrt(3)
    assert marginal == "+0.000 (0.577)"
    assert conditional == "+1.000 (0.577)"
    assert spread == "1.000 (0.500)"
    # 0 and 2 lie 2 SE from 1, more than 1.96; 2 and 1 lie 2 SE or more from 0
    assert covered == "33.3 (27.2)"
    assert rejected == "66.7 (27.2)"


@pytest.mark.parametrize("world", [IDEAL, KNOWN_STATUS])
def test_the_marginal_hazard_ratio_is_nearer_to_one_than_the_conditional(world):
    rng = np.random.default_rng(4)
    marginal = true_marginal(rng, world, 0.45, 20_000)
    assert np.log(0.45) + 0.03 < marginal < np.log(0.6)


def test_both_fates_are_of_the_same_patients():
    fates = both_fates(np.random.default_rng(5), IDEAL, 1.0, 500)
    half = len(fates.days) // 2
    # the same death, where both copies are followed until it
    both = fates.died[:half] & fates.died[half:]
    assert both.sum() > 100
    assert (fates.days[:half] == fates.days[half:])[both].all()


def test_a_model_with_every_confounder_finds_the_conditional_hazard_ratio():
    rng = np.random.default_rng(6)
    found = defaultdict(list)
    for _ in range(15):
        sample = draw_sample(rng, IDEAL, 0.7)
        arm = sample.treated.astype(float)[:, None]
        matrix = np.column_stack([arm, sample.covariates])
        found["all"].append(first(one(sample.days, sample.died, matrix))[0])
        found["less"].append(first(one(sample.days, sample.died, matrix[:, :-1]))[0])
    error = np.std(found["all"], ddof=1) / np.sqrt(15)
    assert np.mean(found["all"]) == pytest.approx(np.log(0.7), abs=3.5 * error)
    # without the speed of decline, which the treated have less of, too low each time
    assert (np.array(found["less"]) < np.array(found["all"])).mean() > 0.9


def test_deaths_heard_of_more_than_lives_make_any_drug_look_good():
    rng = np.random.default_rng(7)
    found = defaultdict(list)
    for world in (IDEAL, KNOWN_STATUS):
        for _ in range(6):
            for name, _, coef, _ in estimates(draw_sample(rng, world, 1.0)):
                found[name, world.name].append(coef)
    name = "pairs, clustered by pair"
    assert abs(np.mean(found[name, "ideal"])) < 0.25
    assert np.mean(found[name, "known status"]) < -0.4


def test_only_the_future_makes_doses_without_effect_look_good():
    rng = np.random.default_rng(8)
    found = defaultdict(list)
    for _ in range(25):
        for name, _, coef, _ in dose_estimates(rng):
            found[name].append(coef)
    mean = {name: np.nanmean(values) for name, values in found.items()}
    assert mean["naive: multiple against control"] < -0.3
    assert mean["delayed entry of final groups: single cycle against control"] > 0.5
    for way in ("landmark, day 365", "doses so far (time-dependent)"):
        for group in ("multiple", "single cycle"):
            values = found[f"{way}: {group} against control"]
            error = np.nanstd(values) / 5
            assert abs(np.nanmean(values)) < 3.5 * error, way
