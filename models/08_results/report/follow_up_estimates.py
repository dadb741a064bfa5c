"""One row per delivered main analysis and follow-up rule: the hazard ratio under it."""

from counterarm.tables.trust.follow_up_estimates import follow_up_estimates


def model(dbt, session):
    return follow_up_estimates(
        dbt.ref("analysis_summary").df(),
        follow_up=dbt.ref("analysis_follow_up").df(),
        main=dbt.ref("analysis_main_models").df(),
        cox=dbt.ref("cox").df(),
        plans=dbt.ref("model_plans").df(),
    )
