"""One row per analysis, comparison set, window, comparison and test."""

from counterarm.tables.function_groups import function_change_tests


def model(dbt, session):
    return function_change_tests(
        dbt.ref("group_members").df(), dbt.ref("window_changes").df()
    )
