"""One row per published number: the value that its print stands for."""

from counterarm.processes import computed
from counterarm.tables.print_checks import printed_numbers


def model(dbt, session):
    return computed(printed_numbers, dbt.ref("published"))
