"""One row per analysis and allowed combination of choices: the hazard ratio."""

from counterarm.processes import computed
from counterarm.tables.trust.specifications import specification_table


def model(dbt, session):
    return computed(
        specification_table,
        dbt.ref("specification_subjects"),
        axes=dbt.ref("specification_axes"),
        matching=dbt.ref("analysis_matching"),
        terms=dbt.ref("analysis_matching_terms"),
        models=dbt.ref("analysis_models"),
        model_terms=dbt.ref("analysis_model_terms"),
        variables=dbt.ref("variables"),
    )
