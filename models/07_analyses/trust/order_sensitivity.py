"""One row per analysis and order of matching: the range over permutations."""

from counterarm.processes import computed
from counterarm.tables.trust.order_sensitivity import order_sensitivity


def model(dbt, session):
    return computed(
        order_sensitivity,
        dbt.ref("specification_subjects"),
        axes=dbt.ref("specification_axes"),
        matching=dbt.ref("analysis_matching"),
        terms=dbt.ref("analysis_matching_terms"),
        models=dbt.ref("analysis_models"),
        model_terms=dbt.ref("analysis_model_terms"),
        variables=dbt.ref("variables"),
    )
