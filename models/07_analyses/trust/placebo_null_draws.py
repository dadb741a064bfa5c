"""One row per analysis, null and draw: the log hazard ratio between its controls."""

from counterarm.tables.trust.placebo_null import placebo_draws
from counterarm.tables.trust.placebo_settings import Frames


def model(dbt, session):
    return placebo_draws(
        Frames(
            subjects=dbt.ref("subjects").df(),
            endpoints=dbt.ref("cohort_endpoints").df(),
            scores=dbt.ref("propensity_scores").df(),
            matching=dbt.ref("analysis_matching").df(),
            terms=dbt.ref("analysis_matching_terms").df(),
            variables=dbt.ref("variables").df(),
            follow_up=dbt.ref("analysis_follow_up").df(),
            models=dbt.ref("analysis_models").df(),
            model_terms=dbt.ref("analysis_model_terms").df(),
            pseudo_trials=dbt.ref("follow_up_members").df(),
        ),
        nulls=dbt.ref("placebo_nulls").df(),
    )
