"""One row per delivered main analysis and follow-up rule: the hazard ratio under it."""

from counterarm.tables.trust.follow_up_estimates import follow_up_estimates
from counterarm.tables.trust.main_model import main_models


def model(dbt, session):
    main = main_models(
        dbt.ref("analysis_models").df(), dbt.ref("analysis_model_terms").df()
    )
    return follow_up_estimates(
        dbt.ref("analysis_summary").df(),
        follow_up=dbt.ref("analysis_follow_up").df(),
        main=main,
        cox=dbt.ref("cox").df(),
        plans=dbt.ref("model_plans").df(),
    )
