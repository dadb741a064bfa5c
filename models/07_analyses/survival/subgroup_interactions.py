"""One row per analysis, model, variance and set of subgroups: test for interaction."""

from counterarm.tables.subgroup_interactions import subgroup_interactions


def model(dbt, session):
    return subgroup_interactions(
        dbt.ref("cox").df(), dbt.ref("analysis_subgroups").df()
    )
