"""One row per analysis, subgroup, variance and kind of pairs: the hazard ratio."""

from counterarm.processes import computed
from counterarm.tables.estimators.rematched import rematched_table
from counterarm.tables.estimators.samples import Protocol


def model(dbt, session):
    return computed(
        rematched_table,
        dbt.ref("rematched_subgroups"),
        dbt.ref("subjects").join(
            dbt.ref("rematched_subgroups"), "analysis_id", how="semi"
        ),
        dbt.ref("cohort_endpoints"),
        dbt.ref("subgroup_candidates"),
        dbt.ref("subgroup_outcomes"),
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
