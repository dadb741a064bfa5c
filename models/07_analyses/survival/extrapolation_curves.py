"""One row per extrapolating distribution and day: its survival."""

from counterarm.processes import computed
from counterarm.tables.extrapolation import curve_table


def model(dbt, session):
    return computed(curve_table, dbt.ref("extrapolation"))
