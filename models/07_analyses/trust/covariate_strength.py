"""One row per analysis and covariate: its strength on the scale of a confounder."""

from counterarm.tables.trust.covariate_strength import covariate_strength_table
from counterarm.tables.trust.main_model import main_models


def model(dbt, session):
    main = main_models(
        dbt.ref("analysis_models").df(), dbt.ref("analysis_model_terms").df()
    )
    return covariate_strength_table(
        dbt.ref("subjects").df(),
        terms=dbt.ref("analysis_matching_terms").df(),
        variables=dbt.ref("variables").df(),
        endpoints=dbt.ref("cohort_endpoints").df(),
        main=main,
        e_values=dbt.ref("e_values").df(),
    )
