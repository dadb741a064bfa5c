"""Hide small counts of subgroups, and means of few: what their sum would tell."""

import pandas as pd

from counterarm.report.disclosure.values import HIDDEN
from counterarm.report.variants import SUBGROUP_MODEL

_COUNTS = ("n", "n_events")


def hide_subgroups(
    shown: pd.DataFrame, counts: pd.DataFrame, sets: pd.DataFrame, below: int
) -> pd.DataFrame:
    """Hide the counts of all subgroups of a set of which one is small.

    `counts` are the rows of `shown` as they were: of hazard_ratios (a model within a
    subgroup) or survival_by_group (an arm within it); `sets` say which subgroups
    together are everybody. The others of a set and their sum tell the small one.
    """
    by = "model_id" if "model_id" in counts else "group_name"
    if sets.empty or by not in counts:
        return shown
    if by == "model_id":
        whose = counts[by].str.partition(SUBGROUP_MODEL)
        part, rest = whose[2], whose[0]
    else:
        whose = counts[by].str.rpartition(" ")
        part, rest = whose[0], whose[2]
    told = sets.drop_duplicates(["analysis_id", "subgroup"]).set_index(
        ["analysis_id", "subgroup"]
    )["subgroup_set"]
    of = pd.Series(
        [
            told.get(key)
            for key in zip(counts["analysis_id"], part.where(part != ""), strict=True)
        ],
        index=counts.index,
        dtype=object,
    )
    within = counts[of.notna()]
    if within.empty:
        return shown
    out = shown.astype(object).where(shown.notna(), None)
    keys = [within["analysis_id"], rest[within.index], of[within.index]]
    keys += [within[c] for c in ("endpoint", "variance", "conf_type") if c in within]
    for _, rows in within.groupby(keys, sort=False):
        small = {c: rows[c].gt(0) & rows[c].lt(below) for c in _COUNTS}
        left = rows["n"] - rows["n_events"]
        small["n_events"] |= left.gt(0) & left.lt(below)
        for column in _COUNTS:
            if not small[column].any():
                continue
            for row, value in rows[column].items():
                is_few = pd.notna(value) and 0 < value < below
                out.loc[row, column] = f"<{below}" if is_few else HIDDEN
    return out


def hide_means(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Return the rows without means, deviations and days of fewer than `below`."""
    out = frame.copy()
    few = out["n_assessed"].lt(below)
    measures = [
        column
        for column in out
        if column.startswith(("mean", "sd", "se", "ci_", "median", "q1", "q3"))
    ]
    out.loc[few, measures] = float("nan")
    return out
