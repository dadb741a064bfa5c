"""One row per analysis, comparison set, group and window: change of ALSFRS-R."""

from counterarm.tables.function_groups import function_change


def model(dbt, session):
    return function_change(
        dbt.ref("group_members").df(), dbt.ref("window_changes").df()
    )
