"""One row per analysis and covariate: its strength on the scale of a confounder."""

from counterarm.processes import computed
from counterarm.tables.trust.covariate_strength import covariate_strength_table


def model(dbt, session):
    return computed(
        covariate_strength_table,
        dbt.ref("subjects"),
        terms=dbt.ref("analysis_matching_terms"),
        variables=dbt.ref("variables"),
        endpoints=dbt.ref("cohort_endpoints"),
        main=dbt.ref("analysis_main_models"),
        e_values=dbt.ref("e_values"),
    )
