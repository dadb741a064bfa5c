"""Competing risks: incidence curves and their tests, where rows ask for them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from counterarm.survival import confidence_band
from counterarm.tables.frames import (
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    stacked_frame,
    typed_frame,
)
from counterarm.tables.groups import (
    NONE,
    SurvivalComparison,
    SurvivalSample,
    comparisons,
    groups_once,
    read_groups,
)
from counterarm.trust import aalen_johansen, gray_test

CONF_TYPE = "log"
INCIDENCE_TYPES = {
    "analysis_id": TEXT,
    "endpoint": TEXT,
    "group_name": TEXT,
    "cause": TEXT,
    "is_of_interest": FLAG,
    "day": COUNT,
    "n_risk": COUNT,
    "n_event": COUNT,
    "incidence": NUMBER,
    "std_err": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "conf_type": TEXT,
    "weighting": TEXT,
}
TEST_TYPES = {
    "analysis_id": TEXT,
    "endpoint": TEXT,
    "comparison_set": TEXT,
    "comparison": TEXT,
    "cause": TEXT,
    "is_of_interest": FLAG,
    "test": TEXT,
    "statistic": NUMBER,
    "df": COUNT,
    "p_value": NUMBER,
    "definition": TEXT,
}
GRAY = (
    "Gray's test (rho 0) of equal cumulative incidence, variance of cmprsk, groups "
    "independent of each other"
)
ARMS = ("treated", "control")
NO_WEIGHTS = "not implemented for weighted or repeated rows"
NO_ENTRY = "not implemented for delayed entry"


def causes_by_endpoint(endpoints: pd.DataFrame) -> dict[tuple[str, str], list[str]]:
    """Return, by analysis and endpoint with competing events, its causes in order.

    `endpoints` are rows of `protocol.analysis_endpoints`. The first cause is the
    endpoint itself, the others are the competing events by name.
    """
    competing = endpoints[endpoints["role"].astype(object).eq("competing")]
    return {
        (str(analysis_id), str(endpoint)): [str(endpoint), *sorted(set(own["event"]))]
        for (analysis_id, endpoint), own in competing.groupby(
            ["analysis_id", "endpoint"]
        )
    }


def unrecorded_arms(
    endpoints: pd.DataFrame, sources: pd.DataFrame
) -> dict[tuple[str, str, str], set[str]]:
    """Return, by analysis, endpoint and competing event, the arms that lack it.

    `sources` are rows of `cohort.endpoint_sources`. An arm lacks an event that no row
    gives it, or that a study of the arm does not record: 0 events there are none seen.
    """
    lacking: dict[tuple[str, str, str], set[str]] = {}
    competing = endpoints[endpoints["role"].astype(object).eq("competing")]
    for row in competing.itertuples():
        key = str(row.analysis_id), str(row.endpoint), str(row.event)
        given = set(ARMS) if row.arm == "both" else {row.arm}
        lacking[key] = lacking.get(key, set(ARMS)) - given
    for row in sources[sources["treatment"] != "counted"].itertuples():
        key = str(row.analysis_id), str(row.endpoint), str(row.event)
        if key in lacking:
            lacking[key].add(row.arm)
    return lacking


def arms_by_group(members: pd.DataFrame) -> dict[tuple[str, str, str], set[str]]:
    """Return the arms of each group, by analysis, endpoint and name."""
    keys = ["analysis_id", "endpoint", "group_name"]
    rows = members[[*keys, "arm"]].drop_duplicates()
    found: dict[tuple[str, str, str], set[str]] = {}
    for row in rows.itertuples(index=False):
        found.setdefault((row[0], row[1], row[2]), set()).add(row[3])
    return found


def cumulative_incidence(
    members: pd.DataFrame, endpoints: pd.DataFrame, sources: pd.DataFrame
) -> pd.DataFrame:
    """Estimate the cumulative incidence of every cause in every group.

    `members` are rows of `analysis.group_members`, `endpoints` those of
    `protocol.analysis_endpoints`, `sources` those of `cohort.endpoint_sources`. One row
    per analysis, endpoint with competing events, group, cause and distinct day: Aalen
    and Johansen's estimate with R's log interval. Weighted, robust by subject and with
    delayed entry where the survival curves are. A group of an arm that does not record
    a cause has no rows of it.
    """
    causes = causes_by_endpoint(endpoints)
    lacking = unrecorded_arms(endpoints, sources)
    members = of_endpoints(members, causes)
    arms = arms_by_group(members)
    parts = []
    for group in groups_once(read_groups(members)):
        sample = group.sample
        names = causes[group.analysis_id, group.endpoint]
        state = states(sample.event, sample.competing, names)
        found = aalen_johansen(
            sample.time,
            state,
            entry=sample.delayed_entry,
            weights=sample.case_weights,
            cluster=sample.subject_clusters,
            causes=range(1, len(names) + 1),
        )
        place = np.searchsorted(found.time, sample.time)
        own = arms[group.analysis_id, group.endpoint, group.name]
        for number, name in enumerate(names):
            if own & lacking.get((group.analysis_id, group.endpoint, name), set()):
                continue
            incidence, std_err = found.incidence[:, number], found.std_err[:, number]
            low, high = confidence_band(incidence, std_err, CONF_TYPE, 0.95)
            parts.append(
                group.keys
                | {
                    "cause": name,
                    "is_of_interest": number == 0,
                    "day": found.time.astype(int),
                    "n_risk": found.n_risk,
                    "n_event": np.bincount(
                        place[state == number + 1], minlength=len(found.time)
                    ),
                    "incidence": incidence,
                    "std_err": std_err,
                    "ci_low": low,
                    "ci_high": high,
                    "conf_type": CONF_TYPE,
                    "weighting": sample.weighting,
                }
            )
    return stacked_frame(parts, INCIDENCE_TYPES)


def cumulative_incidence_tests(
    members: pd.DataFrame, endpoints: pd.DataFrame, sources: pd.DataFrame
) -> pd.DataFrame:
    """Test equal incidence of each cause, one row per comparison and cause.

    Arguments as `cumulative_incidence`. A test that cannot be made has a row without
    statistic, whose definition gives the reason.
    """
    causes = causes_by_endpoint(endpoints)
    lacking = unrecorded_arms(endpoints, sources)
    members = of_endpoints(members, causes)
    arms = arms_by_group(members)
    rows = []
    for keys, compared in comparisons(read_groups(members)):
        endpoint = keys["analysis_id"], keys["endpoint"]
        names = causes[endpoint]
        for comparison in compared:
            own = set().union(
                *(arms[(*endpoint, group.name)] for group in comparison.groups)
            )
            unseen = {
                name: own & lacking.get((*endpoint, name), set()) for name in names
            }
            rows += [
                keys
                | {
                    "comparison": comparison.title,
                    "cause": name,
                    "is_of_interest": number == 1,
                    "test": "gray",
                }
                | (
                    {"definition": f"not computed: {words_of(name, unseen[name])}"}
                    if unseen[name]
                    else with_unseen(gray_row(comparison, names, number), unseen)
                )
                for number, name in enumerate(names, start=1)
            ]
    return typed_frame(rows, TEST_TYPES)


def words_of(cause: str, arms: set[str]) -> str:
    """Say which arms do not record a cause."""
    return f"{cause} is not recorded in every arm ({', '.join(sorted(arms))})"


def with_unseen(row: dict[str, object], unseen: dict[str, set[str]]) -> dict:
    """Add to the definition of a test which other causes an arm does not record."""
    notes = [words_of(name, arms) for name, arms in unseen.items() if arms]
    return row | {"definition": "; ".join([str(row["definition"]), *notes])}


def gray_row(
    comparison: SurvivalComparison, names: Sequence[str], cause: int
) -> dict[str, object]:
    """Return statistic and definition of one test."""
    sample = comparison.sample
    obstacle = obstacle_of(sample)
    if obstacle:
        return {"definition": f"not computed: {obstacle}"}
    state = states(sample.event, sample.competing, names)
    try:
        found = gray_test(sample.time, state, sample.group, cause)
    except ValueError:
        return {"definition": f"not computed: nobody has {names[cause - 1]}"}
    if not found.df:
        return {"definition": "not computed: the groups are never at risk together"}
    return {
        "statistic": found.statistic,
        "df": found.df,
        "p_value": found.p_value,
        "definition": GRAY,
    }


def obstacle_of(sample: SurvivalSample) -> str:
    """Say why Gray's test is not implemented for these rows, "" where it is."""
    if sample.weighting != NONE:
        return NO_WEIGHTS
    return "" if sample.delayed_entry is None else NO_ENTRY


def of_endpoints(
    rows: pd.DataFrame, causes: dict[tuple[str, str], list[str]]
) -> pd.DataFrame:
    """Return the rows of analyses and endpoints that have competing events."""
    keys = pd.MultiIndex.from_frame(rows[["analysis_id", "endpoint"]])
    return rows[keys.isin(list(causes))]


def states(
    event: np.ndarray, competing: np.ndarray, names: Sequence[str]
) -> np.ndarray:
    """Return 0 for censored, else the place of the cause in `names`, from 1."""
    state = event.astype(int)
    for number, name in enumerate(names[1:], start=2):
        state[competing == name] = number
    return state
