"""Matched subjects with their days and events, as the checks of a result read them."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from counterarm.survival import kaplan_meier
from counterarm.tables.frames import numbers
from counterarm.tables.groups import entry_days
from counterarm.tables.plans import MainModel, plans
from counterarm.tables.trust.main_model import TREATED


def matched_outcomes(matched: pd.DataFrame, endpoints: pd.DataFrame) -> pd.DataFrame:
    """Return a row per analysis, endpoint, matched set and subject, sorted by these.

    `matched` are rows of `matching.matched_subjects`, `endpoints` those of
    `analysis.matched_endpoints`. Columns: analysis_id, endpoint, set_id, usubjid,
    treated, weight, days (NaN where not evaluable), is_event (False there), entry_days
    (after time zero, on which the subject comes under observation; 0 for none).
    """
    members = matched[["analysis_id", "set_id", "usubjid", "arm", "weight"]]
    columns = ["analysis_id", "usubjid", "endpoint", "days", "is_event"]
    columns += [name for name in ("entry_days",) if name in endpoints]
    rows = members.merge(endpoints[columns], on=["analysis_id", "usubjid"])
    return pd.DataFrame(
        {
            "analysis_id": rows["analysis_id"].astype(str),
            "endpoint": rows["endpoint"].astype(str),
            "set_id": rows["set_id"].astype(str),
            "usubjid": rows["usubjid"].astype(str),
            "treated": rows["arm"] == TREATED,
            "weight": numbers(rows, "weight"),
            "days": numbers(rows, "days"),
            "is_event": rows["is_event"].astype("boolean").fillna(False).astype(bool),
            "entry_days": entry_days(rows),
        }
    ).sort_values(["analysis_id", "endpoint", "set_id", "usubjid"], ignore_index=True)


def of_main_model(
    outcomes: pd.DataFrame, main: pd.DataFrame
) -> Iterator[tuple[MainModel, pd.DataFrame]]:
    """Yield each row of `main_models` with the outcomes of its endpoint, if any."""
    by_endpoint = dict(list(outcomes.groupby(["analysis_id", "endpoint"])))
    for plan in plans(main.sort_values("analysis_id", kind="stable"), MainModel):
        members = by_endpoint.get((plan.analysis_id, plan.endpoint))
        if members is not None:
            yield plan, members.reset_index(drop=True)


def common_horizon(members: pd.DataFrame) -> float:
    """Return the smaller of the arms' last days, NaN where an arm has no days."""
    known = members[members["days"].notna()]
    last = known.groupby("treated")["days"].max()
    return float(last.min()) if len(last) == 2 else math.nan


def share_with_event(members: pd.DataFrame) -> float:
    """Return 1 - S of both arms together at their common horizon, by Kaplan-Meier."""
    known = members[members["days"].notna() & (members["weight"] > 0)]
    horizon = common_horizon(known)
    if math.isnan(horizon):
        return math.nan
    weight = known["weight"].to_numpy()
    entry = entry_days(known)
    curve = kaplan_meier(
        known["days"].to_numpy(),
        known["is_event"].to_numpy(),
        entry=entry if (entry > 0).any() else None,
        weights=None if (weight == 1).all() else weight,
    )
    by_then = np.flatnonzero(curve.time <= horizon)
    return 1 - float(curve.survival[by_then[-1]])
