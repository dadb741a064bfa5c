"""One row per analysis, sample, variable, level, group and statistic."""

from counterarm.processes import computed
from counterarm.tables.baseline import baseline_table


def model(dbt, session):
    return computed(
        baseline_table,
        dbt.ref("subjects"),
        matched=dbt.ref("matched_subjects"),
        members=dbt.ref("group_members"),
        variables=dbt.ref("variables"),
    )
