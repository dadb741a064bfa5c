"""Decline before against during treatment, and its regression on treatment."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from statsmodels.regression.linear_model import OLS

from counterarm.longitudinal import signed_rank_tests
from counterarm.longitudinal.signed_rank import VARIANTS
from counterarm.tables.candidates import is_repeated
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame

DECLINE_TEST_TYPES = {
    "analysis_id": TEXT,
    "arm": TEXT,
    "comparison": TEXT,
    "test": TEXT,
    "n": COUNT,
    "n_zero": COUNT,
    "n_left_out": COUNT,
    "mean_first": NUMBER,
    "mean_second": NUMBER,
    "mean_difference": NUMBER,
    "median_difference": NUMBER,
    "rank_sum": NUMBER,
    "z": NUMBER,
    "p_value": NUMBER,
    "definition": TEXT,
    "note": TEXT,
}
# What is compared: the column named first, and that which is taken from it.
COMPARED = {
    "during vs before": ("rate_during", "rate_before"),
    "observed vs predicted": ("response_total", "predicted_total"),
}
# A difference below this is rounding of two equal numbers.
EQUAL = 1e-9
REGRESSION_TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "term": TEXT,
    "coef": NUMBER,
    "se": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "beta": NUMBER,
    "beta_se": NUMBER,
    "t": NUMBER,
    "df": COUNT,
    "p_value": NUMBER,
    "r_squared": NUMBER,
    "n": COUNT,
    "n_left_out": COUNT,
    "definition": TEXT,
    "note": TEXT,
}
OF_ARMS = (
    "least squares of the points lost per month from index to response assessment on "
    "the terms, both arms, members of a pair taken as independent; beta and beta_se in "
    "deviations of outcome and term, as Statistica prints"
)
OF_PAIRS = (
    "treated's minus control's points lost per month from index to response "
    "assessment: least squares with an intercept per pair; its only term has no beta"
)
OF_PERIODS = (
    "least squares of the points lost per month on the period (1 during, 0 before "
    "treatment), treated only, periods of a subject taken as independent; beta and "
    "beta_se in deviations; subjects with one period only are left out with both rows"
)
REPEATED = "a subject is in several pairs, so that rows are not independent"


def function_decline_tests(decline: pd.DataFrame) -> pd.DataFrame:
    """Compare during with before, and observed with predicted, by signed ranks.

    `decline` are rows of `analysis.function_decline`; a subject with the same values
    in several pairs counts once, and where one has other values in another pair nothing
    is tested. One row per analysis, arm, comparison and variant of the test, whose
    definition names zeros, approximation and correction.
    """
    rows = []
    measures = ["rate_before", "rate_during", "response_total", "predicted_total"]
    for (analysis_id, arm), members in decline.groupby(["analysis_id", "arm"]):
        once = members.sort_values(["usubjid", "pair_id"], kind="stable")
        once = once.drop_duplicates(["usubjid", *measures])
        for comparison, (first, second) in COMPARED.items():
            left, right = numbers(once, first), numbers(once, second)
            keys = {"analysis_id": analysis_id, "arm": arm, "comparison": comparison}
            has_other_values = is_repeated(once["usubjid"])
            rows += [
                keys | row for row in signed_rank_rows(left, right, has_other_values)
            ]
    return typed_frame(rows, DECLINE_TEST_TYPES)


def signed_rank_rows(
    left: np.ndarray, right: np.ndarray, has_repeats: bool = False
) -> list[dict]:
    """Return a row per variant of the test that left and right are equal."""
    known = ~np.isnan(left) & ~np.isnan(right)
    difference = left[known] - right[known]
    difference[np.abs(difference) < EQUAL] = 0.0
    # Differences that are equal but for rounding must tie.
    difference = np.round(difference, 9)
    shared = {
        "n": int(known.sum()),
        "n_zero": int((difference == 0).sum()),
        "n_left_out": int((~known).sum()),
    }
    if known.any():
        shared |= {
            "mean_first": left[known].mean(),
            "mean_second": right[known].mean(),
            "mean_difference": difference.mean(),
            "median_difference": np.median(difference),
        }
    try:
        if has_repeats:
            raise ValueError(REPEATED)
        results = signed_rank_tests(difference)
    except ValueError as error:
        return [
            shared
            | {"test": test, "definition": text, "note": f"not computed: {error}"}
            for test, text in VARIANTS.items()
        ]
    return [
        shared
        | {
            "test": result.test,
            "rank_sum": result.rank_sum,
            "z": result.z,
            "p_value": result.p_value,
            "definition": result.definition,
        }
        for result in results
    ]


def function_regression(design: pd.DataFrame, decline: pd.DataFrame) -> pd.DataFrame:
    """Regress the monthly loss on treatment, one row per analysis, model and term.

    `design` are rows of `analysis.regression_design`: the models of the protocol, both
    arms. `decline` are those of `analysis.function_decline`, from which come two more:
    pairs (treated against its own control) and periods (the treated, during against
    before). Rows with an outcome or term that is not known are left out and counted,
    in `periods` both rows of a subject; a model that cannot be fitted, or in which a
    subject is in several pairs, has rows with a note.
    """
    rows = []
    for keys, outcome, terms, definition, repeats in models_of(design, decline):
        complete = outcome.notna() & terms.notna().all(axis=1)
        counts = {
            "n": int(complete.sum()),
            "n_left_out": int((~complete).sum()),
            "definition": definition,
        }
        y = outcome[complete].to_numpy(float)
        try:
            if repeats:
                raise ValueError(REPEATED)
            fit = least_squares(y, terms[complete].to_numpy(float), list(terms))
        except ValueError as error:
            note = f"not fitted: {error}"
            rows += [keys | counts | {"term": term, "note": note} for term in terms]
            continue
        rows += [keys | counts | row for row in fit]
    return typed_frame(rows, REGRESSION_TYPES)


def models_of(
    design: pd.DataFrame, decline: pd.DataFrame
) -> Iterator[tuple[dict, pd.Series, pd.DataFrame, str, bool]]:
    """Yield keys, outcome, terms and definition of every model.

    Last, whether a subject is in several of its pairs.
    """
    place = ["pair_id", "arm"]
    for (analysis_id, model_id), own in design.groupby(["analysis_id", "model_id"]):
        order = own.drop_duplicates("term").sort_values("position")["term"]
        wide = own.pivot(index=place, columns="term", values="value").sort_index()
        terms = wide[order.tolist()].astype("Float64").astype(float)
        terms.insert(0, "intercept", 1.0)
        outcome = own.drop_duplicates(place).set_index(place)["loss"].sort_index()
        keys = {"analysis_id": analysis_id, "model_id": model_id}
        yield (
            keys,
            outcome.astype("Float64").astype(float),
            terms,
            OF_ARMS,
            has_repeats(own),
        )
    for analysis_id, own in decline.groupby("analysis_id"):
        lost = -own.set_index(place)["rate_during"].astype("Float64").astype(float)
        wide = lost.unstack("arm").sort_index()
        wide = wide.reindex(columns=["treated", "control"])
        keys = {"analysis_id": analysis_id}
        yield (
            keys | {"model_id": "pairs"},
            wide["treated"] - wide["control"],
            pd.DataFrame({"treated": 1.0}, index=wide.index),
            OF_PAIRS,
            has_repeats(own),
        )
        treated = own[own["arm"] == "treated"].sort_values(
            ["usubjid", "pair_id"], kind="stable"
        )
        treated = treated.drop_duplicates("usubjid")
        before, during = (
            -numbers(treated, column) for column in ("rate_before", "rate_during")
        )
        both = ~np.isnan(before) & ~np.isnan(during)
        outcome = np.where(np.tile(both, 2), np.concatenate([before, during]), np.nan)
        period = np.repeat([0.0, 1.0], len(treated))
        yield (
            keys | {"model_id": "periods"},
            pd.Series(outcome),
            pd.DataFrame({"intercept": 1.0, "during": period}),
            OF_PERIODS,
            False,
        )


def has_repeats(rows: pd.DataFrame) -> bool:
    """Tell whether a subject is in several pairs."""
    places = rows[["pair_id", "usubjid"]].drop_duplicates()
    return is_repeated(places["usubjid"])


def least_squares(y: np.ndarray, X: np.ndarray, names: list[str]) -> list[dict]:
    """Return a row per term of an ordinary regression.

    beta = coef * sd(term) / sd(outcome), and its standard error alike. Raises
    ValueError where there are no more rows than terms, the outcome does not vary or the
    terms depend on each other.
    """
    if len(y) <= len(names):
        raise ValueError("needs more rows than terms")
    if np.ptp(y) == 0:
        raise ValueError("the outcome does not vary")
    if np.linalg.matrix_rank(X) < len(names):
        raise ValueError("the terms depend on each other")
    fit = OLS(y, X).fit()
    interval = fit.conf_int()
    rows = []
    for i, name in enumerate(names):
        spread = X[:, i].std(ddof=1) / y.std(ddof=1)
        rows.append(
            {
                "term": name,
                "coef": fit.params[i],
                "se": fit.bse[i],
                "ci_low": interval[i][0],
                "ci_high": interval[i][1],
                "beta": fit.params[i] * spread if spread else np.nan,
                "beta_se": fit.bse[i] * spread if spread else np.nan,
                "t": fit.tvalues[i],
                "df": int(fit.df_resid),
                "p_value": fit.pvalues[i],
                "r_squared": fit.rsquared if len(names) > 1 else np.nan,
            }
        )
    return rows
