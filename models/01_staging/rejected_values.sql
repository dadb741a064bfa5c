with

values_of_all_tables as (

    {% for kind, table, model in staged_tables() -%}
    select
        source,
        '{{ table }}' as table_name,
        file_name,
        row_number,
        line_number,
        unnest(rejected_values, recursive := true)
    from {{ ref(model) }}
    where row_status = 'kept'
    {{ 'union all by name' if not loop.last }}

    {% endfor %}

)

select
    source,
    table_name,
    file_name,
    row_number,
    line_number,
    column_name,
    raw_value,
    reason

from values_of_all_tables
