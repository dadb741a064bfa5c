"""One row per analysis, endpoint with competing events, comparison and cause."""

from counterarm.tables.competing import cumulative_incidence_tests


def model(dbt, session):
    return cumulative_incidence_tests(
        dbt.ref("group_members").df(),
        endpoints=dbt.ref("analysis_endpoints").df(),
        sources=dbt.ref("endpoint_sources").df(),
    )
