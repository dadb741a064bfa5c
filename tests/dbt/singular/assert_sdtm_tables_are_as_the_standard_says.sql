-- A variable out of order, of another type or under another label makes an exported
-- file invalid, and one that sdtm_variables does not list would be exported unlabelled.

{% for table in sdtm_tables() -%}
-- depends_on: {{ ref(table) }}
{% endfor %}

with

wanted as (

    select
        domain,
        variable,
        position,
        label,
        type
    from {{ ref('sdtm_variables') }}

),

built as (

    select
        table_name as domain,
        column_name as variable,
        column_index as position,
        comment as label,
        case when data_type = 'VARCHAR' then 'Char' else 'Num' end as type

    from duckdb_columns()
    where database_name = current_database()
        and schema_name = 'sdtm'
        and not starts_with(table_name, 'int_')
        and data_type in ('VARCHAR', 'BIGINT', 'DOUBLE')

)

select
    coalesce(wanted.domain, built.domain) as table_name,
    coalesce(wanted.variable, built.variable) as column_name,
    wanted.position as wanted_position,
    built.position as built_position,
    wanted.type as wanted_type,
    built.type as built_type,
    wanted.label,
    built.label as description

from wanted
full join built
    on wanted.domain = built.domain and wanted.variable = built.variable
where (
    wanted.position = built.position
    and wanted.type = built.type
    and starts_with(built.label, wanted.label)
) is distinct from true
