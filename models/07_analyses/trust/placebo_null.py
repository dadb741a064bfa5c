"""One row per analysis and null: the log hazard ratio where nothing is to be found."""

from counterarm.processes import computed
from counterarm.tables.trust.placebo_null import placebo_null_table
from counterarm.tables.trust.placebo_settings import Frames


def model(dbt, session):
    return computed(
        placebo_null_table,
        Frames(
            subjects=dbt.ref("subjects"),
            endpoints=dbt.ref("cohort_endpoints"),
            scores=dbt.ref("propensity_scores"),
            matching=dbt.ref("analysis_matching"),
            terms=dbt.ref("analysis_matching_terms"),
            variables=dbt.ref("variables"),
            follow_up=dbt.ref("analysis_follow_up"),
            models=dbt.ref("analysis_models"),
            model_terms=dbt.ref("analysis_model_terms"),
            pseudo_trials=dbt.ref("follow_up_members"),
        ),
        nulls=dbt.ref("placebo_nulls"),
        draws=dbt.ref("placebo_null_draws"),
    )
