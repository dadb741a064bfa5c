"""One row per analysis, arm, comparison and variant of the signed-rank test."""

from counterarm.processes import computed
from counterarm.tables.function_decline import function_decline_tests


def model(dbt, session):
    return computed(function_decline_tests, dbt.ref("function_decline"))
