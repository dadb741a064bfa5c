"""One row per analysis, model, variance and set of subgroups: test for interaction."""

from counterarm.processes import computed
from counterarm.tables.subgroup_interactions import subgroup_interactions


def model(dbt, session):
    return computed(
        subgroup_interactions, dbt.ref("cox"), dbt.ref("analysis_subgroups")
    )
