"""One row per analysis, variable and sample: the balance of the arms."""

from counterarm.tables.balance import balance_table


def model(dbt, session):
    return balance_table(
        dbt.ref("subjects").df(),
        matched=dbt.ref("matched_subjects").df(),
        scores=dbt.ref("propensity_scores").df(),
        terms=dbt.ref("analysis_matching_terms").df(),
        variables=dbt.ref("variables").df(),
    )
