"""One row per parameter of each extrapolating distribution, its knots included."""

from counterarm.processes import computed
from counterarm.tables.extrapolation import parameter_table


def model(dbt, session):
    return computed(parameter_table, dbt.ref("extrapolation"))
