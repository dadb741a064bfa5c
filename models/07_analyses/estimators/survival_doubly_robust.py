"""One row per analysis, endpoint, measure and day: doubly robust survival."""

from counterarm.processes import computed
from counterarm.tables.estimators.doubly_robust import doubly_robust_table
from counterarm.tables.estimators.samples import Protocol


def model(dbt, session):
    asked = dbt.ref("doubly_robust")
    return computed(
        doubly_robust_table,
        asked,
        dbt.ref("subjects").join(asked, "analysis_id", how="semi"),
        dbt.ref("cohort_endpoints").join(asked, "analysis_id", how="semi"),
        Protocol.of(
            {
                "analysis_matching": dbt.ref("analysis_matching"),
                "analysis_matching_terms": dbt.ref("analysis_matching_terms"),
                "analysis_models": dbt.ref("analysis_models"),
                "analysis_model_terms": dbt.ref("analysis_model_terms"),
                "variables": dbt.ref("variables"),
            }
        ),
    )
