"""One row per analysis with score terms and eligible subject: the propensity score."""

from counterarm.tables.matching import score_subjects


def model(dbt, session):
    return score_subjects(
        dbt.ref("subjects").df(),
        terms=dbt.ref("analysis_matching_terms").df(),
        variables=dbt.ref("variables").df(),
    )
