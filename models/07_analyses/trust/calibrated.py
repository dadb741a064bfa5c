"""One row per analysis, main model and null: the result less what the null finds."""

from counterarm.processes import computed
from counterarm.tables.trust.placebo_null import calibrated_table


def model(dbt, session):
    return computed(
        calibrated_table,
        dbt.ref("cox"),
        main=dbt.ref("analysis_main_models"),
        nulls=dbt.ref("placebo_null"),
    )
