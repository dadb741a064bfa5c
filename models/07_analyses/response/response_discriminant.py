"""One row per analysis and predictor of response: Wilks' lambda."""

from counterarm.tables.response_prediction import response_discriminant


def model(dbt, session):
    return response_discriminant(dbt.ref("response_design").df())
