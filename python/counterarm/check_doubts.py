"""What `counterarm check` lists of doubts about who is who, and of what was lost."""

from pathlib import Path

# Title and query of each section; the line is that of the file as an editor counts it.
SECTIONS = {
    "numbers that may be somebody else's": """
        select
            source, file_name as file, row_number + 1 as line, written as number,
            kind, like_subject as "subject meant", difference, n_rows as rows
        from quality.doubtful_numbers
        order by source, file_name, row_number, written
    """,
    "rows of one subject that disagree": """
        select
            source, file_name as file, row_number + 1 as line, subject_id as subject,
            column_name as "column", delivered as value,
            first_delivered as "first value", first_row_number + 1 as "first line"
        from quality.rows_in_conflict
        order by source, file_name, row_number, column_name
    """,
    "subjects who may be one person": """
        select
            source, subject_id as subject, other_source as "other source",
            other_subject_id as "other subject", has_same_history as "same history",
            n_same_assessments as "same assessments"
        from quality.same_persons
        order by source, subject_id, other_source, other_subject_id
    """,
    "scores and totals that cannot be right": """
        select
            source, file_name as file, row_number + 1 as line, subject_id as subject,
            column_name as "column", kind, found
        from quality.doubtful_assessments
        order by source, file_name, row_number, subject_id, kind, column_name
    """,
    "differences from the sender's manifest": """
        select
            source, file_name as file, line_number as "line of the manifest",
            difference, listed, found
        from quality.manifest_differences
        order by source, file_name, difference
    """,
}
CHANGES = "differences from the last published build"
CHANGES_QUERY = """
    select
        source, file_name as file, what, change, subject_id as subject, n,
        n_before as "rows before", n_now as "rows now", found
    from quality.delivery_changes
    order by
        change = 'added', what not in ('delivery', 'file', 'death', 'subject'), source,
        file_name, what, subject_id, change
"""


def nothing_to_compare(last_build: Path | None) -> str | None:
    """Say that there is no build to compare with, None where there is one."""
    if last_build and last_build.is_file():
        return None
    where = f" at {last_build}" if last_build else ""
    return f"{CHANGES}: nothing to compare with, no build was published{where}"
