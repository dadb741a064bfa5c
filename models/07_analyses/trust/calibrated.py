"""One row per analysis, main model and null: the result less what the null finds."""

from counterarm.tables.trust.placebo_null import calibrated_table


def model(dbt, session):
    return calibrated_table(
        dbt.ref("cox").df(),
        main=dbt.ref("analysis_main_models").df(),
        nulls=dbt.ref("placebo_null").df(),
    )
