"""One row per study, safety table, system organ class and preferred term."""

from counterarm.tables.safety import safety_table


def model(dbt, session):
    return safety_table(
        dbt.ref("safety_counts").df(),
        tables=dbt.ref("analysis_safety_tables").df(),
    )
