"""Groups by number of doses: the papers' contrast and those that count time right."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import norm

from counterarm.survival import CoxFit, fit_cox, kaplan_meier, median
from counterarm.tables.frames import numbers, typed_frame
from counterarm.tables.plans import ContrastPlan, plans
from counterarm.tables.time_contrast_columns import DEFINITIONS, LEFT_OUT, TYPES
from counterarm.units import YEAR

KEYS = ["analysis_id", "contrast_id", "endpoint", "variant"]
TIES: Literal["efron"] = "efron"
CONF_LEVEL = 0.95
# methods whose term is the number of doses, and those beside which they are set
DOSE_METHODS = {"naive_doses", "time_dependent_doses"}
# methods in which every subject is in one group from the start of its time
FIXED_FROM_START = {"naive", "landmark_day", "landmark_dose"}


def time_contrasts(
    periods: pd.DataFrame,
    *,
    members: pd.DataFrame,
    contrasts: pd.DataFrame,
    groups: pd.DataFrame,
    adjustments: pd.DataFrame,
) -> pd.DataFrame:
    """Estimate every variant of every contrast, in every model, horizon and variance.

    `periods` are rows of `analysis.dose_periods`, `members` of `contrast_members`,
    `contrasts` and `groups` of the protocol, `adjustments` of `adjustment_values`.
    One row per analysis, contrast, endpoint, variant, horizon, model, term and
    variance; terms that are adjusted for have no rows of their own. The naive estimate
    of the same model, variance and term, with all follow-up, stands beside each.
    What cannot be estimated, a coefficient that may be infinite included, has a row
    without estimate, and `note` says why.
    """
    ordered = coded(periods)
    by_variant = dict(list(ordered.groupby([*KEYS, "horizon"], sort=False)))
    of_variant = dict(list(members.groupby([*KEYS, "horizon"], sort=False)))
    values = {
        key: wide(own)
        for key, own in adjustments.groupby(["analysis_id", "model_id"], sort=False)
    }
    compared = dict(list(groups.groupby(["analysis_id", "contrast_id"], sort=False)))
    rows: list[dict] = []
    for plan in plans(contrasts.sort_values(KEYS, kind="stable"), ContrastPlan):
        names = compared[plan.analysis_id, plan.contrast_id].sort_values("position")
        for horizon in plan.horizons.split("|"):
            key = (*(getattr(plan, name) for name in KEYS), horizon)
            if key not in of_variant:
                continue
            own = by_variant.get(key, ordered.iloc[:0])
            for model_id in plan.models.split("|"):
                rows += estimates(
                    plan,
                    own,
                    members=of_variant[key],
                    names=names["group_name"].tolist(),
                    adjust=values.get((plan.analysis_id, model_id)),
                    keys={"horizon": horizon, "model_id": model_id},
                )
    return typed_frame(beside_naive(rows), TYPES)


def coded(periods: pd.DataFrame) -> pd.DataFrame:
    """Return the periods in order, with a number of the set and one of its member."""
    ordered = periods.sort_values(["set_id", "usubjid", "period"], kind="stable")
    return ordered.assign(
        set_number=ordered.groupby("set_id").ngroup(),
        member=ordered.groupby(["set_id", "usubjid"]).ngroup(),
    )


def wide(adjustments: pd.DataFrame) -> pd.DataFrame:
    """Return the terms of one model as columns, in order, a row per set and subject."""
    terms = adjustments.sort_values("position")["term"].drop_duplicates()
    by_term = adjustments.pivot(
        index=["set_id", "usubjid"], columns="term", values="value"
    )
    return by_term[terms.tolist()].astype(float)


@dataclass(frozen=True)
class RowsAtRisk:
    """The rows at risk of one variant, and which terms they can tell apart."""

    rows: pd.DataFrame
    terms: list[str]
    adjusted: list[str]
    n_unknown: int


def estimates(
    plan: ContrastPlan,
    periods: pd.DataFrame,
    *,
    members: pd.DataFrame,
    names: list[str],
    adjust: pd.DataFrame | None,
    keys: dict,
) -> Iterator[dict]:
    """Yield the rows of one variant, horizon and model: a row per term and variance."""
    sample = at_risk(plan, periods, names, adjust)
    by_doses = plan.method in DOSE_METHODS
    reference = "one dose fewer" if by_doses else names[0]
    base = {name: getattr(plan, name) for name in [*KEYS, "method", "landmark"]}
    base |= keys | {
        "reference": reference,
        "ties": TIES,
        "horizon_day": members["horizon_day"].iloc[0],
        "n_matched": len(members),
        "n_left_out_unknown_term": sample.n_unknown,
        "adjusted_for": ", ".join(sample.adjusted) or None,
        "definition": DEFINITIONS[plan.method].format(landmark=plan.landmark),
    }
    outcomes = members["outcome"].value_counts()
    base |= {column: outcomes.get(name, 0) for name, column in LEFT_OUT.items()}
    # without a period of a group a subject is left out, too: no dose makes it a member
    never = (members["outcome"] == "in").sum() - sample.n_unknown
    counts = tallies(sample.rows)
    base["n_left_out_no_group"] += never - counts["n"]
    base |= counts
    by_term = {name: tally_of(plan, sample.rows, name) for name in names}
    shown = [term for term in sample.terms if has_two_values(sample.rows, term)]
    # naive and clustered errors are those of one fit
    fits = {
        is_stratified: fitted(sample, shown, is_stratified=is_stratified)
        for is_stratified in {name == "strata" for name in plan.variances.split("|")}
    }
    for variance in plan.variances.split("|"):
        fit, note = fits[variance == "strata"]
        for term in sample.terms:
            row = base | {"term": term, "variance": variance}
            if not by_doses:
                row |= {f"group_{key}": value for key, value in by_term[term].items()}
                row |= {
                    f"reference_{key}": value
                    for key, value in by_term[names[0]].items()
                }
            if term not in shown:
                yield row | {
                    "note": "not fitted: the term does not vary among those at risk"
                }
            elif fit is None:
                yield row | {"note": note}
            else:
                i = shown.index(term)
                se = fit.naive_se if variance != "cluster" else fit.robust_se
                if fit.is_finite[i]:
                    row |= estimate(fit.coef[i], se[i])
                yield row | {"note": note}


def at_risk(
    plan: ContrastPlan,
    periods: pd.DataFrame,
    names: list[str],
    adjust: pd.DataFrame | None,
) -> RowsAtRisk:
    """Return the rows at risk with a column per term; unknown terms left out."""
    rows = periods[periods["is_at_risk"].astype(bool)].copy()
    if plan.method in DOSE_METHODS:
        terms = ["n_doses"]
        rows["n_doses"] = numbers(rows, "n_doses")
    else:
        terms = names[1:]
        for term in terms:
            rows[term] = (rows["group_name"] == term).astype(float)
    adjusted: list[str] = []
    if adjust is not None:
        adjusted = adjust.columns.tolist()
        # a term of a group and one that is adjusted for may share a name
        rows = rows.join(adjust.add_prefix("adjusted "), on=["set_id", "usubjid"])
    columns = [f"adjusted {name}" for name in adjusted]
    unknown = rows[columns].isna().any(axis=1)
    n_unknown = rows.loc[unknown, "member"].nunique()
    return RowsAtRisk(rows[~unknown], terms, adjusted, n_unknown)


def fitted(
    sample: RowsAtRisk, shown: list[str], *, is_stratified: bool
) -> tuple[CoxFit | None, str | None]:
    """Fit the terms shown with those adjusted for; else say why it cannot be done."""
    rows = sample.rows
    columns = [*shown, *(f"adjusted {name}" for name in sample.adjusted)]
    weights = rows["weight"].to_numpy(float)
    sets = rows["set_number"].to_numpy()
    entry = rows["start_day"].to_numpy(float)
    if not shown:
        return None, "not fitted: no two groups at risk"
    try:
        fit = fit_cox(
            rows["stop_day"].to_numpy(float),
            rows["is_event"].to_numpy(bool),
            rows[columns].to_numpy(float),
            names=columns,
            entry=entry if (entry > 0).any() else None,
            strata=sets if is_stratified else None,
            cluster=None if is_stratified else sets,
            weights=None if (weights == 1).all() else weights,
            robust=not is_stratified,
            ties=TIES,
        )
    except ValueError as error:
        return None, f"not fitted: {error}"
    return fit, fit.warning or None


def estimate(coef: float, se: float) -> dict[str, float]:
    """Return a log hazard ratio with what follows from its standard error."""
    half_width = norm.ppf(0.5 + CONF_LEVEL / 2) * se
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        return {
            "coef": coef,
            "se": se,
            "hazard_ratio": np.exp(coef),
            "ci_low": np.exp(coef - half_width),
            "ci_high": np.exp(coef + half_width),
            "z": coef / se,
            "p_value": 2 * norm.sf(np.abs(coef / se)),
        }


def has_two_values(rows: pd.DataFrame, term: str) -> bool:
    """Tell whether a term differs between the rows at risk."""
    return rows[term].min() < rows[term].max()


def tallies(rows: pd.DataFrame) -> dict:
    """Count subjects (once per set), events and years of the rows at risk."""
    days = (rows["stop_day"] - rows["start_day"]).sum()
    return {
        "n": rows["member"].nunique(),
        "n_events": int(rows["is_event"].sum()),
        "person_years": float(days) / YEAR,
    }


def tally_of(plan: ContrastPlan, rows: pd.DataFrame, name: str) -> dict:
    """Count a group; its median and survival at a year where its members are fixed."""
    own = rows[rows["group_name"] == name]
    counts = tallies(own)
    summary = {
        "n": counts["n"],
        "events": counts["n_events"],
        "person_years": counts["person_years"],
        "median_days": np.nan,
        "survival_1y": np.nan,
    }
    weighted = (own["weight"] != 1).any()
    if plan.method in FIXED_FROM_START and len(own) and not weighted:
        curve = kaplan_meier(
            own["stop_day"].to_numpy(float), own["is_event"].to_numpy(bool)
        )
        summary["median_days"] = median(curve).estimate
        # a curve that ends before the year, with somebody alive, says nothing of it
        if curve.time[-1] >= YEAR or curve.survival[-1] == 0:
            before = np.searchsorted(curve.time, YEAR, side="right") - 1
            summary["survival_1y"] = curve.survival[before] if before >= 0 else 1.0
    return summary


def beside_naive(rows: list[dict]) -> list[dict]:
    """Set the naive estimate with all follow-up beside each row."""

    def place(row: dict) -> tuple:
        names = ("analysis_id", "contrast_id", "endpoint", "model_id")
        return (*(row[name] for name in names), row["term"], row["variance"])

    naive = {
        place(row): row
        for row in rows
        if row["method"] in ("naive", "naive_doses") and row["horizon"] == "full"
    }
    for row in rows:
        beside = naive.get(place(row), {})
        row["naive_hazard_ratio"] = beside.get("hazard_ratio", np.nan)
        row["ratio_to_naive"] = row.get("hazard_ratio", np.nan) / beside.get(
            "hazard_ratio", np.nan
        )
    return rows
