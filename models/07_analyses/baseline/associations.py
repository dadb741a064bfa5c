"""One row per analysis, association and test."""

from counterarm.tables.associations import associations


def model(dbt, session):
    return associations(dbt.ref("association_members").df())
