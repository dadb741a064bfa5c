"""One row per analysis and arm: the weights against censoring."""

from counterarm.tables.trust.censoring import censoring_weights_table


def model(dbt, session):
    return censoring_weights_table(dbt.ref("ipcw_design").df())
