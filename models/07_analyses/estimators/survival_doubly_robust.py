"""One row per analysis, endpoint, measure and day: doubly robust survival."""

from counterarm.tables.estimators.doubly_robust import doubly_robust_table
from counterarm.tables.estimators.samples import Protocol


def model(dbt, session):
    asked = dbt.ref("doubly_robust")
    return doubly_robust_table(
        asked.df(),
        dbt.ref("subjects").join(asked, "analysis_id", how="semi").df(),
        dbt.ref("cohort_endpoints").join(asked, "analysis_id", how="semi").df(),
        Protocol.of(
            {
                "analysis_matching": dbt.ref("analysis_matching").df(),
                "analysis_matching_terms": dbt.ref("analysis_matching_terms").df(),
                "analysis_models": dbt.ref("analysis_models").df(),
                "analysis_model_terms": dbt.ref("analysis_model_terms").df(),
                "variables": dbt.ref("variables").df(),
            }
        ),
    )
