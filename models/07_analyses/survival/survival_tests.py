"""One row per analysis, endpoint, comparison and test."""

from counterarm.processes import computed
from counterarm.tables.survival_tests import survival_tests


def model(dbt, session):
    return computed(survival_tests, dbt.ref("group_members"))
