"""One row per analysis and eligible subject left out of the matched sample: why."""

from counterarm.tables.match_accounting import unmatched_table


def model(dbt, session):
    return unmatched_table(
        dbt.ref("subjects").df(),
        matched=dbt.ref("matched_subjects").df(),
        scores=dbt.ref("propensity_scores").df(),
        matching=dbt.ref("analysis_matching").df(),
        terms=dbt.ref("analysis_matching_terms").df(),
        variables=dbt.ref("variables").df(),
    )
