"""One row per analysis and arm: the weights against censoring."""

from counterarm.processes import computed
from counterarm.tables.trust.censoring import censoring_weights_table


def model(dbt, session):
    return computed(censoring_weights_table, dbt.ref("ipcw_design"))
