"""One row per analysis, way of borrowing and model: the hazard ratio."""

from counterarm.processes import computed
from counterarm.tables.trust.borrowing import borrowing_table


def model(dbt, session):
    return computed(
        borrowing_table,
        dbt.ref("borrowing_members"),
        ways=dbt.ref("analysis_borrowing"),
        follow_up=dbt.ref("analysis_follow_up"),
    )
