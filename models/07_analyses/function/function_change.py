"""One row per analysis, comparison set, group and window: change of ALSFRS-R."""

from counterarm.processes import computed
from counterarm.tables.function_groups import function_change


def model(dbt, session):
    return computed(
        function_change, dbt.ref("group_members"), dbt.ref("window_changes")
    )
