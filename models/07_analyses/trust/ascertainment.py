"""One row per analysis, arm, pseudo-trial, measure and window."""

from counterarm.tables.trust.ascertainment import ascertainment_table


def model(dbt, session):
    return ascertainment_table(
        dbt.ref("follow_up_members").df(), rules=dbt.ref("analysis_follow_up").df()
    )
