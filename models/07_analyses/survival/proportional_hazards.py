"""One row per analysis, Cox model and term: the test of proportional hazards."""

from counterarm.processes import computed
from counterarm.tables.cox import proportional_hazards_table


def model(dbt, session):
    return computed(
        proportional_hazards_table,
        dbt.ref("model_design"),
        models=dbt.ref("model_plans"),
    )
