"""One row per analysis, imputation and quantity: the path after imputing."""

from counterarm.tables.trust.imputed import imputation_runs


def model(dbt, session):
    return imputation_runs(
        dbt.ref("specification_subjects").df(),
        axes=dbt.ref("specification_axes").df(),
        matching=dbt.ref("analysis_matching").df(),
        terms=dbt.ref("analysis_matching_terms").df(),
        models=dbt.ref("analysis_models").df(),
        model_terms=dbt.ref("analysis_model_terms").df(),
        variables=dbt.ref("variables").df(),
    )
