"""One row per analysis, statistic, gamma and lambda: bounds under hidden bias."""

from counterarm.processes import computed
from counterarm.tables.trust.outcomes import matched_outcomes
from counterarm.tables.trust.rosenbaum import rosenbaum_table


def model(dbt, session):
    outcomes = computed(
        matched_outcomes, dbt.ref("matched_subjects"), dbt.ref("matched_endpoints")
    )
    return computed(
        rosenbaum_table,
        outcomes,
        main=dbt.ref("analysis_main_models"),
        follow_up=dbt.ref("analysis_follow_up"),
    )
