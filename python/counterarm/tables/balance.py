"""Balance of the arms before and after matching, variable by variable."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from counterarm.matching import balance
from counterarm.tables.frames import COUNT, NUMBER, TEXT, numbers, texts, typed_frame
from counterarm.tables.match_inputs import eligible_by_analysis, is_treated

TYPES = {
    "analysis_id": TEXT,
    "variable": TEXT,
    "role": TEXT,
    "sample": TEXT,
    "n_treated": COUNT,
    "n_control": COUNT,
    "mean_treated": NUMBER,
    "mean_control": NUMBER,
    "smd": NUMBER,
    "denominator": TEXT,
    "variance_ratio": NUMBER,
}

NOT_MATCHED_ON = "not matched on"


def balance_table(
    subjects: pd.DataFrame,
    matched: pd.DataFrame,
    scores: pd.DataFrame,
    terms: pd.DataFrame,
    variables: pd.DataFrame,
) -> pd.DataFrame:
    """Tabulate the balance of every variable that an analysis matches on or reports.

    `matched` are rows of `matching.matched_subjects`; their weights are added up by
    subject. One row per analysis, variable and sample (unmatched: all eligible;
    matched: weighted). A categorical variable has one binary row per level, named
    `column=LEVEL`; the score is `score`. Subjects of whom a variable is not known are
    left out of its rows, and n_treated and n_control tell how many remain.
    """
    kinds = variables.set_index("variable")["kind"]
    rows: list[dict] = []
    matched = matched.sort_values("weight", kind="stable")  # so that sums repeat
    for analysis_id, eligible, own in eligible_by_analysis(subjects, terms):
        weights = (
            matched[matched["analysis_id"] == analysis_id]
            .groupby("usubjid")["weight"]
            .sum()
            .reindex(eligible["usubjid"], fill_value=0.0)
            .to_numpy(float)
        )
        own_scores = scores[scores["analysis_id"] == analysis_id]
        for name, role, values, binary in columns_of(eligible, own, own_scores, kinds):
            rows += samples_of(
                {"analysis_id": analysis_id, "variable": name, "role": role},
                values,
                is_treated(eligible),
                weights,
                binary,
            )
    return typed_frame(rows, TYPES)


def additional_balance_table(
    subjects: pd.DataFrame,
    matched: pd.DataFrame,
    terms: pd.DataFrame,
    variables: pd.DataFrame,
) -> pd.DataFrame:
    """Tabulate the balance of what an analysis does not match on nor asks to report.

    These are the variables of the seed that are known at index, have a column, and that
    `terms` do not name; of those that are computed only for an analysis that names
    them, the ones known of any of its subjects. Otherwise as `balance_table`; the role
    is "not matched on".
    """
    at_index = variables[variables["known_at"] == "index"]
    known = at_index.loc[at_index["variable"].isin(subjects.columns), "variable"]
    named = set(at_index.loc[at_index["computed"] == "named", "variable"]) & set(known)
    filled = {
        (analysis_id, name)
        for analysis_id, own in subjects.groupby("analysis_id")
        for name in named
        if own[name].notna().any()
    }
    others = pd.DataFrame(
        [
            (analysis_id, variable, NOT_MATCHED_ON)
            for analysis_id in sorted(subjects["analysis_id"].unique())
            for variable in sorted(
                set(known) - set(terms["variable"][terms["analysis_id"] == analysis_id])
            )
            if variable not in named or (analysis_id, variable) in filled
        ],
        columns=["analysis_id", "variable", "role"],
    )
    scores = pd.DataFrame(columns=["analysis_id", "usubjid", "score"])
    return balance_table(subjects, matched, scores, others, variables)


def columns_of(
    eligible: pd.DataFrame,
    own: pd.DataFrame,
    scores: pd.DataFrame,
    kinds: pd.Series,
) -> Iterator[tuple[str, str, np.ndarray, bool]]:
    """Yield name, role, values and whether binary of every column to be balanced."""
    if not scores.empty:
        by_subject = scores.set_index("usubjid")["score"]
        yield (
            "score",
            "score",
            by_subject.loc[eligible["usubjid"]].to_numpy(float),
            False,
        )
    named = own[own["variable"] != "score"]
    for name, roles in named.groupby("variable", sort=False)["role"]:
        role = ", ".join(roles)
        if kinds[name] == "numeric":
            yield str(name), role, numbers(eligible, str(name)), False
            continue
        values = texts(eligible, str(name))
        codes, levels = pd.factorize(values.to_numpy(), sort=True)
        for code, level in enumerate(levels):
            is_level = np.where(codes < 0, np.nan, codes == code)
            yield f"{name}={level}", role, is_level, True


def samples_of(
    keys: dict,
    values: np.ndarray,
    treated: np.ndarray,
    weights: np.ndarray,
    binary: bool,
) -> Iterator[dict]:
    """Yield the unmatched and the matched row of one column."""
    known = ~np.isnan(values)
    for sample, sample_weights in (("unmatched", None), ("matched", weights)):
        counted = known if sample_weights is None else known & (sample_weights > 0)
        n_treated, n_control = (
            int((counted & treated).sum()),
            int((counted & ~treated).sum()),
        )
        row = keys | {
            "sample": sample,
            "n_treated": n_treated,
            "n_control": n_control,
        }
        if n_treated and n_control:
            result = balance(
                values[known],
                treated[known],
                None if sample_weights is None else sample_weights[known],
                binary=binary,
            )
            row |= {
                "mean_treated": result.mean_treated,
                "mean_control": result.mean_control,
                "smd": result.smd,
                "denominator": result.denominator,
                "variance_ratio": result.variance_ratio,
            }
        yield row
