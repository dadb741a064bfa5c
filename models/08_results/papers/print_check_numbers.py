"""One row per check of printed numbers and number that takes part in it."""

from counterarm.processes import computed
from counterarm.tables.print_checks import print_check_numbers


def model(dbt, session):
    return computed(
        print_check_numbers,
        dbt.ref("published"),
        dbt.ref("printed_elsewhere"),
        dbt.ref("relations"),
    )
