"""What every way of matching asks of an analysis: its eligible subjects and terms."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from counterarm.matching import (
    PropensityScore,
    caliper_width,
    design_matrix,
    fit_propensity_score,
    outside_support,
)
from counterarm.tables.frames import numbers, sorted_by_subject, texts


def eligible_by_analysis(
    subjects: pd.DataFrame, terms: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Yield analysis, its eligible subjects by usubjid, and its matching terms.

    An analysis with no eligible subject in one of its arms is skipped: it can have no
    score and no pair, and the gate on the analyses reports it.
    """
    eligible = subjects[subjects["is_eligible"].astype(bool)]
    for analysis_id, rows in eligible.groupby("analysis_id", sort=True):
        if rows["arm"].nunique() == 2:
            yield (
                str(analysis_id),
                sorted_by_subject(rows),
                terms[terms["analysis_id"] == analysis_id],
            )


def needs_score(own: pd.DataFrame) -> bool:
    """Tell whether the terms of an analysis ask for a propensity score."""
    return bool((own["role"] == "score").any())


def lacks_score(own: pd.DataFrame, scores: pd.DataFrame, analysis_id: str) -> bool:
    """Tell whether an analysis asks for a score that could not be fitted."""
    return needs_score(own) and not (scores["analysis_id"] == analysis_id).any()


def fit_score(
    eligible: pd.DataFrame, own: pd.DataFrame, variables: pd.DataFrame
) -> PropensityScore:
    """Fit the propensity score of one analysis; raises as `fit_propensity_score`."""
    design, names = score_design(eligible, own, variables)
    return fit_propensity_score(design, is_treated(eligible), names=names)


def score_design(
    eligible: pd.DataFrame, own: pd.DataFrame, variables: pd.DataFrame
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the design of the score, subjects x columns, and the columns' names."""
    names = own.loc[own["role"] == "score", "variable"]
    kinds = variables.set_index("variable")["kind"]
    columns = pd.DataFrame(
        {
            name: numbers(eligible, name)
            if kinds[name] == "numeric"
            else texts(eligible, name)
            for name in names
        }
    )
    as_kind = [
        (name, "numeric" if kinds[name] == "numeric" else "categorical")
        for name in names
    ]
    return design_matrix(columns, as_kind)


def covariates(eligible: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Return the covariates of an analysis: numbers, or text of all others."""
    names = own.loc[own["role"] == "covariate", "variable"]
    is_number = {
        name: pd.api.types.is_numeric_dtype(eligible[name])
        and not pd.api.types.is_bool_dtype(eligible[name])
        for name in names
    }
    return pd.DataFrame(
        {
            name: numbers(eligible, name)
            if is_number[name]
            else texts(eligible, name).to_numpy()
            for name in names
        }
    )


def score_of(
    eligible: pd.DataFrame, scores: pd.DataFrame, plan: pd.Series
) -> np.ndarray | None:
    """Return the score of each eligible subject on the plan's scale, None without."""
    own = scores[scores["analysis_id"] == plan.name]
    if own.empty:
        return None
    is_linear = plan.get("score_scale") == "linear"
    column = "linear_predictor" if is_linear else "score"
    by_subject = own.set_index("usubjid")[column]
    return by_subject.loc[eligible["usubjid"]].to_numpy(float)


def is_discarded(
    eligible: pd.DataFrame, scores: pd.DataFrame, plan: pd.Series
) -> np.ndarray:
    """Return who is discarded before matching for want of common support."""
    return discarded(
        score_of(eligible, scores, plan), is_treated(eligible), plan["discard"]
    )


def discarded(
    score: np.ndarray | None, treated: np.ndarray, discard: str | None
) -> np.ndarray:
    """Return who of these subjects the plan's `discard` leaves out, null for none."""
    if pd.isna(discard):
        return np.zeros(len(treated), dtype=bool)
    if score is None:
        raise ValueError("matching.csv: discard needs score terms")
    return outside_support(score, treated, discard)


def is_treated(eligible: pd.DataFrame) -> np.ndarray:
    """Return which subjects are treated."""
    return (eligible["arm"] == "treated").to_numpy(bool)


def strata(eligible: pd.DataFrame, own: pd.DataFrame) -> np.ndarray | None:
    """Return a code for each combination of the exact variables, None without any."""
    names = own.loc[own["role"] == "exact", "variable"].tolist()
    if not names:
        return None
    values = pd.DataFrame({name: texts(eligible, name) for name in names})
    missing = values.columns[values.isna().any()].tolist()
    if missing:
        raise ValueError(
            f"the exact variable {missing[0]} is not known for every eligible subject; "
            "add a criterion that it is known to eligibility.csv"
        )
    combined = np.zeros(len(values), dtype=np.int64)
    for name in names:
        codes, levels = pd.factorize(values[name].to_numpy(), sort=True)
        combined = combined * max(len(levels), 1) + codes
    return np.unique(combined, return_inverse=True)[1]


def calipers(
    eligible: pd.DataFrame, own: pd.DataFrame
) -> list[tuple[np.ndarray, float]] | None:
    """Return values and width of each caliper on a named variable, None without any."""
    found = [
        (values, caliper_width(values, width, unit))
        for values, width, unit in named_calipers(eligible, own)
    ]
    return found or None


def named_calipers(
    eligible: pd.DataFrame, own: pd.DataFrame
) -> list[tuple[np.ndarray, float, str]]:
    """Return values, width and its unit of each caliper on a named variable."""
    named = own[(own["role"] == "caliper") & (own["variable"] != "score")]
    return [
        (numbers(eligible, term.variable), float(term.caliper), term.caliper_unit)
        for term in named.itertuples()
    ]


def score_caliper(own: pd.DataFrame, score: np.ndarray | None) -> float | None:
    """Return the width of the caliper on the score, None without any.

    In SD of `score`, which holds the subjects that were not discarded, as in MatchIt.
    """
    is_caliper = own["role"].to_numpy(object) == "caliper"
    places = np.flatnonzero(is_caliper & (own["variable"].to_numpy(object) == "score"))
    if not len(places) or score is None:
        return None
    term = own.iloc[places[0]]
    return caliper_width(score, float(term["caliper"]), term["caliper_unit"])


class naming:  # noqa: N801 - reads as a word where it is used
    """Say in an error of the mathematics which analysis and step it came from."""

    def __init__(self, analysis_id: str, step: str) -> None:
        self.place = f"analysis {analysis_id}, {step}"

    def __enter__(self) -> None:
        """Enter the step."""

    def __exit__(self, kind: type | None, error: BaseException | None, _: object):
        """Raise a ValueError of the step again, with its place."""
        if isinstance(error, ValueError):
            raise ValueError(f"{self.place}: {error}") from error
