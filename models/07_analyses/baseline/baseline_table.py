"""One row per analysis, sample, variable, level, group and statistic."""

from counterarm.tables.baseline import baseline_table


def model(dbt, session):
    return baseline_table(
        dbt.ref("subjects").df(),
        matched=dbt.ref("matched_subjects").df(),
        members=dbt.ref("group_members").df(),
        variables=dbt.ref("variables").df(),
    )
