"""One row per published number: the value that its print stands for."""

from counterarm.tables.print_checks import printed_numbers


def model(dbt, session):
    return printed_numbers(dbt.ref("published").df())
