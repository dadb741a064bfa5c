"""One row per analysis: the hazard ratio with missing covariates imputed."""

from counterarm.processes import computed
from counterarm.tables.trust.imputed import imputed_table


def model(dbt, session):
    return computed(imputed_table, dbt.ref("imputation_runs"))
