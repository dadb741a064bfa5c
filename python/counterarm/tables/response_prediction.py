"""What predicts the response of a pair: logistic regressions, discriminant analysis."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.discrete.discrete_model import MNLogit

from counterarm.longitudinal import Discriminant, discriminate, is_separated
from counterarm.tables.frames import COUNT, NUMBER, TEXT, typed_frame

PREDICTOR_TYPES = {
    "analysis_id": TEXT,
    "model_id": TEXT,
    "outcome": TEXT,
    "term": TEXT,
    "coef": NUMBER,
    "se": NUMBER,
    "odds_ratio": NUMBER,
    "ci_low": NUMBER,
    "ci_high": NUMBER,
    "z": NUMBER,
    "p_value": NUMBER,
    "n_pairs": COUNT,
    "n_outcome": COUNT,
    "n_left_out": COUNT,
    "model_chi_square": NUMBER,
    "model_df": COUNT,
    "model_p_value": NUMBER,
    "definition": TEXT,
    "note": TEXT,
}
DISCRIMINANT_TYPES = {
    "analysis_id": TEXT,
    "term": TEXT,
    "wilks_lambda": NUMBER,
    "partial_lambda": NUMBER,
    "f": NUMBER,
    "df1": NUMBER,
    "df2": NUMBER,
    "p_value": NUMBER,
    "tolerance": NUMBER,
    "chi_square": NUMBER,
    "df_chi_square": COUNT,
    "p_chi_square": NUMBER,
    "n_pairs": COUNT,
    "n_classes": COUNT,
    "n_left_out": COUNT,
    "definition": TEXT,
    "note": TEXT,
}
FUNCTION_TYPES = {
    "analysis_id": TEXT,
    "function_number": COUNT,
    "term": TEXT,
    "standardised": NUMBER,
    "structure": NUMBER,
    "raw": NUMBER,
    "eigenvalue": NUMBER,
    "canonical_r": NUMBER,
    "wilks_lambda": NUMBER,
    "chi_square": NUMBER,
    "df": COUNT,
    "p_value": NUMBER,
    "n_pairs": COUNT,
    "note": TEXT,
}
# model, the class that the others are set against, what the classes are called
MODELS = {
    "multinomial": ("no change", {}),
    "failure": (
        "success",
        {"decreased": "success", "no change": "failure", "increased": "failure"},
    ),
}
LOGISTIC = {
    "multinomial": "multinomial logistic regression against no change",
    "failure": "logistic regression of therapeutic failure (no change or increased)",
}
WALD = "; Wald intervals of 95%; the model's chi-square is that of likelihood ratio"
ALL_TERMS = "Wilks' lambda of all predictors, Rao's F, Bartlett's chi-square"
ONE_TERM = (
    "wilks_lambda is that without the predictor, partial_lambda what it adds, F to "
    "remove it; tolerance = 1 - R squared on the others within classes"
)


def response_logistic(design: pd.DataFrame) -> pd.DataFrame:
    """Regress the class of response, and therapeutic failure, on the predictors.

    `design` are rows of `analysis.response_design`. Pairs without a class or with a
    predictor that is not known are left out and counted. Each model is fitted with all
    predictors together, and with every one alone (`<model>_<predictor>`). One row per
    analysis, model, outcome and term; a model whose likelihood has no maximum has one
    row with a note.
    """
    rows = []
    for analysis_id, X, response, n_left_out in samples_of(design):
        shared = {
            "analysis_id": analysis_id,
            "n_pairs": len(X),
            "n_left_out": n_left_out,
        }
        for model, (reference, renamed) in MODELS.items():
            labels = response.replace(renamed).to_numpy(str)
            for suffix, names, what in [
                ("", list(X.columns), " on all predictors"),
                *((f"_{name}", [name], f" on {name} alone") for name in X.columns),
            ]:
                keys = shared | {
                    "model_id": model + suffix,
                    "definition": LOGISTIC[model] + what + WALD,
                }
                rows += [
                    keys | row
                    for row in rows_of(
                        X[names].to_numpy(float), labels, reference, names
                    )
                ]
    return typed_frame(rows, PREDICTOR_TYPES)


def rows_of(
    X: np.ndarray, labels: np.ndarray, reference: str, names: list[str]
) -> list[dict]:
    """Return the rows of one model, or one that says why there is none."""
    with_ones = np.column_stack([np.ones(len(X)), X])
    try:
        return logistic(with_ones, labels, reference, ["intercept", *names])
    except ValueError as error:
        return [{"note": f"not fitted: {error}"}]


def logistic(
    X: np.ndarray, labels: np.ndarray, reference: str, names: list[str]
) -> list[dict]:
    """Return a row per outcome and term of a multinomial logistic regression.

    With two classes it is the ordinary one. Raises ValueError where the estimates do
    not exist.
    """
    outcomes = sorted(set(labels) - {reference})
    if not outcomes or reference not in labels:
        raise ValueError(f"needs pairs that are {reference} and others")
    for i, name in enumerate(names[1:], start=1):
        if np.ptp(X[:, i]) == 0:
            raise ValueError(f"{name} does not vary")
    if np.linalg.matrix_rank(X) < len(names):
        raise ValueError("the predictors depend on each other")
    if is_separated(X, labels):
        raise ValueError("the predictors separate the classes, estimates are infinite")
    # Deviations from the mean in units of size one: Newton's steps stay well scaled.
    centre = np.concatenate([[0.0], X[:, 1:].mean(axis=0)])
    spread = np.concatenate([[1.0], X[:, 1:].std(axis=0)])
    codes = np.array([[reference, *outcomes].index(label) for label in labels])
    model = MNLogit(codes, (X - centre) / spread)
    fit = model.fit(method="newton", maxiter=200, tol=1e-12, disp=False)
    if not fit.mle_retvals["converged"]:
        raise ValueError("did not converge")
    p, k = len(names), len(outcomes)
    back = np.diag(1 / spread)
    back[0, 1:] = -centre[1:] / spread[1:]
    turned = np.kron(np.eye(k), back)
    coefs = turned @ np.asarray(fit.params).T.ravel()
    se = np.sqrt(np.diag(turned @ np.asarray(fit.cov_params()) @ turned.T))
    rows = []
    for i, (outcome, term) in enumerate((o, t) for o in outcomes for t in names):
        coef, z = coefs[i], coefs[i] / se[i]
        reach = norm.ppf(0.975) * se[i]
        rows.append(
            {
                "outcome": outcome,
                "term": term,
                "coef": coef,
                "se": se[i],
                "odds_ratio": np.exp(coef),
                "ci_low": np.exp(coef - reach),
                "ci_high": np.exp(coef + reach),
                "z": z,
                "p_value": 2 * norm.sf(abs(z)),
                "n_outcome": int((labels == outcome).sum()),
                "model_chi_square": fit.llr,
                "model_df": (p - 1) * k,
                "model_p_value": fit.llr_pvalue,
            }
        )
    return rows


def response_discriminant(design: pd.DataFrame) -> pd.DataFrame:
    """Discriminate the classes of response by the predictors: Wilks' lambda.

    One row per analysis for all predictors (term all) and for each; one with a note
    where there is no analysis.
    """
    rows = []
    for analysis_id, names, counts, found in analyses_of(design):
        keys = {"analysis_id": analysis_id} | counts
        if isinstance(found, ValueError):
            rows.append(keys | {"term": "all", "note": f"not computed: {found}"})
            continue
        rows.append(
            keys
            | {
                "term": "all",
                "wilks_lambda": found.wilks_lambda,
                "f": found.f,
                "df1": found.df1,
                "df2": found.df2,
                "p_value": found.p_f,
                "chi_square": found.chi_square,
                "df_chi_square": found.df_chi_square,
                "p_chi_square": found.p_chi_square,
                "definition": ALL_TERMS,
            }
        )
        rows += [
            keys
            | {
                "term": name,
                "wilks_lambda": found.wilks_lambda / found.partial_lambda[i],
                "partial_lambda": found.partial_lambda[i],
                "f": found.partial_f[i],
                "df1": found.partial_df[0],
                "df2": found.partial_df[1],
                "p_value": found.partial_p[i],
                "tolerance": found.tolerance[i],
                "definition": ONE_TERM,
            }
            for i, name in enumerate(names)
        ]
    return typed_frame(rows, DISCRIMINANT_TYPES)


def response_discriminant_functions(design: pd.DataFrame) -> pd.DataFrame:
    """Return the canonical functions, one row per analysis, function and predictor."""
    rows = []
    for analysis_id, names, counts, found in analyses_of(design):
        keys = {"analysis_id": analysis_id, "n_pairs": counts["n_pairs"]}
        if isinstance(found, ValueError):
            rows.append(keys | {"note": f"not computed: {found}"})
            continue
        rows += [
            keys
            | {
                "function_number": k + 1,
                "term": name,
                "standardised": found.standardised[i, k],
                "structure": found.structure[i, k],
                "raw": found.raw[i, k],
                "eigenvalue": found.eigenvalue[k],
                "canonical_r": found.canonical_r[k],
                "wilks_lambda": found.function_lambda[k],
                "chi_square": found.function_chi_square[k],
                "df": int(found.function_df[k]),
                "p_value": found.function_p[k],
            }
            for k in range(len(found.eigenvalue))
            for i, name in enumerate(names)
        ]
    return typed_frame(rows, FUNCTION_TYPES)


def analyses_of(
    design: pd.DataFrame,
) -> Iterator[tuple[str, list[str], dict, Discriminant | ValueError]]:
    """Yield analysis, predictors, counts and the discriminant analysis or why not."""
    for analysis_id, X, response, n_left_out in samples_of(design):
        counts = {
            "n_pairs": len(X),
            "n_classes": response.nunique(),
            "n_left_out": n_left_out,
        }
        found: Discriminant | ValueError
        try:
            found = discriminate(X.to_numpy(float), response.to_numpy(str))
        except ValueError as error:
            found = error
        yield analysis_id, list(X.columns), counts, found


def samples_of(
    design: pd.DataFrame,
) -> Iterator[tuple[str, pd.DataFrame, pd.Series, int]]:
    """Yield analysis, predictors and class of complete pairs, and how many are not."""
    for analysis_id, own in design.groupby("analysis_id"):
        order = own.drop_duplicates("predictor").sort_values("position")["predictor"]
        wide = own.pivot(index="pair_id", columns="predictor", values="value")
        wide = wide[order.tolist()].astype("Float64").astype(float).sort_index()
        response = own.drop_duplicates("pair_id").set_index("pair_id")["response"]
        response = response.reindex(wide.index)
        complete = (wide.notna().all(axis=1) & response.notna()).to_numpy(bool)
        yield (
            str(analysis_id),
            wide[complete],
            response[complete].astype(str),
            int((~complete).sum()),
        )
