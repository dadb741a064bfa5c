"""One row per analysis, imputation and quantity: the path after imputing."""

from counterarm.processes import computed
from counterarm.tables.trust.imputed import imputation_runs


def model(dbt, session):
    return computed(
        imputation_runs,
        dbt.ref("specification_subjects"),
        axes=dbt.ref("specification_axes"),
        matching=dbt.ref("analysis_matching"),
        terms=dbt.ref("analysis_matching_terms"),
        models=dbt.ref("analysis_models"),
        model_terms=dbt.ref("analysis_model_terms"),
        variables=dbt.ref("variables"),
    )
