"""One row per analysis, comparison, distribution, measure and variance."""

from counterarm.tables.extrapolation_differences import extrapolation_differences
from counterarm.tables.trust.estimates import rule_of


def model(dbt, session):
    dbt.ref("protocol_checks")
    return extrapolation_differences(
        dbt.ref("group_members").df(),
        dbt.ref("extrapolations").df(),
        rule_of(dbt.ref("analysis_follow_up").df()),
    )
