-- depends_on: {{ ref('gate_analyses') }}

with

rejected as (

    select
        source,
        table_name,
        file_name,
        count(*) as n_rejected_values

    from {{ ref('rejected_values') }}
    group by source, table_name, file_name

)

select
    files.source,
    files.table_name,
    files.file_name,
    files.n_raw,
    files.n_kept,
    files.n_duplicate,
    files.n_rejected,
    coalesce(rejected.n_rejected_values, 0) as n_rejected_values,
    files.sha256

from {{ ref('row_accounting') }} as files
left join rejected
    on files.source = rejected.source
    and files.table_name = rejected.table_name
    and files.file_name = rejected.file_name
