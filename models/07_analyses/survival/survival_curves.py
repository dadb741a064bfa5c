"""One row per analysis, endpoint, group, day and conf_type: the Kaplan-Meier curve."""

from counterarm.processes import computed
from counterarm.tables.survival import survival_curves


def model(dbt, session):
    return computed(survival_curves, dbt.ref("group_members"))
