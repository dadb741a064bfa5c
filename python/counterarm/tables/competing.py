"""Competing risks: incidence curves, their tests and regressions, where rows ask."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from counterarm.survival import CoxFit, confidence_band, fit_cox
from counterarm.tables.cox import arrays, delayed_entry, estimates, fits, weights
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
    competing_events,
    groups_once,
    read_groups,
)
from counterarm.tables.plans import ModelPlan
from counterarm.trust import aalen_johansen, fine_gray, gray_test

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
GRAY = (
    "Gray's test (rho 0) of equal cumulative incidence, variance of cmprsk, groups "
    "independent of each other"
)
FINE_GRAY = (
    "subdistribution hazard (Fine and Gray): who has another event stays at risk, "
    "weighted by the censoring distribution; Breslow's ties"
)
CAUSE_SPECIFIC = "cause-specific hazard: every other event counts as censoring"
NO_WEIGHTS = "there is no form for weighted or repeated rows"
NO_ENTRY = "there is no form for delayed entry"


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


def cumulative_incidence(
    members: pd.DataFrame, endpoints: pd.DataFrame
) -> pd.DataFrame:
    """Estimate the cumulative incidence of every cause in every group.

    `members` are rows of `analysis.group_members`, `endpoints` those of
    `protocol.analysis_endpoints`. One row per analysis, endpoint with competing events,
    group, cause and distinct day: Aalen and Johansen's estimate with R's log interval.
    Weighted, robust by subject and with delayed entry where the survival curves are.
    """
    causes = causes_by_endpoint(endpoints)
    parts = []
    for group in groups_once(read_groups(of_endpoints(members, causes))):
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
        for number, name in enumerate(names):
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
    members: pd.DataFrame, endpoints: pd.DataFrame
) -> pd.DataFrame:
    """Test equal incidence of each cause, one row per comparison and cause.

    Arguments as `cumulative_incidence`. A test that cannot be made has a row without
    statistic, whose definition gives the reason.
    """
    causes = causes_by_endpoint(endpoints)
    rows = []
    for keys, compared in comparisons(read_groups(of_endpoints(members, causes))):
        names = causes[keys["analysis_id"], keys["endpoint"]]
        for comparison in compared:
            rows += [
                keys
                | {
                    "comparison": comparison.title,
                    "cause": name,
                    "is_of_interest": number == 1,
                    "test": "gray",
                }
                | gray_row(comparison, names, number)
                for number, name in enumerate(names, start=1)
            ]
    return typed_frame(rows, TEST_TYPES)


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
    """Say why Gray's test has no form for these rows, "" where it has one."""
    if sample.weighting != NONE:
        return NO_WEIGHTS
    return "" if sample.delayed_entry is None else NO_ENTRY


def subdistribution(
    design: pd.DataFrame, models: pd.DataFrame, endpoints: pd.DataFrame
) -> pd.DataFrame:
    """Fit every model of an endpoint with competing events to each cause, in two ways.

    `design` are rows of `analysis.model_design`, `models` those of
    `analysis.model_plans`, `endpoints` those of `protocol.analysis_endpoints`. Method
    fine_gray is a model of the subdistribution hazard, cause_specific a Cox model that
    censors at every other event; of the endpoint itself the latter is the row of
    `analysis.cox`. The variance of fine_gray is robust, by subject for a naive one;
    stratified and two-way models have it not. A model that cannot be fitted has rows
    without estimates, and `note` gives the reason.
    """
    causes = causes_by_endpoint(endpoints)
    keys = pd.MultiIndex.from_frame(models[["analysis_id", "endpoint"]])
    wanted = models[keys.isin(list(causes))]
    rows = []
    for plan, members, terms in fits(of_endpoints(design, causes), wanted):
        names = causes[plan.analysis_id, plan.endpoint]
        fitted = members.dropna(subset=terms)
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
            for method, row in both_methods(plan, fitted, terms, state, number):
                rows += [of_cause | {"method": method} | of_term for of_term in row]
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
    is_repeated = fitted["usubjid"].duplicated().any()

    def by_fine_gray() -> CoxFit:
        if case_weights is not None or is_repeated:
            raise ValueError(NO_WEIGHTS)
        if entry is not None:
            raise ValueError(NO_ENTRY)
        if plan.variance not in ("naive", "cluster"):
            raise ValueError(f"there is no form with the variance {plan.variance}")
        cluster = sets if plan.variance == "cluster" else None
        return fine_gray(days, state, matrix, cause, names=terms, cluster=cluster)

    def by_cause() -> CoxFit:
        clusters = {"cluster": sets, "two_way": (sets, fitted["usubjid"].to_numpy())}
        return fit_cox(
            days,
            state == cause,
            matrix,
            names=terms,
            entry=entry,
            strata=sets if plan.variance == "strata" else None,
            cluster=clusters.get(plan.variance),
            weights=case_weights,
            robust=plan.variance in clusters,
            ties=plan.ties,
        )

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
        yield (
            method,
            [
                {"term": term, "definition": definition, "note": found.warning or None}
                | estimates(found, place)
                for place, term in enumerate(terms)
            ],
        )


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
