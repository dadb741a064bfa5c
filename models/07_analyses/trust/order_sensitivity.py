"""One row per analysis and order of matching: the range over permutations."""

from counterarm.tables.trust.order_sensitivity import order_sensitivity


def model(dbt, session):
    return order_sensitivity(
        dbt.ref("specification_subjects").df(),
        axes=dbt.ref("specification_axes").df(),
        matching=dbt.ref("analysis_matching").df(),
        terms=dbt.ref("analysis_matching_terms").df(),
        models=dbt.ref("analysis_models").df(),
        model_terms=dbt.ref("analysis_model_terms").df(),
        variables=dbt.ref("variables").df(),
    )
