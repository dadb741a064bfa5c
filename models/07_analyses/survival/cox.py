"""One row per analysis, Cox model, variance and term: the hazard ratio."""

from counterarm.tables.cox import cox_table
from counterarm.tables.trust.censoring import with_censoring_weights


def model(dbt, session):
    fitted = cox_table(
        dbt.ref("model_design").df(),
        models=dbt.ref("model_plans").df(),
        summary=dbt.ref("match_summary").df(),
    )
    return with_censoring_weights(fitted, design=dbt.ref("ipcw_design").df())
