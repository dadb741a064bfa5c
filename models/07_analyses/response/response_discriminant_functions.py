"""One row per analysis, canonical function and predictor of response."""

from counterarm.processes import computed
from counterarm.tables.response_prediction import response_discriminant_functions


def model(dbt, session):
    return computed(response_discriminant_functions, dbt.ref("response_design"))
