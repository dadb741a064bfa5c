"""One row per analysis and matched pair."""

from counterarm.processes import computed
from counterarm.tables.matching import choose_pairs


def model(dbt, session):
    return computed(
        choose_pairs,
        dbt.ref("subjects"),
        scores=dbt.ref("propensity_scores"),
        matching=dbt.ref("analysis_matching"),
        terms=dbt.ref("analysis_matching_terms"),
    )
