"""One row per file, table and subject's number that may be another subject's."""

from counterarm.identity import doubtful_numbers


def model(dbt, session):
    return doubtful_numbers(
        dbt.ref("subject_numbers").df(), dbt.ref("unusable_numbers").df()
    )
