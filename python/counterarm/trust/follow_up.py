"""Follow-up rules: days and event from what is recorded of a subject."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from counterarm.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    flags,
    numbers,
)

Rule = Literal[
    "as_recorded", "window", "alive_to_last_visit", "alive_to_last_death", "horizon"
]
RULES: tuple[str, ...] = get_args(Rule)
# the rules whose pool is the pseudo-trials in which deaths are recorded
RECORDING_RULES = tuple(rule for rule in RULES if rule != "as_recorded")
RECORDING = ("yes", "full")


@dataclass(frozen=True)
class FollowUp:
    """Days from the index and event (1 death, 0 censored), one element per subject.

    `is_late_death` marks a recorded death that the rule does not count, as it comes
    after the end of follow-up. `is_credited` marks a subject without an event who is
    followed beyond the last day seen. `is_without_day` marks a subject known to have
    died on no known day, who is censored at the last day seen.
    """

    days: FloatArray
    event: IntArray
    is_late_death: BoolArray
    is_credited: BoolArray
    is_without_day: BoolArray


def follow_up(
    rule: Rule,
    last_seen: ArrayLike,
    death: ArrayLike,
    *,
    days: float | None = None,
    trial_end: ArrayLike | None = None,
    died: ArrayLike | None = None,
) -> FollowUp:
    """Return days and event of each subject under a follow-up rule.

    All days are counted from the subject's index day. `last_seen` is L, the day of the
    last assessment; `death` is D, NaN where none is recorded. The last day followed is

    - `as_recorded`: L, and deaths count whenever they are recorded;
    - `window`: L + `days`, the same time past the last visit for the dead and the
      living. It takes a death within these days for recorded: see `window_note`;
    - `alive_to_last_visit`, `alive_to_last_death`: `trial_end`, the last visit or death
      of anybody in the subject's pseudo-trial, less the subject's index day;
    - `horizon`: `days`.

    A death up to that day, included, is an event on D (also if a visit comes after
    it); everybody else is censored on that day, dead or not. Nobody has less than 1
    day (in `cohort.endpoints` such days stay, and eligibility leaves their subjects
    out). `died`, if given, flags subjects known to have died: one without a day of
    death is censored at L, or earlier if the rule's follow-up ends before.

    ValueError for an unknown rule, `days` or `trial_end` missing or not asked for, a
    window or horizon below 0, a missing day last seen, a subject without `trial_end`.
    """
    if rule not in RULES:
        raise ValueError(f"rule: {rule!r} is not one of {', '.join(RULES)}")
    last = numbers(last_seen, "last_seen")
    day = days_or_nan(death, "death", len(last))
    end = _end(rule, last, days, trial_end)
    dead = ~np.isnan(day) if died is None else numbers(died, "died", len(last)) == 1
    if (~dead & ~np.isnan(day)).any():
        raise ValueError("died: 0 for a subject with a day of death")
    without_day = dead & np.isnan(day)
    end = np.where(without_day, np.minimum(end, last), end)
    is_event = ~np.isnan(day) & (np.where(np.isnan(day), np.inf, day) <= end)
    if rule == "as_recorded":
        is_event = ~np.isnan(day)
    followed = np.where(is_event, day, end)
    return FollowUp(
        days=np.maximum(followed, 1.0),
        event=is_event.astype(np.int64),
        is_late_death=~np.isnan(day) & ~is_event,
        is_credited=~is_event & (followed > last),
        is_without_day=without_day,
    )


def cut_at(
    days: ArrayLike, event: ArrayLike, horizon: float
) -> tuple[FloatArray, IntArray]:
    """End the follow-up of other subjects, such as the treated, at a horizon too."""
    time = numbers(days, "days")
    events = flags(event, "event", len(time)).astype(np.int64)
    if not horizon >= 1:
        raise ValueError(f"horizon: {horizon} is not 1 day or more")
    return np.minimum(time, horizon), np.where(time <= horizon, events, 0)


def rule_id(rule: Rule, days: float | None = None) -> str:
    """Name a rule with its days, as in `window_91`."""
    return rule if days is None else f"{rule}_{days:g}"


def deaths_recorded(
    n_died: int, n_alive_rows: int, expected_deaths: float
) -> Literal["none", "yes", "full"]:
    """Classify a pseudo-trial by its rows of deaths and of living subjects.

    `none` without a death or with fewer than a tenth of `expected_deaths` (the deaths
    per assessed day over all, times its days); `full` if the rows of the living are
    more than a fifth of those of the dead; else `yes`.
    """
    if math.isnan(expected_deaths):
        raise ValueError("expected_deaths: missing")
    if n_died == 0 or n_died < 0.1 * expected_deaths:
        return "none"
    return "full" if n_alive_rows > 0.2 * n_died else "yes"


def is_in_pool(rule: Rule, recorded: ArrayLike) -> BoolArray:
    """Tell which subjects a rule may take as controls.

    `recorded` is `none`, `yes` or `full` by pseudo-trial, or null outside of one. Every
    rule but `as_recorded` needs pseudo-trials that record deaths.
    """
    values = np.asarray(recorded, dtype=object)
    if rule not in RECORDING_RULES:
        return np.ones(len(values), bool)
    return np.array([value in RECORDING for value in values], dtype=bool)


def window_note(days: float, gap_q99: float) -> str:
    """Say that a window is shorter than the gaps between visits, or nothing.

    Where `days` is below `gap_q99`, the 99th percentile of days between assessments,
    deaths between two visits are lost.
    """
    if days >= gap_q99:
        return ""
    return (
        f"window of {days:g} days, shorter than the gaps between visits "
        f"(99% within {gap_q99:g} days): deaths between visits are lost"
    )


def days_or_nan(values: ArrayLike, name: str, length: int) -> FloatArray:
    """Return days as floats, NaN where unknown; ValueError for other faults."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not numeric ({error})") from None
    if array.shape != (length,):
        raise ValueError(f"{name}: shape {array.shape} for {length} rows")
    if np.isinf(array).any():
        raise ValueError(f"{name}: infinite values")
    return array


def _end(
    rule: Rule, last: FloatArray, days: float | None, trial_end: ArrayLike | None
) -> FloatArray:
    """Return the last day followed of each subject."""
    needs_days = rule in ("window", "horizon")
    needs_trial = rule in ("alive_to_last_visit", "alive_to_last_death")
    if needs_days != (days is not None):
        raise ValueError(f"days: {'needed' if needs_days else 'not used'} by {rule}")
    if needs_trial != (trial_end is not None):
        use = "needed" if needs_trial else "not used"
        raise ValueError(f"trial_end: {use} by {rule}")
    if days is not None:
        if not days >= 0:
            raise ValueError(f"days: {days} is below 0")
        return last + days if rule == "window" else np.full(len(last), float(days))
    return last if trial_end is None else numbers(trial_end, "trial_end", len(last))
