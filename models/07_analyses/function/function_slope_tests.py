"""One row per analysis, comparison set, period, comparison and test."""

from counterarm.processes import computed
from counterarm.tables.function_groups import function_slope_tests


def model(dbt, session):
    return computed(
        function_slope_tests, dbt.ref("group_members"), dbt.ref("function_slopes")
    )
