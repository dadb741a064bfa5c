-- A line that is lost, or read twice, would shift a result and leave no trace: the
-- rows of every staged table must be numbered, each once, and be those that
-- row_accounting counts and that rejected_rows keeps. Where a file is read whole, the
-- numbers are 1 to n; of a site's own file the lines must be those that
-- file_accounting says are read.

with

lines as (

    {% for kind, table, model in staged_tables() -%}
    select
        source,
        '{{ table }}' as table_name,
        file_name,
        row_number,
        row_status
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}

    {% endfor %}

),

blocks as (

    select
        source,
        table_name,
        file_name,
        count(*) as n_lines,
        {{ distinct_in_block('row_number') }} as n_line_numbers,
        max(row_number) as last_line_number,
        count(*) filter (where row_status = 'kept') as n_kept,
        count(*) filter (where row_status = 'duplicate') as n_duplicate,
        count(*) filter (where row_status = 'rejected') as n_rejected

    from lines
    group by source, table_name, file_name, {{ block_of('row_number') }}

),

staged as (

    select
        source,
        table_name,
        file_name,
        sum(n_lines) as n_lines,
        sum(n_line_numbers) as n_line_numbers,
        max(last_line_number) as last_line_number,
        sum(n_kept) as n_kept,
        sum(n_duplicate) as n_duplicate,
        sum(n_rejected) as n_rejected

    from blocks
    group by source, table_name, file_name

),

rejected as (

    select
        source,
        table_name,
        file_name,
        count(*) as n_rejected
    from {{ ref('rejected_rows') }}
    group by source, table_name, file_name

),

compared as (

    select
        coalesce(staged.source, accounting.source) as source,
        coalesce(staged.table_name, accounting.table_name) as table_name,
        coalesce(staged.file_name, accounting.file_name) as file_name,
        delivered.lines_reader is null as is_read_whole,
        accounting.n_raw,
        accounting.n_kept,
        accounting.n_duplicate,
        accounting.n_rejected,
        coalesce(rejected.n_rejected, 0) as n_rejected_rows,
        coalesce(staged.n_lines, 0) as n_lines,
        coalesce(staged.n_line_numbers, 0) as n_line_numbers,
        coalesce(staged.last_line_number, 0) as last_line_number,
        coalesce(staged.n_kept, 0) as n_kept_lines,
        coalesce(staged.n_duplicate, 0) as n_duplicate_lines,
        coalesce(staged.n_rejected, 0) as n_rejected_lines

    from staged
    full join {{ ref('row_accounting') }} as accounting
        on staged.source = accounting.source
        and staged.table_name = accounting.table_name
        and staged.file_name = accounting.file_name
    left join rejected
        on staged.source = rejected.source
        and staged.table_name = rejected.table_name
        and staged.file_name = rejected.file_name
    left join {{ ref('delivered_files') }} as delivered
        on staged.source = delivered.source
        and staged.table_name = delivered.table_name
        and staged.file_name = delivered.file_name

)

select * from compared
where n_raw is distinct from n_lines
    or n_kept is distinct from n_kept_lines
    or n_duplicate is distinct from n_duplicate_lines
    or n_rejected is distinct from n_rejected_lines
    or n_rejected_rows <> n_rejected_lines
    or n_line_numbers <> n_lines
    or (is_read_whole and last_line_number <> n_lines)
