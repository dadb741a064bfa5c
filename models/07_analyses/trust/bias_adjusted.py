"""One row per analysis, model and prior: the hazard ratio less a bias seen before."""

from counterarm.tables.trust.estimates import bias_adjusted_table


def model(dbt, session):
    return bias_adjusted_table(
        dbt.ref("cox").df(),
        plans=dbt.ref("model_plans").df(),
        follow_up=dbt.ref("analysis_follow_up").df(),
        priors=dbt.ref("bias_priors").df(),
    )
