"""One row per analysis, comparison set, group and period: slopes of ALSFRS-R."""

from counterarm.tables.function_groups import function_slope_groups


def model(dbt, session):
    return function_slope_groups(
        dbt.ref("group_members").df(), dbt.ref("function_slopes").df()
    )
