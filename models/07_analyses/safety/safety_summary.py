"""One row per study, population, window and kind of event."""

from counterarm.processes import computed
from counterarm.tables.safety import safety_summary


def model(dbt, session):
    return computed(safety_summary, dbt.ref("safety_counts"))
