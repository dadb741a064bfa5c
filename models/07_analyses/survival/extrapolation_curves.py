"""One row per extrapolating distribution and day: its survival."""

from counterarm.tables.extrapolation import curve_table


def model(dbt, session):
    return curve_table(dbt.ref("extrapolation").df())
