"""One row per analysis, population and axis: what all specifications say."""

from counterarm.tables.trust.specification_summary import specification_summary


def model(dbt, session):
    return specification_summary(dbt.ref("specifications").df())
