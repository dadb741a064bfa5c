"""One row per analysis, endpoint, group and distribution: extrapolated survival."""

from counterarm.processes import computed
from counterarm.tables.extrapolation import extrapolation_table
from counterarm.tables.trust.estimates import rule_of


def model(dbt, session):
    dbt.ref("protocol_checks")
    return computed(
        extrapolation_table,
        dbt.ref("group_members"),
        dbt.ref("extrapolations"),
        rule_of(dbt.ref("analysis_follow_up").df()),
    )
