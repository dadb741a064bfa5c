"""What a check lists of a delivery: a query and a remedy for each kind of finding."""

from counterarm.check.sections import Section
from counterarm.findings import CRITICAL, NOTE, WARNING

# Of one source and rule, so that many of one kind do not hide the one of another.
VALUES_SHOWN = 20
# As an editor counts them.
LINES = "list(line_number order by line_number) as lines"
FILES = """
    select
        rows.source,
        rows.file_name as file,
        files.layout,
        rows.table_name as "table",
        coalesce(lines.n_physical_lines, lines.n_lines) as lines,
        lines.n_blank_lines as blank,
        lines.n_line_ends_in_quotes as "in quotes",
        lines.n_lines as records,
        lines.n_unread as unread,
        rows.n_raw as rows,
        rows.n_kept as kept,
        rows.n_duplicate as duplicate,
        rows.n_rejected as rejected
    from quality.row_accounting as rows
    inner join quality.file_accounting as lines using (source, file_name)
    inner join staging.delivered_files as files using (source, file_name, table_name)
    order by rows.source <> 'proact', rows.source, rows.file_name, rows.table_name
"""
UNUSED = """
    select source, file_name as file, note
    from staging.delivered_files
    where table_name is null
    order by source, file_name
"""
LINKS = """
    select distinct source, file_name as file, link_target as "leads to"
    from staging.delivered_files
    where link_target is not null
    order by source, file_name
"""
NO_LINE_END = """
    select source, file_name as file, 'check that nothing was cut off' as note
    from quality.file_accounting
    where not has_final_line_end
    order by source, file_name
"""
REMARKS = """
    select distinct source, file_name as file, note
    from staging.delivered_files
    where table_name is not null and is_delivered and note is not null
    order by source, file_name, note
"""
REJECTED_ROWS = f"""
    select
        source, file_name as file, reason, count(*) as rows,
        {LINES},
        min_by(odd_text, line_number) as text
    from staging.rejected_rows
    group by source, file_name, reason
    order by source, file_name, reason
"""
REJECTED_VALUES = f"""
    select
        source, file_name as file, table_name || '.' || column_name as "column",
        raw_value as value, reason, count(*) as rows,
        {LINES}
    from staging.rejected_values
    group by source, file_name, table_name, column_name, raw_value, reason
    order by source, file_name, table_name, column_name, rows desc, raw_value, reason
"""
UNMAPPED = f"""
    select
        source, file_name as file,
        coalesce(site_column, column_name) as "column",
        table_name || '.' || column_name as "fills",
        raw_value as value, reason, count(*) as rows,
        {LINES}
    from quality.unmapped_site_values
    group by source, file_name, site_column, table_name, column_name, raw_value, reason
    order by source, file_name, table_name, column_name, raw_value
"""
UNMAPPED_TERMS = """
    select
        source, table_name || '.' || column_name as "column", raw_term as value,
        codelist, n_rows as rows
    from quality.unmapped_terms
    where source = 'proact'
    order by table_name, column_name, n_rows desc, raw_term
"""

VALUES = f"""
    select
        source, file_name as file, staged_table as "table", [line_number] as lines,
        subject_id as subject, column_name as "column", raw_value as value, rule,
        reason,
        case consequence
            when 'unknown' then 'not used'
            when 'unscored' then 'not scored'
            else 'used as delivered'
        end as "handling",
        case when row_number() over kind = {VALUES_SHOWN} and count(*) over (
            partition by source, rule
        ) > {VALUES_SHOWN} then count(*) over (
            partition by source, rule
        ) - {VALUES_SHOWN} || ' more in quality.impossible_values' end as more
    from quality.impossible_values
    window kind as (
        partition by source, rule order by file_name, line_number, column_name
    )
    qualify row_number() over kind <= {VALUES_SHOWN}
    order by
        consequence <> 'unknown', source = 'proact', source, rule, file_name,
        line_number, column_name
"""
NUMBERS = """
    select
        source, file_name as file, [line_number] as lines, written as number,
        kind as doubt, like_subject as "subject meant", difference, n_rows as rows
    from quality.doubtful_numbers
    order by source, file_name, line_number, written
"""
CONFLICTS = """
    select
        source, file_name as file, [line_number] as lines, subject_id as subject,
        column_name as "column", delivered as value,
        first_delivered as "first value", first_line_number as "first line"
    from quality.rows_in_conflict
    order by source, file_name, line_number, column_name
"""
PERSONS = """
    select
        source, subject_id as subject, other_source as "other source",
        other_subject_id as "other subject", has_same_history as "same history",
        n_same_assessments as "same assessments"
    from quality.same_persons
    order by source, subject_id, other_source, other_subject_id
"""
ASSESSMENTS = """
    select
        source, file_name as file, [line_number] as lines, subject_id as subject,
        column_name as "column", kind as doubt, found
    from quality.doubtful_assessments
    order by source, file_name, line_number, subject_id, kind, column_name
"""
MANIFEST = """
    select
        source, file_name as file, line_number as "line of the manifest", difference,
        listed, found
    from quality.manifest_differences
    order by source, file_name, difference
"""
CHANGES = """
    select
        source, file_name as file, what, change, subject_id as subject, n,
        n_before as "rows before", n_now as "rows now", found
    from quality.delivery_changes
    order by
        change = 'added', what not in ('delivery', 'file', 'death', 'subject'), source,
        file_name, what, subject_id, change
"""
LOOK = "look at the line in the file and ask the sender"
SECTIONS = [
    Section(
        "unused_file",
        "delivered files without a table",
        UNUSED,
        WARNING,
        "map it in seeds/mappings/site_files.csv and site_columns.csv, or leave it out",
    ),
    Section(
        "link",
        "links to files outside the delivery",
        LINKS,
        WARNING,
        "deliver the file itself, unless the link is meant",
    ),
    Section(
        "no_line_end",
        "without a line end after the last line",
        NO_LINE_END,
        NOTE,
        "compare the last line with the sender's file",
    ),
    Section(
        "remark",
        "remarks on workbook sheets",
        REMARKS,
        NOTE,
        "check in the workbook that nothing is missing",
    ),
    Section(
        "rejected_rows",
        "rejected rows",
        REJECTED_ROWS,
        WARNING,
        "correct these lines at their source, or accept that they are not read",
    ),
    Section(
        "rejected_values",
        "rejected values",
        REJECTED_VALUES,
        WARNING,
        "correct the values, or say in seeds/mappings/ how they are written",
    ),
    Section(
        "impossible_value",
        "impossible or doubtful values",
        VALUES,
        WARNING,
        LOOK,
    ),
    Section(
        "unmapped_values",
        "values without a mapping",
        UNMAPPED,
        CRITICAL,
        "map the value with a row in seeds/mappings/site_codes.csv",
    ),
    Section(
        "unmapped_terms",
        "terms of PRO-ACT missing from the codelists",
        UNMAPPED_TERMS,
        WARNING,
        "add the term to seeds/codelists/raw_terms.csv",
    ),
    Section(
        "subject_number",
        "doubtful subject numbers",
        NUMBERS,
        WARNING,
        "use one spelling of each subject's number in all files",
    ),
    Section(
        "conflicting_rows",
        "rows of one subject that disagree",
        CONFLICTS,
        WARNING,
        LOOK,
    ),
    Section(
        "same_person", "subjects that may be the same person", PERSONS, WARNING, LOOK
    ),
    Section(
        "doubtful_assessment",
        "implausible scores and totals",
        ASSESSMENTS,
        WARNING,
        LOOK,
    ),
    Section(
        "manifest",
        "differences from the sender's manifest",
        MANIFEST,
        CRITICAL,
        "have the file sent again",
    ),
    Section(
        "change",
        "differences from the last published build",
        CHANGES,
        WARNING,
        "check that the missing records were meant to be removed",
    ),
]
