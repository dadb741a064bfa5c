"""One row per analysis, endpoint, measure and day: doubly robust survival."""

from counterarm.tables.estimators.doubly_robust import doubly_robust_table
from counterarm.tables.estimators.samples import Protocol


def model(dbt, session):
    asked = dbt.ref("doubly_robust")
    return doubly_robust_table(
        asked.df(),
        dbt.ref("subjects").join(asked, "analysis_id", how="semi").df(),
        dbt.ref("cohort_endpoints").join(asked, "analysis_id", how="semi").df(),
        Protocol(
            dbt.ref("analysis_matching").df(),
            dbt.ref("analysis_matching_terms").df(),
            dbt.ref("analysis_models").df(),
            dbt.ref("analysis_model_terms").df(),
            dbt.ref("variables").df(),
        ),
    )
