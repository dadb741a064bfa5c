"""Whether deaths and survival of an analysis are ascertained equally long."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from counterarm.tables.candidates import has_several_days, subject_of
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame
from counterarm.tables.safety import exact_share
from counterarm.trust import (
    is_late_death,
    observed_over_expected,
    reverse_median,
    window_note,
)
from counterarm.trust.follow_up import RECORDING

ASCERTAINMENT_TYPES = {
    "analysis_id": TEXT,
    "follow_up_rule": TEXT,
    "arm": TEXT,
    "pseudo_trial_id": TEXT,
    "measure": TEXT,
    "window_days": COUNT,
    "value": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "n": COUNT,
    "note": TEXT,
}
# of a measure that has no window
NO_WINDOW = {"window_days": 0}
# everybody, and the subjects of pseudo-trials that record deaths
ALL, RECORDING_ONES = SUMS = ("all", "recording")
# a pseudo-trial with fewer eligible subjects of an arm has no separate rows
SMALLEST = 20
NOT_REACHED = "the median is not reached"


def ascertainment_table(members: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Set what is known of deaths against what is known of lives.

    `members` are rows of `analysis.follow_up_members`, `rules` those of
    `protocol.analysis_follow_up`, whose windows are the ones that are looked at. One
    row per analysis, arm, pseudo-trial (all, recording, and each of 20 subjects or
    more), measure and window:

    - `share_known`: with a row on vital status, limits of Clopper and Pearson;
    - `share_late`: of recorded deaths, after the last visit + window, same limits;
    - `deaths_observed`, `deaths_expected` and `observed_over_expected`: deaths between
      the next planned visit and the window's end, exact Poisson limits;
    - `reverse_km_median`, of all and by vital status: follow-up under the analysis'
      rule, in days.

    Window 0 stands for none. A number that does not exist is null, and `note` gives the
    reason; it also warns of a window shorter than the gaps between visits. Formulas:
    `counterarm.trust.ascertainment`.
    """
    windows = sorted(rules.loc[rules["rule"] == "window", "days"].dropna().unique())
    # sums of days depend in their last digit on the order of the rows
    members = members.sort_values(["analysis_id", "usubjid"], ignore_index=True)
    if has_several_days(members["usubjid"]):
        # what is known of a subject is counted once, from its first index day
        of = members.assign(subject=subject_of(members["usubjid"]))
        first = of.sort_values("last_visit_days", ascending=False, kind="stable")
        first = first.drop_duplicates(["analysis_id", "subject"])
        members = members.loc[first.index.sort_values()]
    everybody = read_members(members)
    rows = []
    keys = ["analysis_id", "follow_up_rule", "arm"]
    places = members.reset_index(drop=True).groupby(keys, sort=True).indices
    for values, place in places.items():
        named = dict(zip(keys, values, strict=True))
        for trial, group in groups(everybody.of(place), named["arm"]):
            found = [shares(group), *medians(group, by_status=trial in SUMS)]
            for window in windows:
                found += in_window(group, float(window))
            rows += [
                NO_WINDOW | named | {"pseudo_trial_id": trial} | row for row in found
            ]
    return typed_frame(rows, ASCERTAINMENT_TYPES)


@dataclass(frozen=True)
class Members:
    """Rows of `analysis.follow_up_members` as arrays, days NaN where unknown."""

    trial: np.ndarray
    recorded: np.ndarray
    status: np.ndarray
    last_visit: np.ndarray
    death: np.ndarray
    days: np.ndarray
    event: np.ndarray
    gap_q95: np.ndarray
    gap_q99: np.ndarray

    def of(self, place: np.ndarray) -> "Members":
        """Return the rows at these places, or where these flags are true."""
        return Members(*(getattr(self, one.name)[place] for one in fields(self)))


def read_members(members: pd.DataFrame) -> Members:
    """Return the columns that the measures need; a missing vital status is no_row."""
    return Members(
        trial=members["pseudo_trial_id"].fillna("").to_numpy(object),
        recorded=members["deaths_recorded"].fillna("").to_numpy(object),
        status=members["vital_status"].fillna("no_row").str.lower().to_numpy(object),
        last_visit=numbers(members, "last_visit_days"),
        death=numbers(members, "recorded_event_days"),
        days=numbers(members, "days"),
        event=members["is_event"].to_numpy(float),
        gap_q95=numbers(members, "gap_q95"),
        gap_q99=numbers(members, "gap_q99"),
    )


def groups(members: Members, arm: str) -> Iterator[tuple[str, Members]]:
    """Yield all of an arm, those of recording pseudo-trials, and each pseudo-trial.

    A site or registry that controls come from is a separate pseudo-trial that
    records deaths; the treated are of their site in any case.
    """
    yield ALL, members
    is_site = members.recorded == "site"
    recording = np.isin(members.recorded, RECORDING)
    if arm == "control":
        recording |= is_site
        is_site = np.zeros(len(is_site), bool)
    if recording.any():
        yield RECORDING_ONES, members.of(recording)
    names, sizes = np.unique(members.trial[~is_site], return_counts=True)
    for name, size in zip(names, sizes, strict=True):
        if name and size >= SMALLEST:
            yield name, members.of(members.trial == name)


def shares(members: Members) -> dict:
    """Return the share of subjects whose vital status somebody recorded."""
    return {"measure": "share_known"} | share(members.status != "no_row")


def share(flags: np.ndarray) -> dict:
    """Return a share with its exact limits and its size; null of nobody."""
    size = len(flags)
    if not size:
        return {"n": 0, "note": "no recorded death"}
    low, high = exact_share(np.array([float(flags.sum())]), np.array([float(size)]))
    return {
        "value": float(flags.mean()),
        "ci_low": low[0],
        "ci_high": high[0],
        "n": size,
    }


def medians(members: Members, *, by_status: bool) -> Iterator[dict]:
    """Yield the median follow-up of all, and by vital status of those there are."""
    statuses = np.unique(members.status).tolist() if by_status else []
    for name in ["", *statuses]:
        own = members.of(members.status == name) if name else members
        value = reverse_median(own.days, own.event)
        yield {
            "measure": f"reverse_km_median_{name}".rstrip("_"),
            "value": value,
            "n": len(own.days),
            "note": NOT_REACHED if np.isnan(value) else None,
        }


def in_window(members: Members, window: float) -> list[dict]:
    """Return what one window past the last visit holds of deaths.

    Left out are subjects without a visit, and those known to have died on no known day:
    it is not known when they did.
    """
    is_undated = (members.status == "dead") & np.isnan(members.death)
    seen = members.of(~np.isnan(members.last_visit) & ~is_undated)
    late = is_late_death(seen.last_visit, seen.death, window)
    ratio = observed_over_expected(seen.last_visit, seen.death, seen.gap_q95, window)
    beware = window_note(window, float(np.max(seen.gap_q99, initial=0.0)))
    note = "; ".join(text for text in (ratio.note, beware) if text) or None
    at = {"window_days": int(window)}
    of_deaths = share(late[~np.isnan(late)] == 1)
    found = [{"measure": "share_late", "note": beware or None} | of_deaths]
    for measure, value, low, high in (
        ("deaths_observed", ratio.observed, np.nan, np.nan),
        ("deaths_expected", ratio.expected, np.nan, np.nan),
        ("observed_over_expected", ratio.ratio, ratio.ci_low, ratio.ci_high),
    ):
        counted = {"measure": measure, "value": value, "n": ratio.n, "note": note}
        found.append(counted | {"ci_low": low, "ci_high": high})
    return [at | row for row in found]
