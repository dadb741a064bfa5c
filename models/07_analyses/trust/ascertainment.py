"""One row per analysis, arm, pseudo-trial, measure and window."""

from counterarm.processes import computed
from counterarm.tables.trust.ascertainment import ascertainment_table


def model(dbt, session):
    return computed(
        ascertainment_table,
        dbt.ref("follow_up_members"),
        rules=dbt.ref("analysis_follow_up"),
    )
