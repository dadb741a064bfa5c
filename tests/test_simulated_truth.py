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
    true_marginal,
)
from truth_follow_up import (
    AS_RECORDED,
    ORACLE,
    REMEDIES,
    WINDOW_91,
    deaths_after_visits,
    known_status,
    latest_of_trial,
    remedied,
)
from truth_page import Found, failures, summary, wrapped
from truth_worlds import (
    HARDER_WORLDS,
    WORLDS,
    Records,
    both_fates,
    draw_sample,
)

IDEAL, UNMEASURED, KNOWN_STATUS, _ = WORLDS
LESS_AND_LESS, STOP_COMING = HARDER_WORLDS


def test_replications_are_summed_up_by_hand():
    # Log hazard ratios 0, 2, 1 and one that did not converge, SE 0.5, truth 0 and 1.
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


def test_deaths_ascertained_longer_than_lives_make_any_drug_look_good():
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


def records(**changed):
    """Five controls on paper; the third trial records nothing."""
    usual = {
        "last_visit": np.array([90.0, 120.0, 60.0, 30.0, 45.0]),
        "death": np.array([100.0, np.nan, 200.0, np.nan, np.nan]),
        "trial": np.array([0, 0, 1, 1, 2]),
        "deaths": np.array(["yes", "yes", "full", "full", "none"]),
        "spacing": np.full(5, 30),
        "true_death": np.array([100.0, 900.0, 200.0, 800.0, 50.0]),
        "recorded_until": np.array([300.0, 300.0, 400.0, 400.0, 0.0]),
    }
    return Records(**{**usual, **changed})


def test_what_is_known_of_a_trial_by_hand():
    found = records()
    assert known_status(found).tolist() == [True, False, True, True, False]
    last_visit = latest_of_trial(found, found.last_visit)
    assert last_visit.tolist() == [120, 120, 60, 60, 45]
    # the last trial has no death: its subject's own last visit
    last_death = latest_of_trial(found, found.death)
    assert last_death.tolist() == [100, 100, 200, 200, 45]


@pytest.mark.parametrize(
    ("name", "days", "event"),
    [
        (AS_RECORDED, [100, 120, 200, 30, 45], [1, 0, 1, 0, 0]),
        (WINDOW_91, [100, 211, 151, 121, 136], [1, 0, 0, 0, 0]),
        ("horizon 270 d, recording", [100, 270, 200, 270, 270], [1, 0, 1, 0, 0]),
        (
            "alive to the trial's last visit, recording",
            [100, 120, 60, 60, 45],
            [1, 0, 0, 0, 0],
        ),
        (ORACLE, [100, 300, 200, 400, 45], [1, 0, 1, 0, 0]),
    ],
)
def test_remedies_follow_five_controls_on_paper(name, days, event):
    (remedy,) = (each for each in REMEDIES if each.name == name)
    followed = remedy.follow(records())
    assert followed.days.tolist() == days
    assert followed.event.tolist() == event


def test_as_recorded_is_the_estimator_of_the_pairs():
    sample = draw_sample(np.random.default_rng(9), KNOWN_STATUS, 1.0)
    (pairs,) = (
        values for name, _, *values in estimates(sample) if "clustered by pair" in name
    )
    fits = dict(remedied(sample))
    assert list(fits) == [remedy.name for remedy in REMEDIES]
    assert list(first(fits[AS_RECORDED], robust=True)) == pytest.approx(pairs)
    # the horizon cuts both arms
    horizon = fits["horizon 270 d, recording"]
    assert horizon.n_events < fits["horizon 365 d, recording"].n_events


def test_a_world_without_records_has_no_follow_up_rules():
    sample = draw_sample(np.random.default_rng(10), IDEAL, 1.0)
    with pytest.raises(ValueError, match="no records of the controls"):
        next(remedied(sample))


def test_the_harder_worlds_are_what_they_say():
    rng = np.random.default_rng(11)
    usual, fewer, absent = (
        draw_sample(rng, world, 1.0).records
        for world in (KNOWN_STATUS, LESS_AND_LESS, STOP_COMING)
    )
    gap = {
        name: (found.death - found.last_visit)[np.isfinite(found.death)]
        for name, found in (("usual", usual), ("fewer", fewer), ("absent", absent))
    }
    # deaths within 28 days of a visit are of patients who came to the end
    soon = {name: (days < 28).mean() for name, days in gap.items()}
    late = {name: (days > 200).mean() for name, days in gap.items()}
    assert soon["absent"] < 0.7 * soon["usual"]
    assert late["fewer"] < 0.5 * late["usual"]
    fewer, usual, absent = (
        np.mean(
            [deaths_after_visits(draw_sample(rng, w, 1.0).records) for _ in "12345"]
        )
        for w in (LESS_AND_LESS, KNOWN_STATUS, STOP_COMING)
    )
    assert fewer < usual < 2 < absent


def test_a_follow_up_rule_corrects_the_ascertainment_and_fails_where_nobody_comes():
    rng = np.random.default_rng(12)
    found = {
        world.name: Found(
            {"marginal": 0.0, "conditional": 0.0},
            remedies={remedy.name: [] for remedy in REMEDIES},
        )
        for world in (KNOWN_STATUS, STOP_COMING)
    }
    for world in (KNOWN_STATUS, STOP_COMING):
        for _ in range(8):
            for name, fit in remedied(draw_sample(rng, world, 1.0)):
                values = first(fit, robust=True)
                found[world.name].remedies[name].append(values)
    known, stopped = found.values()
    assert known.hazard_ratio(AS_RECORDED) < 0.6
    assert abs(np.log(known.hazard_ratio(WINDOW_91))) < 3.5 * 0.205 / np.sqrt(8)
    assert stopped.from_oracle(WINDOW_91)[0] > 0.2
    says = {line[2:].split(":")[0]: line for line in failures(found)}
    assert says[AS_RECORDED].endswith(
        "errs in favor of the treatment in *known status* and *visits end early*."
    )
    assert says[WINDOW_91].endswith("errs against the treatment in *visits end early*.")


def test_tables_are_not_wrapped_and_items_are_indented():
    long = "word " * 30
    text = wrapped(f"# {long}\n| {long} |\n- {long}\n\n{long}")
    heading, row, item, *rest = text.splitlines()
    assert (heading, row) == (f"# {long}", f"| {long} |")
    assert item.startswith("- ")
    assert rest[0].startswith("  word")
    assert max(map(len, [item, *rest])) <= 92
