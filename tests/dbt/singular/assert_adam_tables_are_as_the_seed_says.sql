-- A variable that adam_variables does not list, or lists in another place or of another
-- type, would be exported under a wrong label or not at all.
-- depends_on: {{ ref('adae') }}
-- depends_on: {{ ref('adlb') }}
-- depends_on: {{ ref('adqs') }}
-- depends_on: {{ ref('adre') }}
-- depends_on: {{ ref('adsl') }}
-- depends_on: {{ ref('adtte') }}
-- depends_on: {{ ref('advs') }}

with

wanted as (

    select
        dataset,
        variable,
        position,
        type
    from {{ ref('adam_variables') }}

),

built as (

    select
        table_name as dataset,
        column_name as variable,
        column_index as position,
        case when data_type = 'VARCHAR' then 'Char' else 'Num' end as type

    from duckdb_columns()
    where database_name = current_database()
        and schema_name = 'adam'
        and starts_with(table_name, 'ad')
        and length(table_name) <= 8

)

select
    coalesce(wanted.dataset, built.dataset) as table_name,
    coalesce(wanted.variable, built.variable) as column_name,
    wanted.position as wanted_position,
    built.position as built_position,
    wanted.type as wanted_type,
    built.type as built_type

from wanted
full join built
    on wanted.dataset = built.dataset and wanted.variable = built.variable
where (
    wanted.position = built.position and wanted.type = built.type
) is distinct from true
