"""One row per study, safety table, system organ class and preferred term."""

from counterarm.processes import computed
from counterarm.tables.safety import safety_table


def model(dbt, session):
    return computed(
        safety_table,
        dbt.ref("safety_counts"),
        tables=dbt.ref("analysis_safety_tables"),
    )
