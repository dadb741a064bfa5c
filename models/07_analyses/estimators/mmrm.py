"""One row per analysis and planned visit: the mixed model for repeated measures."""

from counterarm.processes import computed
from counterarm.tables.estimators.mmrm import mmrm_table


def model(dbt, session):
    return computed(mmrm_table, dbt.ref("mmrm_members"))
