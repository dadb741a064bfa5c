"""One row per analysis and early difference: the probability of therapeutic failure."""

from counterarm.processes import computed
from counterarm.tables.response import early_response


def model(dbt, session):
    return computed(early_response, dbt.ref("response"))
