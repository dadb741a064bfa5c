"""One row per analysis and covariate: its strength on the scale of a confounder."""

from counterarm.tables.trust.covariate_strength import covariate_strength_table


def model(dbt, session):
    return covariate_strength_table(
        dbt.ref("subjects").df(),
        terms=dbt.ref("analysis_matching_terms").df(),
        variables=dbt.ref("variables").df(),
        endpoints=dbt.ref("cohort_endpoints").df(),
        main=dbt.ref("analysis_main_models").df(),
        e_values=dbt.ref("e_values").df(),
    )
