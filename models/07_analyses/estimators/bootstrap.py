"""One row per analysis and way of drawing: the bootstrap of the main model."""

from counterarm.tables.estimators.bootstrap import bootstrap_table
from counterarm.tables.estimators.samples import Protocol
from counterarm.tables.trust.outcomes import matched_outcomes


def model(dbt, session):
    asked = dbt.ref("bootstraps")
    return bootstrap_table(
        asked.df(),
        dbt.ref("subjects").join(asked, "analysis_id", how="semi").df(),
        dbt.ref("cohort_endpoints").join(asked, "analysis_id", how="semi").df(),
        matched_outcomes(
            dbt.ref("matched_subjects").join(asked, "analysis_id", how="semi").df(),
            dbt.ref("matched_endpoints").df(),
        ),
        dbt.ref("cox").df(),
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
