"""One row per source, table and file: the file it came in and how to read it."""

from counterarm.intake import describe_delivery


def model(dbt, session):
    return describe_delivery(
        dbt.config.meta_get("proact_dir"),
        dbt.config.meta_get("sites_dir"),
        tables=dbt.ref("raw_tables").df(),
        columns=dbt.ref("raw_columns").df(),
        mappings={
            "site_files": dbt.ref("site_files").df(),
            "site_columns": dbt.ref("site_columns").df(),
            "site_codes": dbt.ref("site_codes").df(),
            "sdtm_events": dbt.ref("sdtm_events").df(),
            "alsfrs_items": dbt.ref("alsfrs_items").df(),
            "sdtm_items": dbt.ref("sdtm_items").df(),
            "sdtm_arms": dbt.ref("sdtm_arms").df(),
            "site_roles": dbt.ref("site_roles").df(),
        },
        copies_dir=dbt.config.meta_get("copies_dir"),
    )
