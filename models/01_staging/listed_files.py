"""One row per file of a folder whose sender listed what was sent."""

from counterarm.intake import listed_files


def model(dbt, session):
    dbt.ref("delivered_files")
    return listed_files(
        dbt.config.meta_get("proact_dir"), dbt.config.meta_get("sites_dir")
    )
