"""One row per analysis, subgroup set and subgroup: the response of its pairs."""

from counterarm.processes import computed
from counterarm.tables.response import response_table


def model(dbt, session):
    return computed(response_table, dbt.ref("response_members"))
