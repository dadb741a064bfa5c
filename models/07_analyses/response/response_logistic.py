"""One row per analysis, logistic model, outcome and term."""

from counterarm.processes import computed
from counterarm.tables.response_prediction import response_logistic


def model(dbt, session):
    return computed(response_logistic, dbt.ref("response_design"))
