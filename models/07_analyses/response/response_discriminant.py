"""One row per analysis and predictor of response: Wilks' lambda."""

from counterarm.processes import computed
from counterarm.tables.response_prediction import response_discriminant


def model(dbt, session):
    return computed(response_discriminant, dbt.ref("response_design"))
