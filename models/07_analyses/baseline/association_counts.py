"""One row per analysis, association and cell."""

from counterarm.processes import computed
from counterarm.tables.associations import association_counts


def model(dbt, session):
    return computed(association_counts, dbt.ref("association_members"))
