"""One row per analysis and arm: how many are matched, and what their weights say."""

from counterarm.tables.match_accounting import match_summary


def model(dbt, session):
    return match_summary(
        dbt.ref("subjects").df(),
        matched=dbt.ref("matched_subjects").df(),
        unmatched=dbt.ref("unmatched_subjects").df(),
        matching=dbt.ref("analysis_matching").df(),
    )
