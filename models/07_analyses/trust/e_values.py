"""One row per analysis and model: how strong a hidden confounder would have to be."""

from counterarm.tables.trust.estimates import e_value_table
from counterarm.tables.trust.outcomes import matched_outcomes


def model(dbt, session):
    outcomes = matched_outcomes(
        dbt.ref("matched_subjects").df(), dbt.ref("matched_endpoints").df()
    )
    return e_value_table(
        dbt.ref("cox").df(),
        plans=dbt.ref("model_plans").df(),
        follow_up=dbt.ref("analysis_follow_up").df(),
        outcomes=outcomes,
    )
