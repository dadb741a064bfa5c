"""One row per delivered main analysis and follow-up rule: the hazard ratio under it."""

from counterarm.processes import computed
from counterarm.tables.trust.follow_up_estimates import follow_up_estimates


def model(dbt, session):
    return computed(
        follow_up_estimates,
        dbt.ref("analysis_summary"),
        follow_up=dbt.ref("analysis_follow_up"),
        main=dbt.ref("analysis_main_models"),
        cox=dbt.ref("cox"),
        plans=dbt.ref("model_plans"),
    )
