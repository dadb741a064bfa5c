"""Hybrid controls: what external controls add to the internal ones, at what weight."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from counterarm.tables.candidates import has_several_days
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame
from counterarm.trust.borrowing import (
    EXTERNAL,
    GROUPS,
    INTERNAL,
    TREATED,
    Borrowed,
    ControlDifference,
    HybridMembers,
    control_difference,
    cox_power_prior,
    empirical_bayes_weight,
    exponential_power_prior,
    weight_after_test,
)

BORROWING_TYPES = {
    "analysis_id": TEXT,
    "borrowing_id": TEXT,
    "model": TEXT,
    "method": TEXT,
    "endpoint": TEXT,
    "follow_up_rule": TEXT,
    "a0": NUMBER,
    "alpha": NUMBER,
    "n_treated": COUNT,
    "n_internal": COUNT,
    "n_external": COUNT,
    "events_treated": NUMBER,
    "events_internal": NUMBER,
    "events_external": NUMBER,
    "events_borrowed": NUMBER,
    "difference_coef": NUMBER,
    "difference_se": NUMBER,
    "difference_p": NUMBER,
    "coef": NUMBER,
    "se": NUMBER,
    "hazard_ratio": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "p_above_1": NUMBER,
    "sources": TEXT,
    "note": TEXT,
}
AS_FREQUENCIES = "weights of the matching count as frequencies"
NO_DIFFERENCE = ControlDifference(np.nan, np.nan, np.nan)


def borrowing_table(
    members: pd.DataFrame, ways: pd.DataFrame, follow_up: pd.DataFrame
) -> pd.DataFrame:
    """Estimate the hazard ratio in every way of borrowing, once in each model.

    `members` are rows of `analysis.borrowing_members`, with or without entry_days;
    `ways` of `protocol.analysis_borrowing`; `follow_up` of
    `protocol.analysis_follow_up`. A way without an estimate has rows without one, and
    `note` says why; an analysis of nobody has no row.
    """
    rules = follow_up.set_index("analysis_id")["follow_up_rule"]
    rows = []
    by_endpoint = dict(list(members.groupby(["analysis_id", "endpoint"])))
    ordered = ways.sort_values(["analysis_id", "borrowing_id"], kind="stable")
    for way in ordered.itertuples():
        own = by_endpoint.get((way.analysis_id, way.endpoint))
        if own is None:
            continue
        keys = {
            "analysis_id": way.analysis_id,
            "borrowing_id": way.borrowing_id,
            "method": way.method,
            "endpoint": way.endpoint,
            "follow_up_rule": rules.get(way.analysis_id),
            "alpha": None if pd.isna(way.alpha) else float(way.alpha),
            "sources": sources(own),
        }
        rows += [keys | row for row in estimates(way, own)]
    return typed_frame(rows, BORROWING_TYPES)


def estimates(way, own: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of one way of borrowing, one for each model."""
    ordered = own.sort_values("usubjid", kind="stable")
    counts: dict[str, object] = {
        f"n_{group}": int((ordered["source_group"] == group).sum()) for group in GROUPS
    }
    is_weighted = not (numbers(ordered, "weight") == 1).all()
    models = ("cox", "exponential")
    try:
        if has_several_days(ordered["usubjid"]):
            raise ValueError("a subject may have several index days")
        people = members_of(ordered)
        found = compared(people)
        a0 = weight_of(way, people, found)
    except ValueError as error:
        return [counts | {"model": name, "note": f"none: {error}"} for name in models]
    rates = {group: people.rate(group) for group in GROUPS}
    counts |= {f"events_{group}": rate.events for group, rate in rates.items()}
    counts |= {
        "a0": a0,
        "events_borrowed": a0 * rates[EXTERNAL].events,
        "difference_coef": found.coef,
        "difference_se": found.se,
        "difference_p": found.p_value,
    }
    fits: dict[str, Callable[[], Borrowed]] = {
        "cox": lambda: cox_power_prior(people, a0),
        "exponential": lambda: exponential_power_prior(
            rates[TREATED], rates[INTERNAL], rates[EXTERNAL], a0
        ),
    }
    rows = []
    for name in models:
        try:
            fit = vars(fits[name]())
            note = AS_FREQUENCIES if is_weighted else None
        except ValueError as error:
            fit, note = {}, f"none: {error}"
        rows.append(counts | fit | {"model": name, "note": note})
    return rows


def members_of(own: pd.DataFrame) -> HybridMembers:
    """Return the members of one analysis and endpoint."""
    entry = numbers(own, "entry_days") if "entry_days" in own else np.zeros(len(own))
    return HybridMembers.of(
        numbers(own, "days"),
        own["is_event"].to_numpy(bool),
        own["source_group"].to_numpy(str),
        numbers(own, "weight"),
        np.nan_to_num(entry, nan=0.0),
    )


def compared(people: HybridMembers) -> ControlDifference:
    """Compare external with internal controls; without an estimate all are NaN."""
    try:
        return control_difference(people)
    except ValueError:
        return NO_DIFFERENCE


def weight_of(way, people: HybridMembers, found: ControlDifference) -> float:
    """Return the a0 of a way of borrowing.

    Raises ValueError where the data give none: no test, or no event.
    """
    if way.method == "internal_only":
        return 0.0
    if way.method == "pooled":
        return 1.0
    if way.method == "power_prior":
        return float(way.weight)
    if way.method == "calibrated_power_prior":
        return empirical_bayes_weight(people.rate(INTERNAL), people.rate(EXTERNAL))
    if np.isnan(found.p_value):
        raise ValueError("external and internal controls cannot be compared")
    return weight_after_test(found.p_value, float(way.alpha))


def sources(own: pd.DataFrame) -> str:
    """Name the studies of the external controls, each with its number of subjects."""
    external = own.loc[own["source_group"] == EXTERNAL, "studyid"]
    counts = external.value_counts().sort_index()
    return ", ".join(f"{study} ({n})" for study, n in counts.items())
