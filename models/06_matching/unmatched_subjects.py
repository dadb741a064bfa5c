"""One row per analysis and eligible subject left out of the matched sample: why."""

from counterarm.processes import computed
from counterarm.tables.match_accounting import unmatched_table


def model(dbt, session):
    return computed(
        unmatched_table,
        dbt.ref("subjects"),
        matched=dbt.ref("matched_subjects"),
        scores=dbt.ref("propensity_scores"),
        matching=dbt.ref("analysis_matching"),
        terms=dbt.ref("analysis_matching_terms"),
        variables=dbt.ref("variables"),
    )
