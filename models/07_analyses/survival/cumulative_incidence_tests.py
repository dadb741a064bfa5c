"""One row per analysis, endpoint with competing events, comparison and cause."""

from counterarm.tables.competing import cumulative_incidence_tests


def model(dbt, session):
    asked = dbt.ref("analysis_endpoints").filter("role = 'competing'")
    return cumulative_incidence_tests(
        dbt.ref("group_members").join(asked, "analysis_id", how="semi").df(),
        endpoints=dbt.ref("analysis_endpoints").df(),
        sources=dbt.ref("endpoint_sources").df(),
    )
