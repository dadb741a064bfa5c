"""One row per analysis, Cox model, variance and term: the hazard ratio."""

from counterarm.processes import computed
from counterarm.tables.cox import cox_table
from counterarm.tables.trust.censoring import with_censoring_weights


def model(dbt, session):
    fitted = computed(
        cox_table,
        dbt.ref("model_design"),
        models=dbt.ref("model_plans"),
        summary=dbt.ref("match_summary"),
    )
    return computed(with_censoring_weights, fitted, design=dbt.ref("ipcw_design"))
