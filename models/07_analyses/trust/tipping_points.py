"""One row per analysis, arm and delta: the result if the censored fare otherwise."""

from counterarm.processes import computed
from counterarm.tables.trust.outcomes import matched_outcomes
from counterarm.tables.trust.tipping import tipping_table


def model(dbt, session):
    outcomes = computed(
        matched_outcomes, dbt.ref("matched_subjects"), dbt.ref("matched_endpoints")
    )
    return computed(
        tipping_table,
        outcomes,
        main=dbt.ref("analysis_main_models"),
        follow_up=dbt.ref("analysis_follow_up"),
        sweeps=dbt.ref("tipping_sweeps"),
    )
