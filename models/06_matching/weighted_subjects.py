"""One row per analysis whose method makes no pairs, and subject: set and weight."""

from counterarm.processes import computed
from counterarm.tables.weighting import weigh_subjects


def model(dbt, session):
    return computed(
        weigh_subjects,
        dbt.ref("subjects"),
        scores=dbt.ref("propensity_scores"),
        matching=dbt.ref("analysis_matching"),
        terms=dbt.ref("analysis_matching_terms"),
    )
