"""One row per analysis, way of borrowing and model: the hazard ratio."""

from counterarm.tables.trust.borrowing import borrowing_table


def model(dbt, session):
    return borrowing_table(
        dbt.ref("borrowing_members").df(),
        ways=dbt.ref("analysis_borrowing").df(),
        follow_up=dbt.ref("analysis_follow_up").df(),
    )
