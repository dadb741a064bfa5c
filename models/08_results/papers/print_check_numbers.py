"""One row per check of printed numbers and number that takes part in it."""

from counterarm.tables.print_checks import print_check_numbers


def model(dbt, session):
    return print_check_numbers(
        dbt.ref("published").df(),
        dbt.ref("printed_elsewhere").df(),
        dbt.ref("relations").df(),
    )
