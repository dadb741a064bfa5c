"""One row per analysis, arm and delta: the result if the censored fare otherwise."""

from counterarm.tables.trust.outcomes import matched_outcomes
from counterarm.tables.trust.tipping import tipping_table


def model(dbt, session):
    outcomes = matched_outcomes(
        dbt.ref("matched_subjects").df(), dbt.ref("matched_endpoints").df()
    )
    return tipping_table(
        outcomes,
        main=dbt.ref("analysis_main_models").df(),
        follow_up=dbt.ref("analysis_follow_up").df(),
        sweeps=dbt.ref("tipping_sweeps").df(),
    )
