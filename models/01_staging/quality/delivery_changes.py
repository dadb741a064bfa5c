"""One row per thing that the last published build had and this delivery has not."""

from counterarm.comparison import delivery_changes


def model(dbt, session):
    dbt.ref("delivered_files")
    # stands for every staged table
    dbt.ref("row_accounting")
    return delivery_changes(session, dbt.config.meta_get("last_build"))
