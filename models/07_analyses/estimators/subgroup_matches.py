"""One row per analysis, subgroup, variance and kind of pairs: the hazard ratio."""

from counterarm.tables.estimators.rematched import rematched_table
from counterarm.tables.estimators.samples import Protocol


def model(dbt, session):
    return rematched_table(
        dbt.ref("rematched_subgroups").df(),
        dbt.ref("subjects")
        .join(dbt.ref("rematched_subgroups"), "analysis_id", how="semi")
        .df(),
        dbt.ref("cohort_endpoints").df(),
        dbt.ref("subgroup_candidates").df(),
        dbt.ref("subgroup_outcomes").df(),
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
