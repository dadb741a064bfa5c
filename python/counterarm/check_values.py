"""Say in text which delivered values cannot be, or are doubtful, with their places."""

import duckdb

from counterarm.query import table_text

# Of one source and rule, so that many of one kind do not hide the one of another.
SHOWN = 20

# The line of a file as an editor counts it: its heading is line 1. SDTM has records.
VALUES = f"""
    select
        found.source,
        found.file_name as file,
        found.staged_table as "table",
        found.row_number + case files.layout when 'sdtm' then 0 else 1 end as line,
        found.subject_id as subject,
        found.column_name as "column",
        found.raw_value as value,
        found.rule,
        found.reason,
        case found.consequence
            when 'unknown' then 'not used'
            when 'unscored' then 'not scored'
            else 'used as delivered'
        end as "what becomes of it",
        count(*) over kind as n_of_kind
    from quality.impossible_values as found
    left join (
        select distinct source, file_name, layout from staging.delivered_files
    ) as files using (source, file_name)
    window kind as (partition by found.source, found.rule)
    qualify row_number() over (
        partition by found.source, found.rule
        order by found.file_name, found.row_number, found.column_name
    ) <= {SHOWN}
    order by
        found.consequence <> 'unknown', found.source = 'proact', found.source,
        found.rule, found.file_name, found.row_number, found.column_name
"""
TITLE = "values that cannot be or are doubtful"


def values_text(connection: duckdb.DuckDBPyConnection) -> str:
    """Return a line for each value, of one source and rule the first twenty."""
    answer = connection.execute(VALUES)
    columns = [column[0] for column in answer.description]
    rows = answer.fetchall()
    if not rows:
        return f"{TITLE}: none"
    text = f"{TITLE}:\n{table_text(columns[:-1], [row[:-1] for row in rows])}"
    source, rule = columns.index("source"), columns.index("rule")
    more = {(row[source], row[rule]): row[-1] - SHOWN for row in rows}
    for (of, kind), number in more.items():
        if number > 0:
            text += (
                f"\n... and {number} more of {of}, {kind}: see "
                "quality.impossible_values of a build"
            )
    return text
