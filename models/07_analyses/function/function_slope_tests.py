"""One row per analysis, comparison set, period, comparison and test."""

from counterarm.tables.function_groups import function_slope_tests


def model(dbt, session):
    return function_slope_tests(
        dbt.ref("group_members").df(), dbt.ref("function_slopes").df()
    )
