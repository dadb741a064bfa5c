"""One row per analysis and early difference: the probability of therapeutic failure."""

from counterarm.tables.response import early_response


def model(dbt, session):
    return early_response(dbt.ref("response").df())
