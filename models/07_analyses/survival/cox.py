"""One row per analysis, Cox model, variance and term: the hazard ratio."""

from counterarm.tables.cox import cox_table


def model(dbt, session):
    return cox_table(
        dbt.ref("model_design").df(),
        models=dbt.ref("model_plans").df(),
        summary=dbt.ref("match_summary").df(),
    )
