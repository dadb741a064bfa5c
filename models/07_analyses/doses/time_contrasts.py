"""One row per analysis, contrast, endpoint, variant, horizon, model, term, variance."""

from counterarm.processes import computed
from counterarm.tables.time_contrasts import time_contrasts


def model(dbt, session):
    return computed(
        time_contrasts,
        dbt.ref("dose_periods"),
        members=dbt.ref("contrast_members"),
        contrasts=dbt.ref("analysis_dose_contrasts"),
        groups=dbt.ref("analysis_dose_contrast_groups"),
        adjustments=dbt.ref("adjustment_values"),
    )
