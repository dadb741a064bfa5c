"""Weights against censoring that depends on what was measured, and models with them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from counterarm.tables.candidates import set_clusters
from counterarm.tables.cox import COX_TYPES, MATCHED, estimates
from counterarm.tables.frames import COUNT, NUMBER, TEXT, sorted_by_subject, typed_frame
from counterarm.tables.match_inputs import is_treated, score_design
from counterarm.trust import (
    CensoringWeights,
    censoring_weights,
    fit_weighted_cox,
    truncate,
)

WEIGHT_TYPES = {
    "analysis_id": TEXT,
    "follow_up_rule": TEXT,
    "arm": TEXT,
    "n": COUNT,
    "n_months": COUNT,
    "mean": NUMBER,
    "min": NUMBER,
    "max": NUMBER,
    "p99": NUMBER,
    "truncated_at_low": NUMBER,
    "truncated_at_high": NUMBER,
    "note": TEXT,
}
ENDPOINT = "OS"
NOTE = "censoring weights"
SUBJECT = ["set_id", "usubjid", "arm", "days", "is_event"]


@dataclass(frozen=True)
class Weighted:
    """Matched subjects of one analysis with their censoring weights.

    `weights` is None, and `note` gives the reason, where they cannot be had.
    """

    keys: dict[str, str]
    subjects: pd.DataFrame
    weights: CensoringWeights | None
    note: str

    @property
    def treated(self) -> np.ndarray:
        """Return 1 for the treated, 0 for the controls."""
        return is_treated(self.subjects).astype(float)


def censoring_weights_table(design: pd.DataFrame) -> pd.DataFrame:
    """Describe the censoring weights, one row per analysis and arm, all included.

    `design` are rows of `analysis.ipcw_design`. An analysis without weights has rows
    that say why.
    """
    rows = []
    for found in weighted(design):
        for arm in ("all", "control", "treated"):
            of_arm = (found.subjects["arm"] == arm).to_numpy() | (arm == "all")
            keys = found.keys | {"arm": arm, "n": int(of_arm.sum()), "note": found.note}
            if found.weights is None:
                rows.append(keys)
                continue
            months = of_arm[found.weights.row]
            held = found.weights.weight[months]
            low, high = truncate(found.weights).truncated_at
            rows.append(
                keys
                | {
                    "n_months": int(months.sum()),
                    "mean": held.mean(),
                    "min": held.min(),
                    "max": held.max(),
                    "p99": np.quantile(held, 0.99),
                    "truncated_at_low": low,
                    "truncated_at_high": high,
                }
            )
    return typed_frame(rows, WEIGHT_TYPES)


def with_censoring_weights(fitted: pd.DataFrame, design: pd.DataFrame) -> pd.DataFrame:
    """Add the models `ipcw` and `ipcw_truncated` to the rows of `analysis.cox`.

    Each is a Cox model of the arm alone on weighted subject-months, its variance
    clustered by matched set. `ipcw_truncated` cuts the weights at their 1% and 99%
    quantiles. `design` are rows of `analysis.ipcw_design`. A model that cannot be
    fitted has a row without estimates, and `note` gives the reason.
    """
    rows = []
    whose, population = MATCHED
    for found in weighted(design):
        events = int(found.subjects["is_event"].sum())
        for model_id in ("ipcw", "ipcw_truncated"):
            keys = found.keys | {
                "model_id": model_id,
                "endpoint": ENDPOINT,
                "term": "treated",
                "n": len(found.subjects),
                "n_events": events,
                "n_left_out": 0,
                "ties": "efron",
                "variance": "cluster",
                "population": f"{population}, weighted against censoring",
                "estimand": f"marginal; {whose}",
            }
            rows.append(keys | fit(found, is_truncated=model_id != "ipcw"))
    added = typed_frame(rows, COX_TYPES)
    return pd.concat([fitted, added], ignore_index=True) if len(added) else fitted


def fit(found: Weighted, *, is_truncated: bool) -> dict:
    """Return the estimates of one weighted model and its note."""
    if found.weights is None:
        return {"note": f"not fitted: {found.note}"}
    weights = truncate(found.weights) if is_truncated else found.weights
    try:
        fitted = fit_weighted_cox(
            weights,
            found.treated[:, np.newaxis],
            names=["treated"],
            cluster=set_clusters(found.subjects["set_id"], found.subjects["usubjid"]),
        )
    except ValueError as error:
        return {"note": f"not fitted: {error}"}
    notes = [NOTE, found.note, fitted.warning]
    return estimates(fitted, 0) | {"note": "; ".join(text for text in notes if text)}


def weighted(design: pd.DataFrame) -> Iterator[Weighted]:
    """Yield each analysis with the censoring weights of its matched subjects."""
    for (analysis_id, rule), own in design.groupby(
        ["analysis_id", "follow_up_rule"], sort=True
    ):
        keys = {"analysis_id": analysis_id, "follow_up_rule": rule}
        values = own.pivot(index="usubjid", columns="variable", values="value")
        subjects = sorted_by_subject(own[SUBJECT].drop_duplicates("usubjid"))
        wide = values.loc[subjects["usubjid"]].reset_index(drop=True)
        kinds = own[["variable", "kind"]].drop_duplicates().sort_values("variable")
        try:
            terms = kinds.assign(role="score")
            covariates, names = score_design(wide, terms, kinds)
            found = censoring_weights(
                subjects["days"].to_numpy(float),
                subjects["is_event"].to_numpy(float),
                is_treated(subjects).astype(float),
                covariates,
                names=names,
            )
        except ValueError as error:
            yield Weighted(keys, subjects, None, f"no censoring weights: {error}")
            continue
        has_weights = len(found.weight) > 0
        yield Weighted(keys, subjects, found if has_weights else None, found.note)
