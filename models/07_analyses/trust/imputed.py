"""One row per analysis: the hazard ratio with missing covariates imputed."""

from counterarm.tables.trust.imputed import imputed_table


def model(dbt, session):
    return imputed_table(dbt.ref("imputation_runs").df())
