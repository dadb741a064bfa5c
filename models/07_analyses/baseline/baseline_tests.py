"""One row per analysis, sample, variable, comparison and test."""

from counterarm.processes import computed
from counterarm.tables.baseline import baseline_tests


def model(dbt, session):
    return computed(
        baseline_tests,
        dbt.ref("subjects"),
        matched=dbt.ref("matched_subjects"),
        members=dbt.ref("group_members"),
        variables=dbt.ref("variables"),
    )
