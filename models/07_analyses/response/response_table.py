"""One row per analysis, subgroup set and subgroup: the response of its pairs."""

from counterarm.tables.response import response_table


def model(dbt, session):
    return response_table(dbt.ref("response_members").df())
