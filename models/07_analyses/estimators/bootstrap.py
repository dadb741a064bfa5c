"""One row per analysis and way of drawing: the bootstrap of the main model."""

from counterarm.processes import computed
from counterarm.tables.estimators.bootstrap import bootstrap_table
from counterarm.tables.estimators.samples import Protocol
from counterarm.tables.trust.outcomes import matched_outcomes


def model(dbt, session):
    asked = dbt.ref("bootstraps")
    return computed(
        bootstrap_table,
        asked,
        dbt.ref("subjects").join(asked, "analysis_id", how="semi"),
        dbt.ref("cohort_endpoints").join(asked, "analysis_id", how="semi"),
        computed(
            matched_outcomes,
            dbt.ref("matched_subjects").join(asked, "analysis_id", how="semi"),
            dbt.ref("matched_endpoints"),
        ),
        dbt.ref("cox"),
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
