-- One row per delivered file that is read: how many of its lines some table takes.
--
-- A file in the form of the template is read whole. One in a layout of its own may fill
-- several tables, a line several of them; a line that no table takes is counted here
-- and nowhere else.

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
        bool_or(delivered.lines_reader is not null) as is_counted

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
    counts.first_unread_line

from accounting
left join counts
    on accounting.source = counts.source and accounting.file_name = counts.file_name
