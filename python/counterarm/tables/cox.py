"""Cox models of the matched subjects, in every variance the protocol asks for."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from counterarm.survival import fit_cox, zph
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame

COX_TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "endpoint": TEXT,
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
TRANSFORM = "km"


def cox_table(design: pd.DataFrame, models: pd.DataFrame) -> pd.DataFrame:
    """Fit every model in every variance, one row per analysis, model, variance, term.

    `design` are rows of `analysis.model_design`, `models` those of
    `analysis.model_plans`, which say whom a model is fitted to. Subjects with a term
    that is not known, or an endpoint, are left out and counted in n_left_out. A model
    that cannot be fitted has rows without estimates, and `note` says why; `note` also
    warns of a coefficient that may be infinite.
    """
    rows = []
    for plan, members, terms in fits(design, models):
        keys = {
            "analysis_id": plan.analysis_id,
            "model_id": plan.model_id,
            "endpoint": plan.endpoint,
            "ties": plan.ties,
            "variance": plan.variance,
            "n_left_out": int(members[terms].isna().any(axis=1).sum()),
            "population": plan.population,
            "estimand": estimand(plan.variance, len(terms)),
        }
        fitted = members.dropna(subset=terms)
        counts = {"n": len(fitted), "n_events": int(fitted["is_event"].sum())}
        try:
            fit = fit_cox(
                *arrays(fitted, terms),
                names=terms,
                strata=fitted["set_id"].to_numpy() if is_stratified(plan) else None,
                cluster=fitted["set_id"].to_numpy()
                if plan.variance == "cluster"
                else None,
                weights=weights(fitted),
                robust=plan.variance == "cluster",
                ties=plan.ties,
            )
        except ValueError as error:
            rows += [
                keys | counts | {"term": term, "note": f"not fitted: {error}"}
                for term in terms
            ]
            continue
        rows += [
            keys
            | counts
            | {
                "term": term,
                "coef": fit.coef[i],
                "se": fit.se[i],
                "hazard_ratio": fit.hazard_ratio[i],
                "ci_low": fit.ci_low[i],
                "ci_high": fit.ci_high[i],
                "z": fit.z[i],
                "p_value": fit.p_value[i],
                "note": fit.warning or None,
            }
            for i, term in enumerate(terms)
        ]
    return typed_frame(rows, COX_TYPES)


def proportional_hazards_table(
    design: pd.DataFrame, models: pd.DataFrame
) -> pd.DataFrame:
    """Test proportional hazards of every model, one row per analysis, model and term.

    The last term of a model is GLOBAL. Models are tested once, unstratified; one that
    cannot be tested has a GLOBAL row without statistic, and `note` says why.
    """
    once = models[models["variance"] == "naive"]
    rows = []
    for plan, members, terms in fits(design, once):
        fitted = members.dropna(subset=terms)
        keys = {
            "analysis_id": plan.analysis_id,
            "model_id": plan.model_id,
            "endpoint": plan.endpoint,
            "transform": TRANSFORM,
        }
        try:
            tests = zph(
                *arrays(fitted, terms),
                names=terms,
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
            }
            for test in tests
        ]
    return typed_frame(rows, ZPH_TYPES)


def fits(
    design: pd.DataFrame, models: pd.DataFrame
) -> Iterator[tuple[object, pd.DataFrame, list[str]]]:
    """Yield each row of `models` with its members, a column per term, and the terms."""
    keys = ["analysis_id", "model_id", "endpoint"]
    # Sorted once: every model then has its subjects, and theirs the terms, in order.
    ordered = design.sort_values(
        [*keys, "set_id", "usubjid", "position", "term"], kind="stable"
    )
    by_model = {model: widened(rows) for model, rows in ordered.groupby(keys)}
    plans = models.sort_values([*keys, "variance"], kind="stable")
    for plan in plans.itertuples():
        key = (plan.analysis_id, plan.model_id, plan.endpoint)
        if key in by_model:
            yield plan, *by_model[key]


def widened(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return one row per subject with a column per term, and the terms.

    `rows` are those of one model, every subject with every term, sorted by subject and
    by the place of the term.
    """
    n_terms = rows["term"].nunique()
    terms = rows["term"].iloc[:n_terms].tolist()
    columns = ["set_id", "usubjid", "weight", "days", "is_event"]
    wide = rows[columns].iloc[::n_terms].reset_index(drop=True)
    wide[terms] = numbers(rows, "value").reshape(-1, n_terms)
    return wide, terms


def arrays(
    fitted: pd.DataFrame, terms: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return days, events and the matrix of terms."""
    return (
        fitted["days"].to_numpy(float),
        fitted["is_event"].to_numpy(bool),
        fitted[terms].to_numpy(float),
    )


def weights(fitted: pd.DataFrame) -> np.ndarray | None:
    """Return the weights where any differs from 1."""
    values = fitted["weight"].to_numpy(float)
    return None if (values == 1).all() else values


def is_stratified(plan: object) -> bool:
    """Tell whether a row of `models` asks for strata by matched set."""
    return plan.variance == "strata"


def estimand(variance: str, n_terms: int) -> str:
    """Say in words what a model's hazard ratios compare."""
    if variance == "strata":
        return "conditional on the matched set; ATT of the matched treated"
    if n_terms > 1:
        return "conditional on the other terms; ATT of the matched treated"
    return "marginal; ATT of the matched treated"
