"""Cox models of the matched subjects, in every variance the protocol asks for."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal

import numpy as np
import pandas as pd

from counterarm.survival import CoxFit, zph
from counterarm.survival.cox import fit_variances
from counterarm.tables.candidates import (
    has_several_days,
    is_repeated,
    set_clusters,
    subject_of,
)
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame
from counterarm.tables.groups import entry_days
from counterarm.tables.plans import ModelPlan, plans

COX_TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "endpoint": TEXT,
    "follow_up_rule": TEXT,
    "term": TEXT,
    "coef": NUMBER,
    "se": NUMBER,
    "hazard_ratio": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "z": NUMBER,
    "p_value": NUMBER,
    "n": COUNT,
    "n_events": COUNT,
    "n_left_out": COUNT,
    "ties": TEXT,
    "variance": TEXT,
    "population": TEXT,
    "estimand": TEXT,
    "note": TEXT,
}
ZPH_TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "endpoint": TEXT,
    "term": TEXT,
    "transform": TEXT,
    "statistic": NUMBER,
    "df": COUNT,
    "p_value": NUMBER,
    "note": TEXT,
}
# cox.zph's default transform of time; the others are a call away.
TRANSFORM: Literal["km"] = "km"


# Variances by the study that a subject comes from, which a pooled arm has several of.
BY_SOURCE = ("cluster_source", "strata_source")
STRATIFIED = ("strata", "strata_source")
# With fewer clusters the robust variance is biased downwards (Cameron and Miller 2015,
# 10.3368/jhr.50.2.317: fewer than 20 to 50).
FEWEST_CLUSTERS = 30
# What a variance that is not clustered makes of several index days of a subject.
AS_INDEPENDENT = (
    "index days of one subject are taken as independent: the cluster variance is right"
)
# What a variance that is not clustered makes of weights.
AS_FREQUENCIES = "weights are taken as frequencies: the cluster variance is right"
MATCHED = ("ATT of the matched treated", "matched subjects")


def cox_table(
    design: pd.DataFrame, models: pd.DataFrame, summary: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Fit every model in every variance, one row per analysis, model, variance, term.

    `design` are rows of `analysis.model_design`, `models` those of
    `analysis.model_plans`, `summary` those of `matching.match_summary`, which say whose
    effect is estimated in whom; without it, that of matched pairs. Subjects with a term
    that is not known, or an endpoint, are left out and counted in n_left_out. A model
    that cannot be fitted has rows without estimates, as has a coefficient that may be
    infinite, and `note` gives the reason; `note` also warns of a naive variance or
    strata of weighted subjects.
    """
    rows = []
    compared = {} if summary is None else compared_in(summary)
    for variants, members, terms in in_all_variances(fits(design, models)):
        fitted = without_unknown(members, terms)
        counts = {
            "n": len(fitted),
            "n_events": int(fitted["is_event"].sum()),
            "n_left_out": len(members) - len(fitted),
        }
        found = fit_variants(variants, fitted, terms)
        for plan, fit in zip(variants, found, strict=True):
            effect_in, population = compared.get(plan.analysis_id, MATCHED)
            keys: dict[str, object] = counts | {
                "analysis_id": plan.analysis_id,
                "model_id": plan.model_id,
                "endpoint": plan.endpoint,
                "follow_up_rule": plan.follow_up_rule,
                "ties": plan.ties,
                "variance": plan.variance,
                "population": ", ".join([population, *restriction(plan)]),
                "estimand": estimand(plan.variance, len(terms), effect_in),
            }
            if isinstance(fit, ValueError):
                note = f"not fitted: {fit}"
                rows += [keys | {"term": term, "note": note} for term in terms]
                continue
            note = notes(plan, fitted, fit)
            rows += [
                keys | {"term": term, "note": note} | estimates(fit, i)
                for i, term in enumerate(terms)
            ]
    return typed_frame(rows, COX_TYPES)


def in_all_variances(
    found: Iterable[tuple[ModelPlan, pd.DataFrame, list[str]]],
) -> Iterator[tuple[list[ModelPlan], pd.DataFrame, list[str]]]:
    """Yield the plans of each model, which differ in the variance, with its members."""
    for _, own in groupby(found, key=lambda one: id(one[1])):
        plans_of, members, terms = zip(*own, strict=True)
        yield list(plans_of), members[0], terms[0]


def estimates(fit: CoxFit, i: int) -> dict[str, float]:
    """Return the estimates of one term, none where the coefficient may be infinite."""
    if not fit.is_finite[i]:
        return {}
    names = ("coef", "se", "hazard_ratio", "ci_low", "ci_high", "z", "p_value")
    return {name: getattr(fit, name)[i] for name in names}


def fit_model(plan: ModelPlan, fitted: pd.DataFrame, terms: list[str]) -> CoxFit:
    """Fit one model in one variance; ValueErrors as those of `fit_cox`."""
    (fit,) = fit_variants([plan], fitted, terms)
    if isinstance(fit, ValueError):
        raise fit
    return fit


def fit_variants(
    variants: Sequence[ModelPlan], fitted: pd.DataFrame, terms: list[str]
) -> list[CoxFit | ValueError]:
    """Fit one model in several variances; of one that cannot be fitted, the reason.

    Those without strata, and those with the same ones, share their coefficients.
    """
    sets = fitted["set_id"].to_numpy()
    who = fitted["usubjid"]
    clusters = {
        "cluster": set_clusters(sets, who),
        "two_way": (sets, subject_of(who)),
    }
    strata = {"strata": sets}
    if any(plan.variance in BY_SOURCE for plan in variants):
        sources = fitted["source"].to_numpy(str)
        clusters["cluster_source"] = strata["strata_source"] = sources
    given = arrays(fitted, terms)
    entry, weight = delayed_entry(fitted), weights(fitted)
    found: dict[int, CoxFit | ValueError] = {}
    places: dict[tuple, list[int]] = {}
    for place, plan in enumerate(variants):
        by = plan.variance if plan.variance in strata else None
        places.setdefault((plan.ties, by), []).append(place)
    for (ties, by), own in places.items():
        names = [variants[place].variance for place in own]
        try:
            of_these = fit_variances(
                *given,
                [(clusters.get(name), name in clusters) for name in names],
                names=terms,
                entry=entry,
                strata=strata.get(by),
                weights=weight,
                ties=ties,
            )
        except ValueError as error:
            of_these = [error] * len(own)
        found |= zip(own, of_these, strict=True)
    return [found[place] for place in range(len(variants))]


def notes(plan: ModelPlan, fitted: pd.DataFrame, fit: CoxFit) -> str | None:
    """Return what to beware of in a fit, None for nothing."""
    is_model_based = plan.variance in ("naive", *STRATIFIED)
    found = [
        fit.warning,
        AS_FREQUENCIES if is_model_based and weights(fitted) is not None else "",
        AS_INDEPENDENT if is_model_based and has_repeated_days(fitted) else "",
        few_sources(fitted) if plan.variance == "cluster_source" else "",
    ]
    return "; ".join(text for text in found if text) or None


def has_repeated_days(fitted: pd.DataFrame) -> bool:
    """Tell whether several index days of a subject are in a fit."""
    return has_several_days(fitted["usubjid"]) and is_repeated(fitted["usubjid"])


def few_sources(fitted: pd.DataFrame) -> str:
    """Say that a variance of so few clusters is biased downwards, where it is."""
    n = fitted["source"].nunique()
    if n >= FEWEST_CLUSTERS:
        return ""
    return f"{n} sources: with so few clusters a robust variance is too small"


def compared_in(summary: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return estimand and population of each analysis."""
    columns = [summary[name] for name in ("analysis_id", "estimand", "population")]
    return {
        name: (effect_in, who) for name, effect_in, who in zip(*columns, strict=True)
    }


def proportional_hazards_table(
    design: pd.DataFrame, models: pd.DataFrame
) -> pd.DataFrame:
    """Test proportional hazards of every model, one row per analysis, model and term.

    The last term of a model is GLOBAL. Models are tested once, unstratified; one that
    cannot be tested has a GLOBAL row without statistic, and `note` gives the reason.
    Weights are taken as frequencies, as in R's `cox.zph`, with a `note`.
    """
    # the variance changes nothing here but the strata
    plain = models[~models["variance"].isin(STRATIFIED)]
    once = plain.drop_duplicates(["analysis_id", "model_id", "endpoint"])
    rows = []
    for plan, members, terms in fits(design, once):
        fitted = without_unknown(members, terms)
        keys: dict = {
            "analysis_id": plan.analysis_id,
            "model_id": plan.model_id,
            "endpoint": plan.endpoint,
            "transform": TRANSFORM,
        }
        note = None if weights(fitted) is None else "weights are taken as frequencies"
        try:
            tests = zph(
                *arrays(fitted, terms),
                names=terms,
                entry=delayed_entry(fitted),
                weights=weights(fitted),
                ties=plan.ties,
                transform=TRANSFORM,
            )
        except ValueError as error:
            rows.append(keys | {"term": "GLOBAL", "note": f"not computed: {error}"})
            continue
        rows += [
            keys
            | {
                "term": test.term,
                "statistic": test.statistic,
                "df": test.df,
                "p_value": test.p_value,
                "note": note,
            }
            for test in tests
        ]
    return typed_frame(rows, ZPH_TYPES)


def fits(
    design: pd.DataFrame, models: pd.DataFrame
) -> Iterator[tuple[ModelPlan, pd.DataFrame, list[str]]]:
    """Yield each row of `models` with its members, a column per term, and the terms."""
    keys = ["analysis_id", "model_id", "endpoint"]
    # Sorted once: every model then has its subjects, and theirs the terms, in order.
    ordered = design.sort_values(
        [*keys, "set_id", "usubjid", "position", "term"], kind="stable"
    )
    by_model = widened(ordered, keys)
    in_order = models.sort_values([*keys, "variance"], kind="stable")
    for plan in plans(in_order, ModelPlan):
        key = (plan.analysis_id, plan.model_id, plan.endpoint)
        if key in by_model:
            yield plan, *by_model[key]


def widened(
    rows: pd.DataFrame, keys: list[str]
) -> dict[tuple, tuple[pd.DataFrame, list[str]]]:
    """Return, by model, one row per subject with a column per term, and the terms.

    `rows` have every subject with every term, sorted by model, subject and the place
    of the term.
    """
    kept = ["set_id", "usubjid", "weight", "days", "is_event"]
    optional = ("entry_days", "competing_event", "source")
    kept += [name for name in optional if name in rows]
    columns = {name: rows[name].array for name in kept}
    model = rows.groupby(keys, sort=False).ngroup().to_numpy()
    starts = np.flatnonzero(np.diff(model, prepend=-1))
    stops = np.append(starts, len(model))[1:]
    term, value = rows["term"].to_numpy(object), numbers(rows, "value")
    found = {}
    names = rows[keys].iloc[starts].itertuples(index=False, name=None)
    for key, start, stop in zip(names, starts, stops, strict=True):
        n_terms = len(set(term[start:stop]))
        terms = term[start : start + n_terms].tolist()
        matrix = value[start:stop].reshape(-1, n_terms)
        own = {name: array[start:stop:n_terms] for name, array in columns.items()}
        own |= {name: matrix[:, j] for j, name in enumerate(terms)}
        found[key] = pd.DataFrame(own), terms
    return found


def lacks_a_term(members: pd.DataFrame, terms: list[str]) -> np.ndarray:
    """Tell of which members a term is not known."""
    return np.isnan(members[terms].to_numpy(float)).any(axis=1)


def without_unknown(members: pd.DataFrame, terms: list[str]) -> pd.DataFrame:
    """Return the members of whom every term is known."""
    unknown = lacks_a_term(members, terms)
    return members[~unknown] if unknown.any() else members


def restriction(plan: ModelPlan) -> list[str]:
    """Return to whom or to what time a model is restricted, in words."""
    return [] if pd.isna(plan.restriction) else [plan.restriction]


def arrays(
    fitted: pd.DataFrame, terms: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return days, events and the matrix of terms."""
    return (
        fitted["days"].to_numpy(float),
        fitted["is_event"].to_numpy(bool),
        fitted[terms].to_numpy(float),
    )


def delayed_entry(fitted: pd.DataFrame) -> np.ndarray | None:
    """Return the days of entry where any row is not observed from time zero."""
    entry = entry_days(fitted)
    return entry if (entry > 0).any() else None


def weights(fitted: pd.DataFrame) -> np.ndarray | None:
    """Return the weights where any differs from 1."""
    values = fitted["weight"].to_numpy(float)
    return None if (values == 1).all() else values


def estimand(variance: str, n_terms: int, effect_in: str) -> str:
    """Say in words what a model's hazard ratios compare, and in whom."""
    if variance == "strata_source":
        return f"conditional on the source; {effect_in}"
    if variance == "strata":
        return f"conditional on the matched set; {effect_in}"
    if n_terms > 1:
        return f"conditional on the other terms; {effect_in}"
    return f"marginal; {effect_in}"
