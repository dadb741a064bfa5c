"""One row per analysis, endpoint, group and conf_type: median and RMST."""

from counterarm.processes import computed
from counterarm.tables.survival import survival_summary


def model(dbt, session):
    return computed(survival_summary, dbt.ref("group_members"))
