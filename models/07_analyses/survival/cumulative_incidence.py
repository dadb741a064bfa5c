"""One row per analysis, endpoint with competing events, group, cause and day."""

from counterarm.tables.competing import cumulative_incidence


def model(dbt, session):
    return cumulative_incidence(
        dbt.ref("group_members").df(),
        endpoints=dbt.ref("analysis_endpoints").df(),
        sources=dbt.ref("endpoint_sources").df(),
    )
