"""One row per analysis and pairing: wins and losses of the treated."""

from counterarm.processes import computed
from counterarm.tables.trust.joint import win_ratio_table


def model(dbt, session):
    return computed(win_ratio_table, dbt.ref("joint_members"))
