-- What the protocol may name is what a reader of cohort.subjects can look up.

{%- set subjects = ref('subjects') %}

select variables.variable
from {{ ref('variables') }} as variables
left join information_schema.columns as columns
    on columns.table_catalog = '{{ subjects.database }}'
    and columns.table_schema = '{{ subjects.schema }}'
    and columns.table_name = '{{ subjects.identifier }}'
    and variables.variable = columns.column_name
where columns.column_name is null
    and (
        variables.computed = 'always'
        or variables.variable in (
            select named.variable from {{ ref('analysis_variables') }} as named
        )
    )
