"""One row per analysis, question and method: the power of the log-rank test."""

from counterarm.processes import computed
from counterarm.tables.power import power_table


def model(dbt, session):
    dbt.ref("protocol_checks")
    return computed(power_table, dbt.ref("power_questions"))
