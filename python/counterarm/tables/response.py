"""Response of pairs: Barczewska 2020's Table 2 and Table 3."""

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from statsmodels.discrete.discrete_model import Logit

from counterarm.longitudinal import is_separated
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame

TABLE_TYPES = {
    "analysis_id": TEXT,
    "subgroup_set": TEXT,
    "subgroup": TEXT,
    "n_pairs": COUNT,
    "n_without_class": COUNT,
    "n_decreased": COUNT,
    "n_no_change": COUNT,
    "n_increased": COUNT,
    "pct_decreased": NUMBER,
    "pct_no_change": NUMBER,
    "pct_increased": NUMBER,
    "n_decreased_or_no_change": COUNT,
    "n_no_change_or_increased": COUNT,
    "pct_decreased_or_no_change": NUMBER,
    "pct_no_change_or_increased": NUMBER,
    "ratio": NUMBER,
    "risk_benefit": TEXT,
    "p_value": NUMBER,
    "definition": TEXT,
}
RATIO_TEST = (
    "pairs with decreased / pairs with increased progression; exact two-sided binomial "
    "test that both are equally likely"
)
EARLY_TYPES = {
    "analysis_id": TEXT,
    "difference": COUNT,
    "failure_probability": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "slope": NUMBER,
    "slope_se": NUMBER,
    "slope_ci_low": NUMBER,
    "slope_ci_high": NUMBER,
    "p_value": NUMBER,
    "n_pairs": COUNT,
    "n_failures": COUNT,
    "note": TEXT,
}
# The early differences that Table 3 prints, in points of ALSFRS-R.
PRINTED_DIFFERENCES = range(-15, 16)
NORMAL_975 = 1.959963984540054


def response_table(members: pd.DataFrame) -> pd.DataFrame:
    """Count the response of pairs by subgroup, with the ratio of benefit to harm.

    `members` are rows of `analysis.response_members`. Percentages are of the pairs
    with a class; the ratio is null where no pair got worse.
    """
    rows = []
    keys = ["analysis_id", "subgroup_set", "position", "subgroup"]
    for (analysis_id, subgroup_set, _, subgroup), pairs in members.groupby(keys):
        row = {
            "analysis_id": analysis_id,
            "subgroup_set": subgroup_set,
            "subgroup": subgroup,
            "n_pairs": len(pairs),
        }
        rows.append(row | counted(pairs["response"]))
    return typed_frame(rows, TABLE_TYPES)


def counted(response: pd.Series) -> dict:
    """Return counts, percentages, ratio and its test of the classes of some pairs."""
    better = int((response == "decreased").sum())
    same = int((response == "no change").sum())
    worse = int((response == "increased").sum())
    classed, decided = better + same + worse, better + worse
    return {
        "n_without_class": len(response) - classed,
        "n_decreased": better,
        "n_no_change": same,
        "n_increased": worse,
        "pct_decreased": percent(better, classed),
        "pct_no_change": percent(same, classed),
        "pct_increased": percent(worse, classed),
        "n_decreased_or_no_change": better + same,
        "n_no_change_or_increased": same + worse,
        "pct_decreased_or_no_change": percent(better + same, classed),
        "pct_no_change_or_increased": percent(same + worse, classed),
        "ratio": better / worse if worse else np.nan,
        "risk_benefit": f"1: {better / worse:.3g}" if worse else None,
        "p_value": binomtest(better, decided).pvalue if decided else np.nan,
        "definition": RATIO_TEST,
    }


def early_response(response: pd.DataFrame) -> pd.DataFrame:
    """Predict therapeutic failure from the early difference, by logistic regression.

    `response` are rows of `analysis.response`; failure is any class but decreased. One
    row per analysis and early difference that the paper's Table 3 prints, with Wald
    intervals of 95%. An analysis whose fit does not exist has one row with a note.
    """
    rows = []
    for analysis_id, pairs in response.groupby("analysis_id"):
        known = pairs.dropna(subset=["response", "early_difference"])
        # Sums of floats depend on their order, which that of the rows must not move.
        known = known.sort_values("pair_id", kind="stable")
        failed = (known["response"] != "decreased").to_numpy(float)
        counts = {
            "analysis_id": analysis_id,
            "n_pairs": len(known),
            "n_failures": int(failed.sum()),
        }
        try:
            rows += [
                counts | row
                for row in predicted_failure(numbers(known, "early_difference"), failed)
            ]
        except ValueError as error:
            rows.append(counts | {"note": f"not fitted: {error}"})
    return typed_frame(rows, EARLY_TYPES)


def predicted_failure(difference: np.ndarray, failed: np.ndarray) -> list[dict]:
    """Return the fitted probability of failure at every printed difference.

    Raises ValueError where the likelihood has no maximum (one class only, no spread, or
    differences that separate the classes), and where the fit did not converge.
    """
    if not 0 < failed.sum() < len(failed) or np.ptp(difference) == 0:
        raise ValueError("needs both classes and differences that vary")
    design = np.column_stack([np.ones_like(difference), difference])
    # not by warnings made errors: their filters are of the process, and dbt runs two
    # models in it at a time
    if is_separated(design, failed):
        raise ValueError("the differences separate the classes")
    fit = Logit(failed, design).fit(
        disp=False, maxiter=100, tol=1e-12, warn_convergence=False
    )
    if not fit.mle_retvals["converged"]:
        raise ValueError("the fit did not converge")
    slope, slope_se = fit.params[1], fit.bse[1]
    rows = []
    for printed in PRINTED_DIFFERENCES:
        at = np.array([1.0, printed])
        eta, eta_se = at @ fit.params, np.sqrt(at @ fit.cov_params() @ at)
        low, middle, high = (
            1 / (1 + np.exp(-(eta + shift * eta_se)))
            for shift in (-NORMAL_975, 0.0, NORMAL_975)
        )
        rows.append(
            {
                "difference": printed,
                "failure_probability": middle,
                "ci_low": low,
                "ci_high": high,
                "slope": slope,
                "slope_se": slope_se,
                "slope_ci_low": slope - NORMAL_975 * slope_se,
                "slope_ci_high": slope + NORMAL_975 * slope_se,
                "p_value": fit.pvalues[1],
            }
        )
    return rows


def percent(count: int, total: int) -> float:
    """Return a count as percent of a total, NaN of none."""
    return 100.0 * count / total if total else np.nan
