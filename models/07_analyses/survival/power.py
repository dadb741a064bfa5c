"""One row per analysis, question and method: the power of the log-rank test."""

from counterarm.tables.power import power_table


def model(dbt, session):
    dbt.ref("protocol_checks")
    return power_table(dbt.ref("power_questions").df())
