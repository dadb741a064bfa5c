"""One row per analysis, endpoint with competing events, group, cause and day."""

from counterarm.processes import computed
from counterarm.tables.competing import cumulative_incidence


def model(dbt, session):
    asked = dbt.ref("analysis_endpoints").filter("role = 'competing'")
    return computed(
        cumulative_incidence,
        dbt.ref("group_members").join(asked, "analysis_id", how="semi"),
        endpoints=dbt.ref("analysis_endpoints"),
        sources=dbt.ref("endpoint_sources"),
    )
