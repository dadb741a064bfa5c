"""One row per analysis with score terms and eligible subject: the propensity score."""

from counterarm.processes import computed
from counterarm.tables.matching import score_subjects


def model(dbt, session):
    return computed(
        score_subjects,
        dbt.ref("subjects"),
        terms=dbt.ref("analysis_matching_terms"),
        variables=dbt.ref("variables"),
    )
