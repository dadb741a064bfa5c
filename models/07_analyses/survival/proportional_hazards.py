"""One row per analysis, Cox model and term: the test of proportional hazards."""

from counterarm.tables.cox import proportional_hazards_table


def model(dbt, session):
    return proportional_hazards_table(
        dbt.ref("model_design").df(), models=dbt.ref("model_plans").df()
    )
