"""Missing covariates imputed many times: the whole path for each, pooled by Rubin."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from counterarm.matching import NoScoreError, NoWeightsError
from counterarm.matching.balance import absolute_differences
from counterarm.tables.balance import columns_of
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, texts, typed_frame
from counterarm.tables.match_inputs import is_treated, naming
from counterarm.tables.plans import ModelPlan
from counterarm.tables.trust.main_model import TREATED
from counterarm.tables.trust.path import (
    Members,
    estimate,
    matched_members,
    scores_of,
    treatment_models,
)
from counterarm.tables.trust.rule_analyses import RuleAnalysis, rule_analyses
from counterarm.trust import imputations, nelson_aalen, plan_imputation, pool

SEED = 20260727
# Robust by matched set: the one variance that goes with pairs, sets and weights.
VARIANCE = "cluster"
# Roles of matching terms without which nobody can be matched.
MATCHED_ON = ("score", "exact", "caliper", "distance")
LOG_HAZARD_RATIO, SMD = "log hazard ratio", "smd"
RUN_TYPES = {
    "analysis_id": TEXT,
    "follow_up_rule": TEXT,
    "model_id": TEXT,
    "imputation": COUNT,
    "quantity": TEXT,
    "variable": TEXT,
    "value": NUMBER,
    "se": NUMBER,
    "n_pairs": COUNT,
    "m": COUNT,
    "seed": COUNT,
    "n_imputed_treated": COUNT,
    "n_imputed_control": COUNT,
    "note": TEXT,
}
IMPUTED_TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "follow_up_rule": TEXT,
    "m": COUNT,
    "seed": COUNT,
    "n_imputed_treated": COUNT,
    "n_imputed_control": COUNT,
    "coef": NUMBER,
    "se": NUMBER,
    "df": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "p_value": NUMBER,
    "fmi": NUMBER,
    "complete_coef": NUMBER,
    "complete_se": NUMBER,
    "note": TEXT,
}
# Of a run: the row of its estimate, and |SMD| by variable.
Run = tuple[dict[str, object], dict[str, float]]


@dataclass(frozen=True)
class Path:
    """The protocol's path of one analysis, for any completed covariates."""

    plan: pd.Series
    own: pd.DataFrame
    variables: pd.DataFrame
    variant: ModelPlan

    def run(self, eligible: pd.DataFrame) -> Run:
        """Score, match and estimate; the estimate or a note, and |SMD| as matched."""
        try:
            scores = scores_of(eligible, self.own, self.plan, self.variables)
        except NoScoreError as error:
            return {"note": f"no score: {error}"}, {}
        try:
            members = matched_members(eligible, scores, self.own, self.plan)
        except NoWeightsError as error:
            return {"note": f"no weights: {error}"}, {}
        if members.rows.empty:
            return {"note": "nobody is matched"}, {}
        found = estimate(members, self.variant)
        row = {name: found.get(name) for name in ("se", "n_pairs", "note")}
        return (
            row | {"value": found.get("coef")},
            self.imbalance(eligible, scores, members),
        )

    def imbalance(
        self, eligible: pd.DataFrame, scores: pd.DataFrame, members: Members
    ) -> dict[str, float]:
        """Return |SMD| of each variable that is matched on, among the matched.

        Named as in `matching.balance`: the score, numbers, and levels of the others.
        """
        kinds = self.variables.set_index("variable")["kind"]
        matched_on = self.own[self.own["role"].isin(MATCHED_ON)]
        found = list(columns_of(eligible, matched_on, scores, kinds))
        weights = members.rows.groupby("usubjid")["weight"].sum()
        weight = weights.reindex(eligible["usubjid"], fill_value=0.0).to_numpy(float)
        differences = absolute_differences(
            np.column_stack([values for _, _, values, _ in found]),
            is_treated(eligible),
            weight,
            [binary for *_, binary in found],
        )
        names = [name for name, *_ in found]
        return dict(zip(names, differences.tolist(), strict=True))


def imputation_runs(
    subjects: pd.DataFrame,
    axes: pd.DataFrame,
    matching: pd.DataFrame,
    terms: pd.DataFrame,
    models: pd.DataFrame,
    model_terms: pd.DataFrame,
    variables: pd.DataFrame,
    *,
    seed: int = SEED,
) -> pd.DataFrame:
    """Impute, score, match and estimate, one row per imputation and quantity.

    Arguments as those of `specification_table`. Who meets every criterion but that
    covariates are known is imputed, for every covariate that is matched on or that a
    model uses in both arms; then score, pairs and the model of treatment alone, robust
    by matched set. Quantities are the log hazard ratio and the standardised mean
    difference of each variable that is matched on, absolute, among the matched.
    Imputation 0 is of the eligible as they are. A covariate that a whole arm or
    pseudo-trial lacks is not imputed there: these subjects are left out, as they are
    without imputation, and the note counts them. Of follow-up rules, the protocol's
    and the valid ones of the axis.

    Source: van Buuren 2018; White and Royston 2009; Leyrat 2019; Granger 2019.
    """
    rows = []
    variants = treatment_models(models, model_terms)
    plans = matching.set_index("analysis_id")
    for analysis in rule_analyses(subjects, axes):
        name = analysis.analysis_id
        variant = variants.get(name, {}).get(VARIANCE)
        if variant is None:
            continue
        own = terms[terms["analysis_id"] == name]
        path = Path(plans.loc[name], own, variables, variant)
        named = covariates_of(own, model_terms[model_terms["analysis_id"] == name])
        keys = {
            "analysis_id": name,
            "follow_up_rule": analysis.follow_up_rule,
            "model_id": variant.model_id,
            "seed": seed,
        }
        with naming(name, "the imputations"):
            for row, smds in runs_of(analysis, path, named, seed):
                of_run = keys | {
                    column: row[column]
                    for column in (
                        "imputation",
                        "m",
                        "n_imputed_treated",
                        "n_imputed_control",
                    )
                }
                rows.append(
                    keys | row | {"quantity": LOG_HAZARD_RATIO, "variable": TREATED}
                )
                rows += [
                    of_run | {"quantity": SMD, "variable": variable, "value": value}
                    for variable, value in smds.items()
                ]
    return typed_frame(rows, RUN_TYPES)


def runs_of(
    analysis: RuleAnalysis, path: Path, named: list[str], seed: int
) -> Iterator[Run]:
    """Yield the run of the eligible as they are, then that of each imputation."""
    people = analysis.people
    people = people[people["days"].notna() & people["is_event"].notna()]
    kinds = path.variables.set_index("variable")["kind"]
    covariates = pd.DataFrame(
        {
            name: texts(people, name)
            if kinds[name] == "categorical"
            else numbers(people, name)
            for name in named
        },
        index=people.index,
    )
    plan = plan_imputation(
        covariates,
        {"arm": people["arm"], "pseudo-trial": people["pseudo_trial_id"]},
    )
    taking_part = people[~plan.is_left_out].reset_index(drop=True)
    covariates = covariates[~plan.is_left_out].reset_index(drop=True)
    incomplete = covariates.isna().any(axis=1)
    treated = is_treated(taking_part)
    counts = {
        "m": plan.m,
        "n_imputed_treated": int((incomplete & treated).sum()),
        "n_imputed_control": int((incomplete & ~treated).sum()),
    }
    row, smds = path.run(analysis.eligible)
    said = left_out_note(plan.notes, int(plan.is_left_out.sum()))
    yield counts | row | {"imputation": 0, "note": both(said, row.get("note"))}, smds
    if not plan.m or treated.all() or not treated.any():
        return
    event = taking_part["is_event"].to_numpy(bool)
    outcome = pd.DataFrame(
        {
            TREATED: treated.astype(float),
            "event": event.astype(float),
            "hazard": nelson_aalen(taking_part["days"].to_numpy(float), event),
        }
    )
    completed = imputations(
        covariates, outcome, plan.m, seed=seed, analysis_id=analysis.analysis_id
    )
    for number, values in enumerate(completed, start=1):
        row, smds = path.run(taking_part.assign(**dict(values.items())))
        yield counts | row | {"imputation": number}, smds


def covariates_of(own: pd.DataFrame, model_terms: pd.DataFrame) -> list[str]:
    """Return the covariates that an analysis matches on or models in both arms."""
    matched_on = own.loc[own["role"].isin(MATCHED_ON), "variable"]
    modelled = model_terms.loc[model_terms["arm"] == "both", "variable"].dropna()
    named = [*matched_on, *modelled]
    return [name for name in dict.fromkeys(named) if name != "score"]


def left_out_note(notes: tuple[str, ...], n_left_out: int) -> str | None:
    """Say who was left out because a whole group lacks a covariate."""
    if not n_left_out:
        return None
    by_covariate = Counter(note.partition(" is missing in")[0] for note in notes)
    named = ", ".join(
        f"{name} ({count} group{'s' if count > 1 else ''})"
        for name, count in sorted(by_covariate.items())
    )
    return (
        f"{n_left_out} subjects not imputed, whose whole arm or pseudo-trial lacks "
        f"{named}"
    )


def both(first: str | None, second: object) -> str | None:
    """Join two notes, either of which may be missing."""
    return "; ".join(str(text) for text in (first, second) if text) or None


def imputed_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Pool log hazard ratios of rows of `analysis.imputation_runs` by Rubin's rules.

    One row per analysis. Degrees of freedom without missing values are the pairs of the
    imputation with the fewest, less 1. Where nothing is missing m is 0 and the plain
    result is the answer, with a normal interval and without degrees of freedom. An
    imputation without an estimate is left out and noted; of fewer than 2 nothing is
    pooled.
    """
    of_model = runs[runs["quantity"] == LOG_HAZARD_RATIO]
    rows = []
    for analysis_id, own in of_model.groupby("analysis_id", sort=True):
        plain = own[own["imputation"] == 0].iloc[0]
        drawn = own[own["imputation"] > 0]
        known = drawn[drawn["value"].notna() & drawn["se"].notna()]
        note = None if pd.isna(plain["note"]) else plain["note"]
        if len(known) < len(drawn):
            failed = len(drawn) - len(known)
            note = both(note, f"{failed} imputations without an estimate")
        columns = ("model_id", "follow_up_rule", "m", "seed")
        counts = ("n_imputed_treated", "n_imputed_control")
        rows.append(
            {"analysis_id": analysis_id}
            | {name: plain[name] for name in (*columns, *counts)}
            | {"complete_coef": plain["value"], "complete_se": plain["se"]}
            | {"note": note}
            | (pooled(known) if len(drawn) else as_it_is(plain))
        )
    return typed_frame(rows, IMPUTED_TYPES)


def pooled(known: pd.DataFrame) -> dict[str, float]:
    """Return the pooled estimate as columns, none of fewer than 2 imputations."""
    if len(known) < 2:
        return {}
    fewest = known["n_pairs"].min()
    df_complete = math.inf if pd.isna(fewest) else max(float(fewest) - 1, 1.0)
    found = pool(numbers(known, "value"), numbers(known, "se"), df_complete=df_complete)
    names = ("coef", "se", "ci_low", "ci_high", "p_value", "fmi")
    df = math.nan if math.isinf(found.df) else found.df
    return {name: getattr(found, name) for name in names} | {"df": df}


def as_it_is(plain: pd.Series) -> dict[str, float]:
    """Return the plain result as columns, none where it has no estimate."""
    if plain["m"] > 0 or pd.isna(plain["value"]):
        return {}
    coef, se = float(plain["value"]), float(plain["se"])
    half = float(norm.ppf(0.975)) * se
    return {
        "coef": coef,
        "se": se,
        "ci_low": coef - half,
        "ci_high": coef + half,
        "p_value": float(2 * norm.sf(abs(coef) / se)),
        "fmi": 0.0,
    }
