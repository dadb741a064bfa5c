"""One row per analysis, association and test."""

from counterarm.processes import computed
from counterarm.tables.associations import associations


def model(dbt, session):
    return computed(associations, dbt.ref("association_members"))
