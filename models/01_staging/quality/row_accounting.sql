-- n_raw counts the lines after the heading; every line is kept, a duplicate (equal in
-- every field to an earlier one) or rejected. For a file in a layout of its own, n_raw
-- counts the rows that the table reads from it; file_accounting counts its lines.

with

statuses as (

    {% for kind, table, model in staged_tables() -%}
    select
        source,
        '{{ table }}' as table_name,
        file_name,
        row_status
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}

    {% endfor %}

),

counts as (

    select
        source,
        table_name,
        file_name,
        count(*) as n_raw,
        count(*) filter (where row_status = 'kept') as n_kept,
        count(*) filter (where row_status = 'duplicate') as n_duplicate,
        count(*) filter (where row_status = 'rejected') as n_rejected

    from statuses
    group by source, table_name, file_name

)

select
    files.source,
    files.table_name,
    files.file_name,
    files.sha256,
    coalesce(counts.n_raw, 0) as n_raw,
    coalesce(counts.n_kept, 0) as n_kept,
    coalesce(counts.n_duplicate, 0) as n_duplicate,
    coalesce(counts.n_rejected, 0) as n_rejected

from {{ ref('delivered_files') }} as files
left join counts
    on files.source = counts.source
    and files.table_name = counts.table_name
    and files.file_name = counts.file_name
where files.is_delivered and files.table_name is not null
