"""Days and event under each follow-up rule, and the pool a rule draws from."""

import numpy as np
import pytest

from counterarm.trust.follow_up import (
    cut_at,
    deaths_recorded,
    follow_up,
    is_in_pool,
    rule_id,
    window_note,
)


def subjects(golden):
    rows = golden("ascertainment.json")["subjects"]
    last = np.array([row["last"] for row in rows], float)
    return last, np.array([row["death"] for row in rows], float)


@pytest.mark.parametrize(
    ("rule", "days", "name"),
    [
        ("as_recorded", None, "as_recorded"),
        ("window", 91, "window_91"),
        ("window", 182, "window_182"),
        ("horizon", 365, "alive_to_365"),
    ],
)
def test_eight_subjects_are_followed_as_on_paper(golden, rule, days, name):
    found = follow_up(rule, *subjects(golden), days=days)
    wanted = golden("ascertainment.json")[name]
    assert found.days.tolist() == [row["time"] for row in wanted]
    assert found.event.tolist() == [row["event"] for row in wanted]
    if rule == "window":
        assert rule_id(rule, days) == name


@pytest.mark.parametrize("rule", ["alive_to_last_visit", "alive_to_last_death"])
def test_subjects_of_one_pseudo_trial_are_followed_to_its_end(golden, rule):
    found = follow_up(rule, *subjects(golden), trial_end=np.full(8, 365.0))
    wanted = golden("ascertainment.json")["alive_to_365"]
    assert found.days.tolist() == [row["time"] for row in wanted]
    assert found.event.tolist() == [row["event"] for row in wanted]


def test_late_deaths_and_credited_subjects_are_counted(golden):
    found = follow_up("window", *subjects(golden), days=91)
    # e (520, seen on 300) and h (480, seen on 336) die too late to count
    assert np.flatnonzero(found.is_late_death).tolist() == [4, 7]
    assert np.flatnonzero(found.is_credited).tolist() == [0, 2, 4, 6, 7]
    as_now = follow_up("as_recorded", *subjects(golden))
    assert not as_now.is_late_death.any()
    assert not as_now.is_credited.any()


def test_the_last_day_of_a_window_still_counts():
    found = follow_up("window", [100, 100], [191, 192], days=91)
    assert found.days.tolist() == [191, 191]
    assert found.event.tolist() == [1, 0]


def test_dead_without_a_day_are_censored_at_the_last_visit():
    arguments = {"died": [1, 0]}
    found = follow_up("window", [100, 100], [np.nan] * 2, days=91, **arguments)
    assert found.days.tolist() == [100, 191]
    assert found.is_without_day.tolist() == [True, False]
    early = follow_up("horizon", [100, 100], [np.nan] * 2, days=60, **arguments)
    assert early.days.tolist() == [60, 60]


def test_a_visit_after_death_does_not_move_the_death():
    found = follow_up("window", [200], [150], days=91)
    assert (found.days[0], found.event[0]) == (150, 1)


def test_nobody_has_less_than_one_day():
    found = follow_up("window", [0, -5], [0, np.nan], days=0)
    assert found.days.tolist() == [1, 1]
    assert found.event.tolist() == [1, 0]


def test_the_treated_are_cut_at_the_horizon_too():
    days, event = cut_at([300, 365, 366, 400], [1, 1, 1, 0], 365)
    assert days.tolist() == [300, 365, 365, 365]
    assert event.tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        ((0, 5, 3.0), "none"),
        ((1, 0, 11.0), "none"),
        ((1, 0, 10.0), "yes"),
        ((10, 2, 10.0), "yes"),
        ((10, 3, 10.0), "full"),
    ],
)
def test_pseudo_trials_are_classified_at_the_limits(counts, wanted):
    assert deaths_recorded(*counts) == wanted


def test_corrected_rules_take_only_pseudo_trials_that_record_deaths():
    recorded = ["none", "yes", "full", None, np.nan]
    assert is_in_pool("window", recorded).tolist() == [False, True, True, False, False]
    assert is_in_pool("as_recorded", recorded).all()


def test_a_window_shorter_than_the_gaps_between_visits_has_a_note():
    assert window_note(94, 94) == ""
    assert "30 days" in window_note(30, 94)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("visit", [1], [2]), "rule"),
        (("window", [1], [2]), "days"),
        (("window", [np.nan], [2]), "last_seen"),
        (("alive_to_last_visit", [1], [2]), "trial_end"),
        (("as_recorded", [1, 2], [2]), "death"),
        (("as_recorded", [1], ["x"]), "death"),
    ],
)
def test_bad_input_names_the_argument(arguments, word):
    with pytest.raises(ValueError, match=word):
        follow_up(*arguments)


def test_a_missing_limit_is_refused():
    with pytest.raises(ValueError, match="horizon"):
        cut_at([10, 20], [1, 1], np.nan)
    with pytest.raises(ValueError, match="expected_deaths"):
        deaths_recorded(1, 0, np.nan)


def test_arguments_of_another_rule_are_refused():
    with pytest.raises(ValueError, match="days"):
        follow_up("as_recorded", [1], [2], days=91)
    with pytest.raises(ValueError, match="days"):
        follow_up("window", [1], [2], days=-1)
    with pytest.raises(ValueError, match="trial_end"):
        follow_up("alive_to_last_visit", [1], [2], trial_end=[np.nan])
    with pytest.raises(ValueError, match="died"):
        follow_up("as_recorded", [1], [2], died=[0])
