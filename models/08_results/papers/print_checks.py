"""One row per check that compares printed numbers of a paper with each other."""

from counterarm.processes import computed
from counterarm.tables.print_checks import print_checks


def model(dbt, session):
    return computed(
        print_checks,
        dbt.ref("published"),
        dbt.ref("printed_elsewhere"),
        dbt.ref("relations"),
    )
