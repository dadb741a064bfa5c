"""One row per analysis, association and cell."""

from counterarm.tables.associations import association_counts


def model(dbt, session):
    return association_counts(dbt.ref("association_members").df())
