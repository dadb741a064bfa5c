"""One row per analysis, endpoint with competing events, group, cause and day."""

from counterarm.tables.competing import cumulative_incidence


def model(dbt, session):
    asked = dbt.ref("analysis_endpoints").filter("role = 'competing'")
    return cumulative_incidence(
        dbt.ref("group_members").join(asked, "analysis_id", how="semi").df(),
        endpoints=dbt.ref("analysis_endpoints").df(),
        sources=dbt.ref("endpoint_sources").df(),
    )
