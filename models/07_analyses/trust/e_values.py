"""One row per analysis and model: how strong a hidden confounder would have to be."""

from counterarm.processes import computed
from counterarm.tables.trust.estimates import e_value_table
from counterarm.tables.trust.outcomes import matched_outcomes


def model(dbt, session):
    outcomes = computed(
        matched_outcomes, dbt.ref("matched_subjects"), dbt.ref("matched_endpoints")
    )
    return computed(
        e_value_table,
        dbt.ref("cox"),
        plans=dbt.ref("model_plans"),
        follow_up=dbt.ref("analysis_follow_up"),
        outcomes=outcomes,
    )
