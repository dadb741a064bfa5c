"""One row per analysis, variable and sample: the balance of the arms."""

from counterarm.processes import computed
from counterarm.tables.balance import balance_table


def model(dbt, session):
    return computed(
        balance_table,
        dbt.ref("subjects"),
        matched=dbt.ref("matched_subjects"),
        scores=dbt.ref("propensity_scores"),
        terms=dbt.ref("analysis_matching_terms"),
        variables=dbt.ref("variables"),
    )
