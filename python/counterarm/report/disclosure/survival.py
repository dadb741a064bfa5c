"""Hide small counts of survival: subjects, events and those without, by group.

A curve falls at every event, and its number at risk at every event and censoring: where
a count of a group is hidden, its curve would count it again.
"""

import pandas as pd

from counterarm.report.disclosure.values import (
    HIDDEN,
    blank,
    hide_in_sum,
    is_small,
    is_text,
    objects,
)

KEYS = ["analysis_id", "endpoint", "group_name"]
# What of a few subjects, or events, tells their days.
DAYS = ["median_days", "median_ci_low", "median_ci_high", "rmst_days", "rmst_se"]


def hide_groups(
    frame: pd.DataFrame, remainders: pd.DataFrame, below: int
) -> pd.DataFrame:
    """Hide few subjects, few events, and all but a few events, of each group.

    `remainders` are the groups that leave few of another beside them (columns
    analysis_id, group_name); their counts are hidden too.
    """
    out = objects(frame)
    if "first_entry_day" in out:
        out["first_entry_day"] = None  # the day of a single subject
    keys = ["analysis_id", "endpoint", "conf_type"]
    is_part = ~frame["group_name"].isin(["treated", "control"])
    # The two arms have a known sum too: the events of a model.
    for is_among in (is_part, ~is_part):
        for _, rows in frame[is_among].groupby(keys, sort=False):
            for column in ("n", "n_events"):
                cells = hide_in_sum(rows[column].tolist(), below)
                out.loc[rows.index, column] = cells
    censored = frame["n"] - frame["n_events"]
    left = set()
    if not remainders.empty:
        pairs = remainders[["analysis_id", "group_name"]]
        left = set(pairs.itertuples(index=False, name=None))
    for row in frame.index:
        for column in ("n", "n_events"):
            if is_small(out.loc[row, column], below):
                out.loc[row, column] = f"<{below}"
        if is_small(censored[row], below) and not is_text(out.loc[row, "n_events"]):
            out.loc[row, "n_events"] = HIDDEN
        if (frame.loc[row, "analysis_id"], frame.loc[row, "group_name"]) in left:
            for column in ("n", "n_events"):
                if not is_text(out.loc[row, column]):
                    out.loc[row, column] = HIDDEN
    for _, rows in frame[~is_part].groupby(keys, sort=False):
        of_arms = out.loc[rows.index, "n_events"]
        if (of_arms == HIDDEN).any():
            shown = [row for row in rows.index if not is_text(of_arms[row])]
            out.loc[shown, "n_events"] = HIDDEN
    few = f"<{below}"
    blank(out, (out["n"] == few) | (out["n_events"] == few), DAYS)
    return out


def hide_years(frame: pd.DataFrame) -> pd.DataFrame:
    """Hide the years of groups of hidden size: those of the few are the rest."""
    if "person_years" not in frame:
        return frame
    out = objects(frame)
    blank(out, [isinstance(n, str) for n in frame["n"]], ["person_years"])
    return out


def hide_curves(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """End the curves where few are at risk, and leave out what happens on each day."""
    kept = frame[frame["n_risk"] >= below].reset_index(drop=True)
    if "n_risk_weighted" in kept:
        # from one day to the next it falls by the weight of a single subject
        kept["n_risk_weighted"] = kept["n_risk_weighted"].round()
    return kept.assign(n_event=pd.NA, n_censored=pd.NA)


def hide_incidence(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """End curves of incidence where few are at risk; leave out causes that few had.

    A curve rises at every event of its cause, so that its steps count them.
    """
    events = frame.groupby([*KEYS, "cause"])["n_event"].transform("sum")
    is_few = (events > 0) & (events < below)
    kept = frame[(frame["n_risk"] >= below) & ~is_few].reset_index(drop=True)
    return kept.assign(n_event=pd.NA)


def without_hidden_groups(curves: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Leave out the curves of groups of which a count is hidden in `groups`.

    So is a comparison of groups, of which any is such a group.
    """
    is_hidden = [
        isinstance(n, str) or isinstance(events, str)
        for n, events in zip(groups["n"], groups["n_events"], strict=True)
    ]
    hidden = pd.MultiIndex.from_frame(groups.loc[is_hidden, KEYS])
    if not curves.empty and {*KEYS[:-1], "comparison"} <= set(curves):
        names = curves["comparison"].str.split(" vs ")
        each = curves.assign(**{KEYS[-1]: names}).explode(KEYS[-1])
        is_of = pd.MultiIndex.from_frame(each[KEYS]).isin(hidden)
        return curves.drop(index=each.index[is_of]).reset_index(drop=True)
    if curves.empty or not set(KEYS) <= set(curves):
        return curves
    return curves[~pd.MultiIndex.from_frame(curves[KEYS]).isin(hidden)].reset_index(
        drop=True
    )


def hide_models(shown: pd.DataFrame, frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide the counts of models of which another has only a few subjects more.

    `frame` are the rows of `shown` as they were.
    """
    keys = ["analysis_id", "endpoint"]
    if not {*keys, "n", "n_events"} <= set(frame):
        return shown
    out = objects(shown)
    sizes = pd.to_numeric(frame["n"], errors="coerce")
    for _, rows in frame.groupby(keys, sort=False):
        known = sorted(sizes[rows.index].dropna().unique())
        for n in known:
            if any(0 < other - n < below for other in known):
                own = rows.index[sizes[rows.index] == n]
                out.loc[own, ["n", "n_events"]] = HIDDEN
    return out
