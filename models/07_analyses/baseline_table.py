"""One row per analysis, sample, variable and group's statistic."""

from counterarm.tables.baseline import baseline_table


def model(dbt, session):
    return baseline_table(
        dbt.ref("subjects").df(),
        matched=dbt.ref("matched_subjects").df(),
        variables=dbt.ref("variables").df(),
    )
