"""One row per analysis, endpoint, arm, recorded event and delivered study."""

from counterarm.tables.endpoint_sources import endpoint_sources


def model(dbt, session):
    dbt.ref("protocol_checks")
    procedures = dbt.ref("pr").project("studyid, prdecod as event")
    deaths = dbt.ref("ds").project("studyid, dsdecod as event")
    return endpoint_sources(
        {
            "analyses": dbt.ref("analyses").df(),
            "arms": dbt.ref("arms").df(),
            "endpoints": dbt.ref("endpoints").df(),
            "recorded_events": dbt.ref("recorded_events").df(),
        },
        delivered=procedures.union(deaths).distinct().df(),
        studies=dbt.ref("dm").project("studyid").distinct().df(),
    )
