"""One row per analysis, arm and delta: the result if the censored fare otherwise."""

from counterarm.tables.trust.main_model import main_models
from counterarm.tables.trust.outcomes import matched_outcomes
from counterarm.tables.trust.tipping import tipping_table


def model(dbt, session):
    main = main_models(
        dbt.ref("analysis_models").df(), dbt.ref("analysis_model_terms").df()
    )
    outcomes = matched_outcomes(
        dbt.ref("matched_subjects").df(), dbt.ref("matched_endpoints").df()
    )
    return tipping_table(
        outcomes,
        main=main,
        follow_up=dbt.ref("analysis_follow_up").df(),
        sweeps=dbt.ref("tipping_sweeps").df(),
    )
