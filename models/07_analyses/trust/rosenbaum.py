"""One row per analysis, statistic, gamma and lambda: bounds under hidden bias."""

from counterarm.tables.trust.outcomes import matched_outcomes
from counterarm.tables.trust.rosenbaum import rosenbaum_table


def model(dbt, session):
    outcomes = matched_outcomes(
        dbt.ref("matched_subjects").df(), dbt.ref("matched_endpoints").df()
    )
    return rosenbaum_table(
        outcomes,
        main=dbt.ref("analysis_main_models").df(),
        follow_up=dbt.ref("analysis_follow_up").df(),
    )
