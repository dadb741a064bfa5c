"""One row per analysis, variable that is not matched on, and sample."""

from counterarm.tables.balance import additional_balance_table


def model(dbt, session):
    return additional_balance_table(
        dbt.ref("subjects").df(),
        matched=dbt.ref("matched_subjects").df(),
        terms=dbt.ref("analysis_matching_terms").df(),
        variables=dbt.ref("variables").df(),
    )
