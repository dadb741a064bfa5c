"""One row per analysis with distance terms, treated and control that may be paired."""

from counterarm.tables.matching import list_candidate_pairs


def model(dbt, session):
    return list_candidate_pairs(
        dbt.ref("subjects").df(), terms=dbt.ref("analysis_matching_terms").df()
    )
