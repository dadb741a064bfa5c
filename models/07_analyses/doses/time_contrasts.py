"""One row per analysis, contrast, endpoint, variant, horizon, model, term, variance."""

from counterarm.tables.time_contrasts import time_contrasts


def model(dbt, session):
    return time_contrasts(
        dbt.ref("dose_periods").df(),
        members=dbt.ref("contrast_members").df(),
        contrasts=dbt.ref("analysis_dose_contrasts").df(),
        groups=dbt.ref("analysis_dose_contrast_groups").df(),
        adjustments=dbt.ref("adjustment_values").df(),
    )
