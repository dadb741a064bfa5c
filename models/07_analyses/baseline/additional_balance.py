"""One row per analysis, variable that is not matched on, and sample."""

from counterarm.processes import computed
from counterarm.tables.balance import additional_balance_table


def model(dbt, session):
    return computed(
        additional_balance_table,
        dbt.ref("subjects"),
        matched=dbt.ref("matched_subjects"),
        terms=dbt.ref("analysis_matching_terms"),
        variables=dbt.ref("variables"),
    )
