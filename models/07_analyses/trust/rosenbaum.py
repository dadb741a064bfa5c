"""One row per analysis, statistic, gamma and lambda: bounds under hidden bias."""

from counterarm.tables.trust.main_model import main_models
from counterarm.tables.trust.outcomes import matched_outcomes
from counterarm.tables.trust.rosenbaum import rosenbaum_table


def model(dbt, session):
    main = main_models(
        dbt.ref("analysis_models").df(), dbt.ref("analysis_model_terms").df()
    )
    outcomes = matched_outcomes(
        dbt.ref("matched_subjects").df(), dbt.ref("matched_endpoints").df()
    )
    return rosenbaum_table(
        outcomes, main=main, follow_up=dbt.ref("analysis_follow_up").df()
    )
