"""One row per analysis and arm: ranks by survival, then function."""

from counterarm.tables.trust.joint import joint_rank_table


def model(dbt, session):
    return joint_rank_table(dbt.ref("joint_members").df())
