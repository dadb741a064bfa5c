"""One row per analysis with a model of treatment alone: the one that is questioned."""

from counterarm.tables.trust.main_model import main_models


def model(dbt, session):
    return main_models(
        dbt.ref("analysis_models").df(), dbt.ref("analysis_model_terms").df()
    )
