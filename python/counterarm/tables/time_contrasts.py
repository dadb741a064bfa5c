"""Groups by number of doses: the papers' contrast and those that count time right."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import norm

from counterarm.survival import CoxFit, fit_cox, kaplan_meier, median
from counterarm.tables.candidates import set_clusters
from counterarm.tables.frames import numbers, typed_frame
from counterarm.tables.plans import ContrastPlan, plans
from counterarm.tables.time_contrast_columns import DEFINITIONS, LEFT_OUT, TYPES
from counterarm.units import YEAR

KEYS = ["analysis_id", "contrast_id", "endpoint", "variant"]
TIES: Literal["efron"] = "efron"
CONF_LEVEL = 0.95
QUANTILE = norm.ppf(0.5 + CONF_LEVEL / 2)
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
    variance; terms that are adjusted for have no rows. The naive estimate
    of the same model, variance and term, with all follow-up, is given with each.
    What cannot be estimated, a coefficient that may be infinite included, has a row
    without estimate, and `note` gives the reason.
    """
    ordered = coded(periods)
    by_variant = dict(list(ordered.groupby([*KEYS, "horizon"], sort=False)))
    of_variant = dict(list(members.groupby([*KEYS, "horizon"], sort=False)))
    member_of = ordered.drop_duplicates("member").set_index(["set_id", "usubjid"])
    values = {
        key: adjustment(own, member_of["member"])
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
            variant = Variant(plan, own, names["group_name"].tolist())
            of_members = of_variant[key]
            outcomes = of_members["outcome"].value_counts().to_dict()
            for model_id in plan.models.split("|"):
                rows += estimates(
                    variant,
                    horizon_day=of_members["horizon_day"].iloc[0],
                    n_matched=len(of_members),
                    outcomes=outcomes,
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


@dataclass(frozen=True, eq=False)
class Adjustment:
    """The terms of one model, a row per member, NaN for one that has none of them."""

    names: list[str]
    matrix: np.ndarray


def adjustment(adjustments: pd.DataFrame, member_of: pd.Series) -> Adjustment:
    """Return the terms of one model in order, in the rows of the members' numbers."""
    terms = adjustments.sort_values("position")["term"].drop_duplicates().tolist()
    by_term = adjustments.pivot(
        index=["set_id", "usubjid"], columns="term", values="value"
    )
    place = by_term.index.get_indexer(member_of.index)
    found = by_term[terms].to_numpy(float)[place]
    found[place < 0] = np.nan
    values = np.full((len(member_of), len(terms)), np.nan)
    values[member_of.to_numpy()] = found
    return Adjustment(terms, values)


class Variant:
    """The rows at risk of one variant and horizon, as arrays in one order."""

    def __init__(
        self, plan: ContrastPlan, periods: pd.DataFrame, names: list[str]
    ) -> None:
        """Take the periods of the variant and the groups in order, reference first."""
        rows = periods[periods["is_at_risk"].to_numpy(bool)]
        self.plan, self.names = plan, names
        self.by_doses = plan.method in DOSE_METHODS
        self.start = rows["start_day"].to_numpy(float)
        self.stop = rows["stop_day"].to_numpy(float)
        self.is_event = rows["is_event"].to_numpy(bool)
        self.weight = rows["weight"].to_numpy(float)
        self.set_number = rows["set_number"].to_numpy()
        self.usubjid = rows["usubjid"].to_numpy(object)
        self.member = rows["member"].to_numpy()
        group = rows["group_name"].to_numpy(object)
        self.is_in = {name: np.asarray(group == name, dtype=bool) for name in names}
        if self.by_doses:
            self.terms = ["n_doses"]
            columns = [numbers(rows, "n_doses")]
        else:
            self.terms = names[1:]
            columns = [self.is_in[term].astype(float) for term in self.terms]
        self.columns = np.column_stack(columns)
        self._tallies: dict[bytes, tuple[dict, dict[str, dict]]] = {}

    def sample(self, adjust: Adjustment | None) -> "RowsAtRisk":
        """Return who is at risk with all terms known, and the terms."""
        kept = np.ones(len(self.member), dtype=bool)
        adjusted = np.empty((len(kept), 0))
        if adjust is not None:
            adjusted = adjust.matrix[self.member]
            kept = ~np.isnan(adjusted).any(axis=1)
        return RowsAtRisk(
            variant=self,
            kept=kept,
            adjusted=[] if adjust is None else adjust.names,
            matrix=np.column_stack([self.columns, adjusted])[kept],
            n_unknown=len(np.unique(self.member[~kept])),
        )

    def tallies(self, kept: np.ndarray) -> tuple[dict, dict[str, dict]]:
        """Count the rows that are kept, and those of each group; once for all models.

        Models differ in whom they keep only where a term is not known of somebody.
        """
        key = np.packbits(kept).tobytes()
        if key not in self._tallies:
            self._tallies[key] = (
                self.counts(kept),
                {name: self.tally_of(kept & self.is_in[name]) for name in self.names},
            )
        return self._tallies[key]

    def counts(self, kept: np.ndarray) -> dict:
        """Count subjects (once per set), events and years of the rows at risk."""
        days = (self.stop - self.start)[kept].sum()
        return {
            "n": len(np.unique(self.member[kept])),
            "n_events": int(self.is_event[kept].sum()),
            "person_years": float(days) / YEAR,
        }

    def tally_of(self, own: np.ndarray) -> dict:
        """Count a group; median and survival at a year where its members are fixed."""
        counts = self.counts(own)
        summary = {
            "n": counts["n"],
            "events": counts["n_events"],
            "person_years": counts["person_years"],
            "median_days": np.nan,
            "survival_1y": np.nan,
        }
        weighted = (self.weight[own] != 1).any()
        if self.plan.method in FIXED_FROM_START and own.any() and not weighted:
            curve = kaplan_meier(self.stop[own], self.is_event[own])
            summary["median_days"] = median(curve).estimate
            # a curve that ends before the year, with somebody alive, is silent on it
            if curve.time[-1] >= YEAR or curve.survival[-1] == 0:
                before = np.searchsorted(curve.time, YEAR, side="right") - 1
                summary["survival_1y"] = curve.survival[before] if before >= 0 else 1.0
        return summary


@dataclass(frozen=True, eq=False)
class RowsAtRisk:
    """The rows at risk of one variant and model; `matrix` has the terms, then the rest.

    `kept` flags them among the rows of the variant; `n_unknown` members are left out,
    of whom a term that is adjusted for is not known.
    """

    variant: Variant
    kept: np.ndarray
    adjusted: list[str]
    matrix: np.ndarray
    n_unknown: int


def estimates(
    variant: Variant,
    *,
    horizon_day: object,
    n_matched: int,
    outcomes: dict,
    adjust: Adjustment | None,
    keys: dict,
) -> Iterator[dict]:
    """Yield the rows of one variant, horizon and model: a row per term and variance.

    `outcomes` counts the matched members by what became of them in this variant.
    """
    plan, names, terms = variant.plan, variant.names, variant.terms
    sample = variant.sample(adjust)
    reference = "one dose fewer" if variant.by_doses else names[0]
    base = {name: getattr(plan, name) for name in [*KEYS, "method", "landmark"]}
    base |= keys | {
        "reference": reference,
        "ties": TIES,
        "horizon_day": horizon_day,
        "n_matched": n_matched,
        "n_left_out_unknown_term": sample.n_unknown,
        "adjusted_for": ", ".join(sample.adjusted) or None,
        "definition": DEFINITIONS[plan.method].format(landmark=plan.landmark),
    }
    base |= {column: outcomes.get(name, 0) for name, column in LEFT_OUT.items()}
    # without a period of a group a subject is left out, too: no dose makes it a member
    never = outcomes.get("in", 0) - sample.n_unknown
    counts, by_group = variant.tallies(sample.kept)
    base["n_left_out_no_group"] += never - counts["n"]
    base |= counts
    shown = [j for j in range(len(terms)) if has_two_values(sample.matrix[:, j])]
    # naive and clustered errors are those of one fit
    fits = {
        is_stratified: fitted(sample, shown, is_stratified=is_stratified)
        for is_stratified in {name == "strata" for name in plan.variances.split("|")}
    }
    for variance in plan.variances.split("|"):
        fit, note = fits[variance == "strata"]
        for j, term in enumerate(terms):
            row = base | {"term": term, "variance": variance}
            if not variant.by_doses:
                row |= {f"group_{key}": value for key, value in by_group[term].items()}
                row |= {
                    f"reference_{key}": value
                    for key, value in by_group[names[0]].items()
                }
            if j not in shown:
                yield row | {
                    "note": "not fitted: the term does not vary among those at risk"
                }
            elif fit is None:
                yield row | {"note": note}
            else:
                i = shown.index(j)
                se = fit.naive_se if variance != "cluster" else fit.robust_se
                if fit.is_finite[i]:
                    row |= estimate(fit.coef[i], se[i])
                yield row | {"note": note}


def fitted(
    sample: RowsAtRisk, shown: list[int], *, is_stratified: bool
) -> tuple[CoxFit | None, str | None]:
    """Fit the terms shown with those adjusted for; else say why it cannot be done."""
    if not shown:
        return None, "not fitted: no two groups at risk"
    rows, kept = sample.variant, sample.kept
    names = [rows.terms[j] for j in shown]
    # a term of a group and one that is adjusted for may share a name
    names += [f"adjusted {name}" for name in sample.adjusted]
    others = range(len(rows.terms), sample.matrix.shape[1])
    weights, entry = rows.weight[kept], rows.start[kept]
    sets = rows.set_number[kept]
    try:
        fit = fit_cox(
            rows.stop[kept],
            rows.is_event[kept],
            sample.matrix[:, [*shown, *others]],
            names=names,
            entry=entry if (entry > 0).any() else None,
            strata=sets if is_stratified else None,
            cluster=None if is_stratified else set_clusters(sets, rows.usubjid[kept]),
            weights=None if (weights == 1).all() else weights,
            robust=not is_stratified,
            ties=TIES,
        )
    except ValueError as error:
        return None, f"not fitted: {error}"
    return fit, fit.warning or None


def estimate(coef: float, se: float) -> dict[str, float]:
    """Return a log hazard ratio with what follows from its standard error."""
    half_width = QUANTILE * se
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


def has_two_values(values: np.ndarray) -> bool:
    """Tell whether a term differs between the rows at risk; NaN is no value."""
    known = values[~np.isnan(values)]
    return bool(len(known) and known.min() < known.max())


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
