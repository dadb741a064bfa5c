"""Hazard ratios with competing risks: of the subdistribution and by cause."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from counterarm.survival import CoxFit
from counterarm.tables.candidates import is_repeated
from counterarm.tables.competing import (
    NO_ENTRY,
    NO_WEIGHTS,
    causes_by_endpoint,
    of_endpoints,
    states,
    unrecorded_arms,
    words_of,
)
from counterarm.tables.cox import (
    arrays,
    delayed_entry,
    estimates,
    fit_model,
    fits,
    notes,
    weights,
    without_unknown,
)
from counterarm.tables.frames import COUNT, FLAG, NUMBER, TEXT, typed_frame
from counterarm.tables.groups import competing_events
from counterarm.tables.plans import ModelPlan
from counterarm.trust import fine_gray

MODEL_TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "endpoint": TEXT,
    "follow_up_rule": TEXT,
    "cause": TEXT,
    "is_of_interest": FLAG,
    "method": TEXT,
    "variance": TEXT,
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
    "definition": TEXT,
    "note": TEXT,
}
FINE_GRAY = (
    "subdistribution hazard (Fine and Gray): who has another event stays at risk, "
    "weighted by the censoring distribution; Breslow's ties"
)
CAUSE_SPECIFIC = "cause-specific hazard: every other event counts as censoring"


def subdistribution(
    design: pd.DataFrame,
    models: pd.DataFrame,
    endpoints: pd.DataFrame,
    sources: pd.DataFrame,
) -> pd.DataFrame:
    """Fit every model of an endpoint with competing events to each cause, in two ways.

    `design` are rows of `analysis.model_design`, `models` those of
    `analysis.model_plans`, `endpoints` those of `protocol.analysis_endpoints`. Method
    fine_gray is a model of the subdistribution hazard, cause_specific a Cox model that
    censors at every other event; of the endpoint itself the latter is the row of
    `analysis.cox`. The variance of fine_gray is robust, by subject for a naive one;
    stratified and two-way models have it not. A model that cannot be fitted has rows
    without estimates, and `note` gives the reason; so has a cause that an arm does not
    record (`sources`: rows of `cohort.endpoint_sources`).
    """
    causes = causes_by_endpoint(endpoints)
    lacking = unrecorded_arms(endpoints, sources)
    keys = pd.MultiIndex.from_frame(models[["analysis_id", "endpoint"]])
    wanted = models[keys.isin(list(causes))]
    rows = []
    for plan, members, terms in fits(of_endpoints(design, causes), wanted):
        names = causes[plan.analysis_id, plan.endpoint]
        fitted = without_unknown(members, terms)
        state = states(
            fitted["is_event"].to_numpy(bool), competing_events(fitted), names
        )
        common = {
            "analysis_id": plan.analysis_id,
            "model_id": plan.model_id,
            "endpoint": plan.endpoint,
            "follow_up_rule": plan.follow_up_rule,
            "variance": plan.variance,
            "n": len(fitted),
            "n_left_out": len(members) - len(fitted),
        }
        for number, name in enumerate(names, start=1):
            of_cause = common | {
                "cause": name,
                "is_of_interest": number == 1,
                "n_events": int((state == number).sum()),
            }
            unseen = {
                one: lacking.get((plan.analysis_id, plan.endpoint, one), set())
                for one in names
            }
            if unseen[name]:
                note = f"not fitted: {words_of(name, unseen[name])}"
                rows += [
                    of_cause
                    | {"n_events": None, "method": method}
                    | {"term": term, "definition": definition, "note": note}
                    for method, definition in (
                        ("fine_gray", FINE_GRAY),
                        ("cause_specific", CAUSE_SPECIFIC),
                    )
                    for term in terms
                ]
                continue
            others = [words_of(one, arms) for one, arms in unseen.items() if arms]
            for method, row in both_methods(plan, fitted, terms, state, number):
                rows += [
                    of_cause
                    | {"method": method}
                    | of_term
                    | {
                        "note": "; ".join(filter(None, [of_term["note"], *others]))
                        or None
                    }
                    for of_term in row
                ]
    return typed_frame(rows, MODEL_TYPES)


def both_methods(
    plan: ModelPlan,
    fitted: pd.DataFrame,
    terms: list[str],
    state: np.ndarray,
    cause: int,
) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Yield each method with a row per term, of one cause."""
    days, _, matrix = arrays(fitted, terms)
    sets = fitted["set_id"].to_numpy()
    case_weights, entry = weights(fitted), delayed_entry(fitted)
    has_repeats = is_repeated(fitted["usubjid"])

    def by_fine_gray() -> CoxFit:
        if case_weights is not None or has_repeats:
            raise ValueError(NO_WEIGHTS)
        if entry is not None:
            raise ValueError(NO_ENTRY)
        if plan.variance not in ("naive", "cluster"):
            raise ValueError(f"not implemented with the variance {plan.variance}")
        cluster = sets if plan.variance == "cluster" else None
        return fine_gray(days, state, matrix, cause, names=terms, cluster=cluster)

    def by_cause() -> CoxFit:
        return fit_model(plan, fitted.assign(is_event=state == cause), terms)

    for method, fit, definition in (
        ("fine_gray", by_fine_gray, FINE_GRAY),
        ("cause_specific", by_cause, f"{CAUSE_SPECIFIC}; {plan.ties}'s ties"),
    ):
        try:
            found = fit()
        except ValueError as error:
            note = f"not fitted: {error}"
            yield (
                method,
                [
                    {"term": term, "definition": definition, "note": note}
                    for term in terms
                ],
            )
            continue
        is_by_cause = method == "cause_specific"
        note = notes(plan, fitted, found) if is_by_cause else found.warning or None
        yield (
            method,
            [
                {
                    "term": term,
                    "definition": definition,
                    "note": note,
                    **estimates(found, place),
                }
                for place, term in enumerate(terms)
            ],
        )
