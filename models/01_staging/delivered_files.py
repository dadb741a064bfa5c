"""One row per source and table: the file it came in and how to read it."""

from counterarm.intake import describe_delivery


def model(dbt, session):
    return describe_delivery(
        dbt.config.meta_get("proact_dir"),
        dbt.config.meta_get("sites_dir"),
        tables=dbt.ref("raw_tables").df(),
        columns=dbt.ref("raw_columns").df(),
    )
