"""One row per analysis and arm: ranks by survival, then function."""

from counterarm.processes import computed
from counterarm.tables.trust.joint import joint_rank_table


def model(dbt, session):
    return computed(joint_rank_table, dbt.ref("joint_members"))
