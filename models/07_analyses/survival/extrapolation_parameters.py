"""One row per parameter of each extrapolating distribution, its knots included."""

from counterarm.tables.extrapolation import parameter_table


def model(dbt, session):
    return parameter_table(dbt.ref("extrapolation").df())
