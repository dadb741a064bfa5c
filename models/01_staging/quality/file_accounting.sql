-- The lines of a CSV are counted when it is described, by another program than the one
-- that reads it. A file in the form of the template is read whole. One in a layout of
-- its own may fill several tables, and a line several of them; a line that no table
-- reads is counted here and nowhere else.

with

lines as (

    {{ lines_read() }}

),

counts as (

    select
        source,
        file_name,
        count(*) as n_lines,
        count(*) filter (where is_read) as n_read,
        min(line_number) filter (where not is_read) as first_unread_line

    from lines
    group by source, file_name

),

accounting as (

    select
        files.source,
        files.file_name,
        files.sha256,
        count(*) as n_tables,
        sum(files.n_raw) as n_rows,
        bool_or(delivered.lines_reader is not null) as is_counted,
        -- of the file, and so the same in each of its rows
        any_value(delivered.n_physical_lines) as n_physical_lines,
        any_value(delivered.n_heading_lines) as n_heading_lines,
        any_value(delivered.n_blank_lines) as n_blank_lines,
        any_value(delivered.n_line_ends_in_quotes) as n_line_ends_in_quotes,
        any_value(delivered.n_records) as n_records,
        any_value(delivered.has_final_line_end) as has_final_line_end

    from {{ ref('row_accounting') }} as files
    inner join {{ ref('delivered_files') }} as delivered
        on files.source = delivered.source
        and files.table_name = delivered.table_name
        and files.file_name = delivered.file_name
    group by files.source, files.file_name, files.sha256

)

select
    accounting.source,
    accounting.file_name,
    accounting.sha256,
    accounting.n_tables,
    cast(accounting.n_rows as bigint) as n_rows,
    case
        when accounting.is_counted then coalesce(counts.n_lines, 0)
        else cast(accounting.n_rows as bigint)
    end as n_lines,
    case
        when accounting.is_counted then coalesce(counts.n_read, 0)
        else cast(accounting.n_rows as bigint)
    end as n_read,
    case
        when accounting.is_counted
        then coalesce(counts.n_lines, 0) - coalesce(counts.n_read, 0)
        else 0
    end as n_unread,
    counts.first_unread_line,

    -- the file as lines
    accounting.n_physical_lines,
    accounting.n_heading_lines,
    accounting.n_blank_lines,
    accounting.n_line_ends_in_quotes,
    accounting.n_records,
    accounting.has_final_line_end

from accounting
left join counts
    on accounting.source = counts.source and accounting.file_name = counts.file_name
