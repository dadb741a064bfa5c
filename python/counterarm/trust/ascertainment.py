"""Whether the lives of subjects are ascertained as long as their deaths."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterarm.arrays import FloatArray, flags, numbers
from counterarm.survival import kaplan_meier, median
from counterarm.tables.safety import exact_count
from counterarm.trust.follow_up import days_or_nan

Reading = Literal["ascertained", "short windows", "long windows", "cannot be judged"]


@dataclass(frozen=True)
class ObservedExpected:
    """Deaths after the last visit, recorded against expected.

    `rate` is deaths per day in the trial, `person_days` the days after it of those who
    did not die in it, `expected` their product and `ratio` O/E, with exact 95%
    Poisson limits. NaN where nothing is expected; `note` gives the reason. `n` is the
    number of subjects.
    """

    window_days: float
    rate: float
    observed: int
    person_days: float
    expected: float
    ratio: float
    ci_low: float
    ci_high: float
    n: int
    note: str


def observed_over_expected(
    last_seen: ArrayLike, death: ArrayLike, gap: ArrayLike, window_days: float
) -> ObservedExpected:
    """Compare deaths recorded after the last visit with the rate in the trial.

    `last_seen` L and `death` D (NaN where none is recorded) are days from the index,
    `gap` s the days planned between visits, one per subject or one for all (the 95th
    percentile of gaps where the plan is unknown); `window_days` is X. Subjects known
    to have died on no known day are for the caller to leave out.

    Deaths in the trial are D <= L + s; their rate is their number over the sum of D
    for them and L + s for the others. Among the others O is the deaths in
    (L + s, L + X] and E the rate times their days, D - L - s or X - s; a gap beyond
    the window leaves no days. Limits of Garwood 1936 of O, over E.
    """
    last = numbers(last_seen, "last_seen")
    day = days_or_nan(death, "death", len(last))
    if not window_days > 0:
        raise ValueError(f"window_days: {window_days} is not above 0")
    spacing = numbers(np.broadcast_to(np.asarray(gap), last.shape), "gap", len(last))
    if (spacing < 0).any():
        raise ValueError("gap: days below 0")
    planned = last + spacing
    when = np.where(np.isnan(day), np.inf, day)
    in_trial = when <= planned
    trial_days = np.maximum(np.where(in_trial, day, planned), 0.0).sum()
    is_observed = ~in_trial & (when <= last + window_days)
    after = np.where(is_observed, day - planned, window_days - spacing)
    person_days = float(np.maximum(after, 0.0)[~in_trial].sum())
    rate = float(in_trial.sum() / trial_days) if trial_days > 0 else math.nan
    observed = int(is_observed.sum())
    expected = rate * person_days
    ratio, low, high, note = math.nan, math.nan, math.nan, ""
    if expected > 0:
        limits = exact_count(np.array([float(observed)]))
        ratio = observed / expected
        low, high = (float(limit[0] / expected) for limit in limits)
    elif in_trial.any():
        note = f"nobody is followed beyond the next visit within {window_days:g} days"
    else:
        note = "no death during the trial: nothing is expected after it"
    return ObservedExpected(
        window_days=window_days,
        rate=rate,
        observed=observed,
        person_days=person_days,
        expected=expected,
        ratio=ratio,
        ci_low=low,
        ci_high=high,
        n=len(last),
        note=note,
    )


def reading(ratio: float, *, rules_disagree: bool = False) -> Reading:
    """Say which follow-up rules an O/E ratio leaves to be believed.

    `ascertained` (0.8 to 1.5): any window. `short windows` (below 0.8): the
    ascertainment of deaths declines, so windows near the 99th percentile of gaps, and a
    horizon of 270 days. `long windows` (above 1.5): patients stop attending before they
    die, so windows of 182 days or more, and alive_to_last_visit. `cannot be judged`: no
    ratio, or below 0.5 or above 2 where `rules_disagree`, the corrected rules do.

    The cut-offs are ours, from simulated worlds; they are not those of a publication.
    """
    if math.isnan(ratio):
        return "cannot be judged"
    if rules_disagree and (ratio < 0.5 or ratio > 2):
        return "cannot be judged"
    if ratio < 0.8:
        return "short windows"
    return "ascertained" if ratio <= 1.5 else "long windows"


def reverse_median(time: ArrayLike, event: ArrayLike) -> float:
    """Median follow-up by reverse Kaplan-Meier, in the unit of `time`.

    Censoring is the event and a death censors; who dies on a day is at risk on it.
    NaN where the reverse curve does not fall to 0.5.
    Source: Schemper and Smith 1996; R `survfit(Surv(time, 1 - event) ~ 1)`.
    """
    deaths = flags(event, "event")
    return median(kaplan_meier(time, ~deaths)).estimate


def reverse_medians(
    time: ArrayLike, event: ArrayLike, group: ArrayLike
) -> pd.DataFrame:
    """Median follow-up by group: columns group_name, n, median, in order of names.

    Groups are arms, or vital status (dead, row says alive, no row); null is an error.
    """
    rows = pd.DataFrame({"time": time, "event": event, "group_name": group})
    if rows["group_name"].isna().any():
        raise ValueError("group: missing values")
    found = [
        (name, len(own), reverse_median(own["time"], own["event"]))
        for name, own in rows.groupby("group_name", sort=True)
    ]
    return pd.DataFrame(found, columns=["group_name", "n", "median"])


def is_late_death(
    last_seen: ArrayLike, death: ArrayLike, window_days: ArrayLike
) -> FloatArray:
    """Tell of each subject whether a recorded death comes after L + `window_days`.

    1, 0, or NaN for subjects without a day of death, so that the mean over the dead,
    `numpy.nanmean`, is the share of late deaths.
    """
    last = numbers(last_seen, "last_seen")
    day = days_or_nan(death, "death", len(last))
    window = np.broadcast_to(np.asarray(window_days), last.shape)
    end = last + numbers(window, "window_days", len(last))
    late = np.where(np.isnan(day), 0.0, day) > end
    return np.where(np.isnan(day), np.nan, late.astype(float))
