"""One row per analysis, population and axis: what all specifications say."""

from counterarm.processes import computed
from counterarm.tables.trust.specification_summary import specification_summary


def model(dbt, session):
    return computed(specification_summary, dbt.ref("specifications"))
