"""Mixed models of function over time, for every two groups that are compared."""

import pandas as pd

from counterarm.longitudinal import MixedModel, fit_mixed_model
from counterarm.longitudinal.mixed_model import TERMS
from counterarm.tables.candidates import subject_of
from counterarm.tables.comparisons import among, group_order, members_once, title
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, typed_frame
from counterarm.tables.means import weighting_of

TYPES = {
    "analysis_id": TEXT,
    "period": TEXT,
    "comparison_set": TEXT,
    "comparison": TEXT,
    "term": TEXT,
    "estimate": NUMBER,
    "se": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "z": NUMBER,
    "p_value": NUMBER,
    "df": COUNT,
    "p_value_t": NUMBER,
    "sd_intercept": NUMBER,
    "sd_slope": NUMBER,
    "correlation": NUMBER,
    "sd_residual": NUMBER,
    "log_likelihood": NUMBER,
    "n_subjects": COUNT,
    "n_rows": COUNT,
    "definition": TEXT,
    "note": TEXT,
}
DEFINITION = (
    "ALSFRS-R total on month (365/12 days from the baseline assessment), group (1 for "
    "the first named) and their product; random intercept and slope by subject, "
    "unstructured; REML; intervals and p_value normal, p_value_t with nlme's df"
)
NORMAL_975 = 1.959963984540054


def function_model(members: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Fit the model to every period and pair of groups, one row per term.

    `members` are rows of `analysis.group_members`, `series` of
    `analysis.alsfrs_series`. Members with weights, and subjects that are in several
    matched sets, are not what the model takes: such a comparison has rows with a note,
    as one that cannot be fitted.
    """
    rows = []
    own = series.drop(columns=["arm", "weight"])
    data = members_once(members).merge(own, on=["analysis_id", "set_id", "usubjid"])
    data = data.sort_values(["usubjid", "set_id", "day"], kind="stable")
    keys = ["analysis_id", "period", "comparison_set"]
    for values, rows_of_set in data.groupby(keys):
        for groups in among(group_order(rows_of_set)):
            if len(groups) > 2:
                continue
            named = dict(zip(keys, values, strict=True)) | {"comparison": title(groups)}
            compared = rows_of_set[rows_of_set["group_name"].isin(groups)]
            rows += [
                named | {"definition": DEFINITION} | row
                for row in rows_of(compared, groups[-1])
            ]
    return typed_frame(rows, TYPES)


def rows_of(compared: pd.DataFrame, first_named: str) -> list[dict]:
    """Return one row per term of one comparison."""
    counts = {
        "n_subjects": compared["usubjid"].nunique(),
        "n_rows": len(compared),
    }
    try:
        fit = fitted(compared, first_named)
    except ValueError as error:
        note = f"not fitted: {error}"
        return [counts | {"term": term, "note": note} for term in TERMS]
    return [counts | row for row in terms_of(fit)]


def fitted(compared: pd.DataFrame, first_named: str) -> MixedModel:
    """Return the fit of one comparison, or raise ValueError with the reason."""
    members = compared.drop_duplicates(["usubjid", "set_id"])
    weighting = weighting_of(
        members["weight"].to_numpy(float), subject_of(members["usubjid"]).astype(str)
    )
    if weighting:
        raise ValueError(weighting)
    return fit_mixed_model(
        numbers(compared, "total"),
        numbers(compared, "month"),
        compared["usubjid"].to_numpy(str),
        (compared["group_name"] == first_named).to_numpy(bool),
    )


def terms_of(fit: MixedModel) -> list[dict]:
    """Return the rows of a fit; the random effects are in each."""
    shared = {
        "sd_intercept": fit.sd_intercept,
        "sd_slope": fit.sd_slope,
        "correlation": fit.correlation,
        "sd_residual": fit.sd_residual,
        "log_likelihood": fit.log_likelihood,
        "note": fit.note or None,
    }
    return [
        shared
        | {
            "term": term,
            "estimate": fit.estimate[i],
            "se": fit.se[i],
            "ci_low": fit.estimate[i] - NORMAL_975 * fit.se[i],
            "ci_high": fit.estimate[i] + NORMAL_975 * fit.se[i],
            "z": fit.z[i],
            "p_value": fit.p_normal[i],
            "df": int(fit.df[i]),
            "p_value_t": fit.p_t[i],
        }
        for i, term in enumerate(TERMS)
    ]
