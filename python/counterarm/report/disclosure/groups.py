"""Hide small counts of subgroups, and means of few: what their sum would tell."""

import numpy as np
import pandas as pd

from counterarm.report.disclosure.values import HIDDEN, is_small, objects
from counterarm.report.variants import SUBGROUP_MODEL

_COUNTS = ("n", "n_events")
# Of each group that is left when the groups of a set within it are taken off: the
# smallest of these, and how many of the group remain, where they are not many. A group
# within another may be known by its rule, such as men with several doses.
GROUP_REMAINDERS = """(
    with members as (
        select distinct
            member.analysis_id,
            coalesce(
                subgroups.subgroup_set || ' ' || split_part(group_name, ' ', -1),
                member.comparison_set
            ) as group_set,
            member.group_name,
            member.set_id,
            member.usubjid
        from analysis.group_members as member
        left join
            (
                select distinct analysis_id, subgroup, subgroup_set
                from protocol.analysis_subgroups
            ) as subgroups
            using (analysis_id, subgroup)
    ),

    sizes as (
        select analysis_id, group_set, group_name, count(*) as n
        from members
        group by analysis_id, group_set, group_name
    ),

    people as (
        select distinct analysis_id, group_name, set_id, usubjid
        from members
    ),

    shared as (
        select
            part.analysis_id,
            part.group_set,
            part.group_name,
            whole.group_name as of_group,
            count(*) as n
        from members as part
        inner join people as whole using (analysis_id, set_id, usubjid)
        where part.group_name != whole.group_name
        group by part.analysis_id, part.group_set, part.group_name, whole.group_name
    ),

    within as (
        select shared.*
        from shared
        inner join sizes using (analysis_id, group_set, group_name)
        where shared.n = sizes.n
    ),

    in_order as (
        select
            *,
            row_number() over (
                partition by analysis_id, group_set, of_group order by n, group_name
            ) as place
        from within
    ),

    remainders as (
        select
            within.analysis_id,
            min(case when within.place = 1 then within.group_name end) as group_name,
            within.of_group,
            min(outer_size.n) - sum(within.n) as n_remaining
        from in_order as within
        inner join
            (
                select analysis_id, group_name, min(n) as n
                from sizes
                group by analysis_id, group_name
            ) as outer_size
            on
                within.analysis_id = outer_size.analysis_id
                and within.of_group = outer_size.group_name
        group by within.analysis_id, within.group_set, within.of_group
    )

    select distinct
        analysis_id,
        group_name,
        of_group,
        cast(n_remaining as bigint) as n_remaining
    from remainders
    where n_remaining between 1 and 99
)"""


def hide_subgroups(
    shown: pd.DataFrame, counts: pd.DataFrame, sets: pd.DataFrame, below: int
) -> pd.DataFrame:
    """Hide the counts of all subgroups of a set of which one is small.

    `counts` are the rows of `shown` as they were: of hazard_ratios (a model within a
    subgroup) or survival_by_group (an arm within it); `sets` say which subgroups
    together are everybody. The others of a set and their sum tell the small one.
    """
    by = "model_id" if "model_id" in counts else "group_name"
    if sets.empty or by not in counts or counts.empty:
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
    by_row = ("endpoint", "cause", "method", "variance", "conf_type")
    keys += [within[c] for c in by_row if c in within]
    of_set = within.groupby(keys, sort=False).ngroup()
    left = within["n"] - within["n_events"]
    small = {c: within[c].gt(0) & within[c].lt(below) for c in _COUNTS}
    few_left = left.gt(0) & left.lt(below)
    for column in _COUNTS:
        is_few = small[column].fillna(False).astype(bool)
        starts = is_few if column == "n" else is_few | few_left.fillna(False)
        to_hide = starts.astype(bool).groupby(of_set).transform("any")
        out.loc[within.index[to_hide], column] = HIDDEN
        out.loc[within.index[to_hide & is_few], column] = f"<{below}"
    return out


def hide_rematched(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide the counts of a whole set of subgroups where one of them has few.

    The sum over the subgroups is that of the analysis. Who did not die and, of pairs
    that were kept, who lies outside or inside the subgroup are counts as well.
    """
    out = objects(frame)
    counts = ["n_treated", "n_control", "n_sets", "n_events", "n_control_outside"]
    keys = ["analysis_id", "subgroup_set", "pairs", "variance"]
    for _, rows in frame.groupby(keys, sort=False):
        values = rows[counts].astype("Float64").to_numpy(float, na_value=np.nan)
        treated, controls, _, events, outside = values.T
        parts = np.c_[values, treated + controls - events, controls - outside]
        if ((parts > 0) & (parts < below)).any():
            for column in counts:
                few = [is_small(value, below) for value in rows[column]]
                out.loc[rows.index, column] = HIDDEN
                out.loc[rows.index[few], column] = f"<{below}"
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
