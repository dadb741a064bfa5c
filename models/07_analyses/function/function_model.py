"""One row per analysis, period, comparison and term of the mixed model."""

from counterarm.processes import computed
from counterarm.tables.function_model import function_model


def model(dbt, session):
    return computed(function_model, dbt.ref("group_members"), dbt.ref("alsfrs_series"))
