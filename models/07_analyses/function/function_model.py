"""One row per analysis, period, comparison and term of the mixed model."""

from counterarm.tables.function_model import function_model


def model(dbt, session):
    return function_model(dbt.ref("group_members").df(), dbt.ref("alsfrs_series").df())
