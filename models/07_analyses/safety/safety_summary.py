"""One row per study, population, window and kind of event."""

from counterarm.tables.safety import safety_summary


def model(dbt, session):
    return safety_summary(dbt.ref("safety_counts").df())
