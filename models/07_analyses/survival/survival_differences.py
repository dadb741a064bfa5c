"""One row per analysis, endpoint, comparison, measure and variance."""

from counterarm.processes import computed
from counterarm.tables.survival_differences import survival_differences


def model(dbt, session):
    return computed(survival_differences, dbt.ref("group_members"))
