"""One row per analysis with distance terms, treated and control that may be paired."""

from counterarm.processes import computed
from counterarm.tables.matching import list_candidate_pairs


def model(dbt, session):
    return computed(
        list_candidate_pairs,
        dbt.ref("subjects"),
        terms=dbt.ref("analysis_matching_terms"),
    )
