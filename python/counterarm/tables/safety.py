"""Safety tables: counts with exact intervals of percentages and of rates."""

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from counterarm.tables.frames import COUNT, FLAG, NUMBER, TEXT, numbers, typed_frame

KEYS = {"study_id": TEXT, "population": TEXT, "window_name": TEXT, "kind": TEXT}
MEASURES = {
    "n_events": COUNT,
    "n_subjects": COUNT,
    "n_not_evaluable": COUNT,
    "n_start_unknown": COUNT,
    "n_at_risk": COUNT,
    "pct_subjects": NUMBER,
    "pct_ci_low": NUMBER,
    "pct_ci_high": NUMBER,
    "person_years": NUMBER,
    "rate_per_100_py": NUMBER,
    "rate_ci_low": NUMBER,
    "rate_ci_high": NUMBER,
}
SUMMARY_TYPES = KEYS | MEASURES | {"definition": TEXT, "note": TEXT}
TABLE_TYPES = (
    {"study_id": TEXT, "table_id": TEXT, "label": TEXT, "population": TEXT}
    | {"window_name": TEXT, "kind": TEXT, "more_than_pct": NUMBER}
    | {"soc": TEXT, "pt": TEXT}
    | MEASURES
    | {"is_listed": FLAG, "definition": TEXT, "note": TEXT}
)
ALPHA = 0.05


def safety_summary(counts: pd.DataFrame) -> pd.DataFrame:
    """Return events, subjects, percent and rate of every kind, population and window.

    `counts` are rows of `analysis.safety_counts`. What a study does not record has no
    numbers and a note.
    """
    whole = counts[(counts["soc"] == "ANY") & (counts["pt"] == "ANY")]
    order = list(KEYS)
    return as_table(with_intervals(whole).sort_values(order), SUMMARY_TYPES)


def safety_table(counts: pd.DataFrame, tables: pd.DataFrame) -> pd.DataFrame:
    """Return the terms of every safety table, and which of them it lists.

    `tables` are rows of the seed `safety_tables`: each takes one kind, population and
    window, of every study that has the population, and lists the terms that more than
    `more_than_pct` percent of the subjects had; so many exactly is not more. A term of
    which no event is known to be of the kind has no row, and a table without any term
    has one of ANY.
    """
    named = counts.merge(tables, on=["population", "window_name", "kind"])
    is_term = (named["pt"] != "ANY") & (named["n_events"].fillna(0) > 0)
    keys = ["study_id", "table_id"]
    has_term = named.assign(is_term=is_term).groupby(keys)["is_term"].transform("any")
    is_whole = (named["soc"] == "ANY") & ~has_term
    rows = named[is_term | is_whole]
    limit = numbers(rows, "more_than_pct") * numbers(rows, "n_at_risk")
    rows = rows.assign(
        is_listed=is_term[rows.index] & (100.0 * numbers(rows, "n_subjects") > limit)
    )
    order = ["study_id", "position", "soc", "pt"]
    return as_table(with_intervals(rows).sort_values(order), TABLE_TYPES)


def with_intervals(counts: pd.DataFrame) -> pd.DataFrame:
    """Add percent and rate per 100 person-years with their exact intervals."""
    subjects, at_risk = numbers(counts, "n_subjects"), numbers(counts, "n_at_risk")
    events, years = numbers(counts, "n_events"), numbers(counts, "person_years")
    years = np.where(years > 0, years, np.nan)
    share_low, share_high = exact_share(subjects, at_risk)
    rate_low, rate_high = exact_count(events)
    return counts.assign(
        pct_subjects=100.0 * subjects / at_risk,
        pct_ci_low=100.0 * share_low,
        pct_ci_high=100.0 * share_high,
        rate_per_100_py=100.0 * events / years,
        rate_ci_low=100.0 * rate_low / years,
        rate_ci_high=100.0 * rate_high / years,
    )


def exact_share(count: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95% interval of Clopper and Pearson (1934); NaN where unknown."""
    known = ~np.isnan(count) & (size > 0)
    low, high = np.full(len(count), np.nan), np.full(len(count), np.nan)
    if known.any():
        low[known], high[known] = proportion_confint(
            count[known], size[known], alpha=ALPHA, method="beta"
        )
    return low, high


def exact_count(count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95% interval of Garwood (1936) of a Poisson mean; NaN where unknown.

    It takes events for independent; where one subject has many it is too narrow.
    """
    known = ~np.isnan(count)
    low, high = np.full(len(count), np.nan), np.full(len(count), np.nan)
    if known.any():
        low[known], high[known] = confint_poisson(
            count[known], 1.0, method="exact-c", alpha=ALPHA
        )
        low[count == 0] = 0.0
    return low, high


def as_table(rows: pd.DataFrame, types: dict[str, str]) -> pd.DataFrame:
    """Return the columns of a table in their types."""
    return typed_frame(rows[list(types)].to_dict("records"), types)
