"""One row per analysis, endpoint, comparison and test."""

from counterarm.tables.survival_tests import survival_tests


def model(dbt, session):
    return survival_tests(dbt.ref("group_members").df())
