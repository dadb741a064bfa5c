"""One row per analysis whose method makes no pairs, and subject: set and weight."""

from counterarm.tables.weighting import weigh_subjects


def model(dbt, session):
    return weigh_subjects(
        dbt.ref("subjects").df(),
        scores=dbt.ref("propensity_scores").df(),
        matching=dbt.ref("analysis_matching").df(),
        terms=dbt.ref("analysis_matching_terms").df(),
    )
