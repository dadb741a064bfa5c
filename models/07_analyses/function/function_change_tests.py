"""One row per analysis, comparison set, window, comparison and test."""

from counterarm.processes import computed
from counterarm.tables.function_groups import function_change_tests


def model(dbt, session):
    return computed(
        function_change_tests, dbt.ref("group_members"), dbt.ref("window_changes")
    )
