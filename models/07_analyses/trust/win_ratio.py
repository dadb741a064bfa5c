"""One row per analysis and pairing: wins and losses of the treated."""

from counterarm.tables.trust.joint import win_ratio_table


def model(dbt, session):
    return win_ratio_table(dbt.ref("joint_members").df())
