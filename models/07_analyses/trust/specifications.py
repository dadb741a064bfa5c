"""One row per analysis and allowed combination of choices: the hazard ratio."""

from counterarm.tables.trust.specifications import specification_table


def model(dbt, session):
    return specification_table(
        dbt.ref("specification_subjects").df(),
        axes=dbt.ref("specification_axes").df(),
        matching=dbt.ref("analysis_matching").df(),
        terms=dbt.ref("analysis_matching_terms").df(),
        models=dbt.ref("analysis_models").df(),
        model_terms=dbt.ref("analysis_model_terms").df(),
        variables=dbt.ref("variables").df(),
    )
