"""One row: whether the delivery is of real patients, and how that is known."""

from counterarm.intake.nature import describe_nature


def model(dbt, session):
    # a folder that is not there has been reported by now
    dbt.ref("delivered_files")
    return describe_nature(
        dbt.config.meta_get("proact_dir"),
        dbt.config.meta_get("sites_dir"),
        dbt.config.meta_get("delivery_is_real"),
    )
