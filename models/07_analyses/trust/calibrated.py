"""One row per analysis, main model and null: the result less what the null finds."""

from counterarm.tables.trust.main_model import main_models
from counterarm.tables.trust.placebo_null import calibrated_table


def model(dbt, session):
    main = main_models(
        dbt.ref("analysis_models").df(), dbt.ref("analysis_model_terms").df()
    )
    return calibrated_table(
        dbt.ref("cox").df(), main=main, nulls=dbt.ref("placebo_null").df()
    )
