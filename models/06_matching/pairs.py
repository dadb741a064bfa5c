"""One row per analysis and matched pair."""

from counterarm.tables.matching import choose_pairs


def model(dbt, session):
    return choose_pairs(
        dbt.ref("subjects").df(),
        scores=dbt.ref("propensity_scores").df(),
        matching=dbt.ref("analysis_matching").df(),
        terms=dbt.ref("analysis_matching_terms").df(),
    )
