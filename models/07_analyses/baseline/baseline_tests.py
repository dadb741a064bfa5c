"""One row per analysis, sample, variable, comparison and test."""

from counterarm.tables.baseline import baseline_tests


def model(dbt, session):
    return baseline_tests(
        dbt.ref("subjects").df(),
        matched=dbt.ref("matched_subjects").df(),
        members=dbt.ref("group_members").df(),
        variables=dbt.ref("variables").df(),
    )
