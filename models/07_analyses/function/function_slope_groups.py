"""One row per analysis, comparison set, group and period: slopes of ALSFRS-R."""

from counterarm.processes import computed
from counterarm.tables.function_groups import function_slope_groups


def model(dbt, session):
    return computed(
        function_slope_groups, dbt.ref("group_members"), dbt.ref("function_slopes")
    )
