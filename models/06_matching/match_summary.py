"""One row per analysis and arm: how many are matched, and what their weights say."""

from counterarm.processes import computed
from counterarm.tables.match_accounting import match_summary


def model(dbt, session):
    return computed(
        match_summary,
        dbt.ref("subjects"),
        matched=dbt.ref("matched_subjects"),
        unmatched=dbt.ref("unmatched_subjects"),
        matching=dbt.ref("analysis_matching"),
    )
