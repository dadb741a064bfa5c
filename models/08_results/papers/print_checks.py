"""One row per check that compares printed numbers of a paper with each other."""

from counterarm.tables.print_checks import print_checks


def model(dbt, session):
    return print_checks(
        dbt.ref("published").df(),
        dbt.ref("printed_elsewhere").df(),
        dbt.ref("relations").df(),
    )
