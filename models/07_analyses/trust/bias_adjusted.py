"""One row per analysis, model and prior: the hazard ratio less a bias seen before."""

from counterarm.processes import computed
from counterarm.tables.trust.estimates import bias_adjusted_table


def model(dbt, session):
    return computed(
        bias_adjusted_table,
        dbt.ref("cox"),
        plans=dbt.ref("model_plans"),
        follow_up=dbt.ref("analysis_follow_up"),
        priors=dbt.ref("bias_priors"),
    )
