"""One row: the day after which nothing that was delivered can have happened."""

from pathlib import Path

from counterarm.intake.reference_day import find_reference_day


def model(dbt, session):
    return find_reference_day(
        setting=dbt.config.meta_get("reference_date"),
        files=dbt.ref("delivered_files").df(),
        published=Path(dbt.config.meta_get("warehouse")),
    )
